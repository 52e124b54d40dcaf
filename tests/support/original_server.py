"""A double of the original server: one recv(2048) is one request, answers are str(dict), what it does not know drops the connection.

Prints its port on the first line, and on a line of its own each recv that was not exactly one request.
"""

import json
import socket
import threading

board = [{"id": 1, "mensagem": "abc"}, {"id": 2, "mensagem": "fgh"}]
lock = threading.Lock()


def answer(status, message, data=""):
    return str({"status": status, "message": message, "data": data})


def carry_out(request):
    operation, number = request["op"], request["id"]
    with lock:
        ids = [entry["id"] for entry in board]
        if operation == "mostrar":
            return answer(200, "OK", ",".join(str(entry) for entry in board)) + "\n"
        if operation == "adicionar":
            if not isinstance(number, int) or number in ids:
                return answer(401, "Não foi possível adicionar a mensagem")
            board.append({"id": number, "mensagem": request["data"]})
            return answer(201, "Mensagem criada")
        if operation == "deletar":
            if not isinstance(number, int):
                return answer(403, "Não foi possível deletar a mensagem")
            if number not in ids:
                return answer(402, "ID não existe")
            del board[ids.index(number)]
            return answer(202, "Mensagem deletada")
    return None


def serve(client):
    with client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            received = client.recv(2048)
            if not received:
                return
            try:
                answered = carry_out(json.loads(received))
            except (ValueError, KeyError, TypeError):
                print("not one request:", received, flush=True)
                return
            if answered is None:
                return
            sent = answered.encode()
            for start in range(0, len(sent), 700):
                client.sendall(sent[start : start + 700])


with socket.create_server(("127.0.0.1", 0)) as listener:
    print(listener.getsockname()[1], flush=True)
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
