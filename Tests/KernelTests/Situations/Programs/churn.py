"""A process that is never the same for two looks, and leaks nothing.

Usage: churn.py everything | connections | hold N | leaderless N

`everything` opens and closes sockets and other descriptors, starts and ends threads, and forks.
`connections` connects, closes, and looks at once whether the other end saw the FIN; on SIGTERM it
prints how often it had to wait and how long. `hold N` opens N sockets and keeps them;
`leaderless N` does so in a second thread, and ends its first. Each prints `{"ready": true}` when it begins.
"""

import ctypes
import itertools
import json
import os
import platform
import resource
import signal
import socket
import struct
import sys
import threading
import time


def say(value):
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def door():
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    sock.listen(128)
    return sock


def reset_at_close(sock):
    """Ends with RST, which leaves no TIME_WAIT behind for the other tests to wade through."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def sockets(listening):
    """Each kind lives for some microseconds only."""
    for turn in itertools.count():
        socket.socket().close()
        client = socket.create_connection(listening.getsockname())
        server, _ = listening.accept()
        if turn % 16:
            reset_at_close(server)
        server.close()
        client.close()
        first, second = socket.socketpair()
        first.close()
        second.close()
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))


def descriptors():
    while True:
        opened = [os.eventfd(0), os.open("/dev/null", os.O_RDONLY), *os.pipe()]
        for descriptor in opened:
            os.close(descriptor)


def threads():
    while True:
        thread = threading.Thread(target=lambda: socket.socket().close())
        thread.start()
        thread.join()


def forks():
    while True:
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
        time.sleep(0.001)


def everything():
    for target, arguments in (
        (sockets, (door(),)), (sockets, (door(),)), (descriptors, ()), (threads, ()),
    ):
        threading.Thread(target=target, args=arguments, daemon=True).start()
    say({"ready": True})
    forks()


def connections():
    listening = door()
    closed = late = 0
    longest = 0.0
    ending = []
    signal.signal(signal.SIGTERM, lambda *_: ending.append(True))
    say({"ready": True})
    while not ending:
        client = socket.create_connection(listening.getsockname())
        server, _ = listening.accept()
        client.close()
        closed += 1
        start = time.monotonic()
        server.setblocking(False)
        waited = False
        while not ending:
            try:
                server.recv(1)
                break
            except BlockingIOError:
                waited = True
        late += waited
        longest = max(longest, time.monotonic() - start if waited else 0)
        reset_at_close(server)
        server.close()
    say({"closed": closed, "late": late, "longest_ms": longest * 1000})


def hold(count):
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    held = [socket.socket() for _ in range(count)]
    say({"ready": True})
    while held:
        signal.pause()


def leaderless(count):
    """The process lives on in a thread; its first one is a zombie, whose files are none."""
    held = [socket.socket() for _ in range(count)]
    threading.Thread(target=lambda: time.sleep(3600) or held).start()
    say({"ready": True})
    ctypes.CDLL(None).syscall({"aarch64": 93}.get(platform.machine(), 60), 0)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        {"hold": hold, "leaderless": leaderless}[sys.argv[1]](int(sys.argv[2]))
    else:
        {"everything": everything, "connections": connections}[sys.argv[1]]()
