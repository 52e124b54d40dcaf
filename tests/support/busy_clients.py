"""Many clients that each ask again as soon as they are answered, until so many turns have been had in all.

usage: busy_clients.py PORT CLIENTS TURNS   prints the least and the most turns that one client had"""

import select, socket, sys

port, clients, turns = map(int, sys.argv[1:])
# so much a turn that it is the server that is busy, and not this program
REQUESTS = 50
request = b'{"op": "deletar", "id": 1, "data": ""}' * REQUESTS
poll, sockets, had, answers = select.epoll(), {}, {}, {}
for _ in range(clients):
    client = socket.create_connection(("127.0.0.1", port))
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    poll.register(client, select.EPOLLIN)
    number = client.fileno()
    sockets[number], had[number], answers[number] = client, 0, 0
for client in sockets.values():
    client.send(request)
while sum(had.values()) < turns:
    for number, _ in poll.poll(10) or sys.exit("no answer in 10 s"):
        answers[number] += sockets[number].recv(65536).count(b"\n")
        if answers[number] == REQUESTS:
            had[number] += 1
            answers[number] = 0
            sockets[number].send(request)
print(min(had.values()), max(had.values()))
