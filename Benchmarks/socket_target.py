"""A process with many sockets, a third of them ghosts, for the benchmarks that look at one."""

import subprocess
import sys
import time

import bench

TARGET = r"""
import resource, socket, struct, sys
count, port = int(sys.argv[1]), int(sys.argv[2])
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
held = []
for index in range(count):
    one = socket.socket()
    kind = index % 9
    if kind == 0:
        pass
    elif kind == 1:
        one.setblocking(False)
        try:
            one.connect(("127.0.0.1", 1))
        except OSError:
            pass
    else:
        one.connect(("127.0.%d.1" % (1 + index // 8000), port))
        if kind == 2:
            one.send(b"reset me")
    held.append(one)
print("ready", flush=True)
sys.stdin.read()
"""

SERVER = r"""
import resource, selectors, socket, struct, sys
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
listener = socket.socket()
listener.bind(("0.0.0.0", 0))
listener.listen(4096)
print(listener.getsockname()[1], flush=True)
poll = selectors.DefaultSelector()
poll.register(listener, selectors.EVENT_READ)
while True:
    for key, _ in poll.select():
        if key.fileobj is listener:
            accepted, address = listener.accept()
            if not address[0].startswith("127."):
                accepted.close()
                continue
            poll.register(accepted, selectors.EVENT_READ)
        else:
            poll.unregister(key.fileobj)
            if key.fileobj.recv(100):
                key.fileobj.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            key.fileobj.close()
"""


class SocketTarget:
    """The process, and another with the other ends; both gone with the `with` block."""

    def __init__(self, count):
        self.target = None
        self.server = subprocess.Popen(
            [sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
        port = self.server.stdout.readline().strip()
        self.target = subprocess.Popen(
            [sys.executable, "-c", TARGET, str(count), port],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.target.stdout.readline().strip() != "ready":
            bench.fail("the target could not open its sockets")
        self.pid = self.target.pid
        time.sleep(1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in (self.target, self.server):
            if process:
                process.kill()
                process.wait()
