"""Runs a command in a pseudo-terminal and types into it.

usage: type_into.py STEPS COMMAND...   STEPS is a JSON array of [expected, keys] pairs: when the expected text has come since the keys before, the keys are
typed. Prints what the terminal received and, on the last line, the exit status; fails when a text does not come in time."""

import json, os, pty, select, sys, time

steps, command = json.loads(sys.argv[1]), sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.environ["COLUMNS"], os.environ["LINES"] = "80", "24"
    os.execvp(command[0], command)
import fcntl, struct, termios
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))

received, seen, deadline = b"", 0, time.monotonic() + 30
while True:
    while steps and (at := received.find(steps[0][0].encode(), seen)) >= 0:
        expected, keys = steps.pop(0)
        seen = at + len(expected.encode())
        os.write(terminal, keys.encode())
    if not select.select([terminal], [], [], max(0, deadline - time.monotonic()))[0]:
        os.kill(pid, 9)
        sys.exit(f"{steps[0][0] if steps else 'the end'!r} did not come, but {received!r}")
    try:
        piece = os.read(terminal, 65536)
    except OSError:
        piece = b""
    if not piece:
        break
    received += piece
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(received)
print(f"\n{os.waitstatus_to_exitcode(status)}")
sys.exit(0 if not steps else f"{steps[0][0]!r} did not come")
