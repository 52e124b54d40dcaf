"""Runs a command with a pseudo-terminal for some of its streams, and prints as JSON how it ended and what it wrote to each."""

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
import threading

task = json.loads(sys.argv[1])
written = {}


def gather(name, descriptor):
    pieces = []
    while True:
        try:
            piece = os.read(descriptor, 65536)
        except OSError:  # the other side of a terminal has closed
            break
        if not piece:
            break
        pieces.append(piece)
    text = b"".join(pieces).decode()
    written[name] = text.replace("\r\n", "\n") if name in task["terminal"] else text


def window():
    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, task["columns"], 0, 0))
    return controller, terminal


ends = {name: window() if name in task["terminal"] else os.pipe() for name in ("stdout", "stderr")}
child = subprocess.Popen(
    task["command"], stdin=subprocess.DEVNULL, stdout=ends["stdout"][1], stderr=ends["stderr"][1]
)
threads = [threading.Thread(target=gather, args=(name, reading)) for name, (reading, _) in ends.items()]
for _, writing in ends.values():
    os.close(writing)
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(json.dumps({"code": child.wait(), **written}))
