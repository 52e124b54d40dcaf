"""A double of the original client: sends each line of stdin as it is, without its newline, and prints whatever comes."""

import os
import socket
import sys
import threading

connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])))


def show():
    while received := connection.recv(1024):
        os.write(1, received)


shower = threading.Thread(target=show)
shower.start()
for line in sys.stdin:
    connection.sendall(line.rstrip("\n").encode())
connection.shutdown(socket.SHUT_WR)
shower.join()
