"""Healthy: a prefork server. Four children accept on the listener they have from their parent.

The one that is looked at is the parent, which has the listener and the pipes to its children; with
the word `child` the parent becomes a child itself.
"""

import ctypes
import os
import signal
import socket
import sys

from truth import Truth, address

DIE_WITH_PARENT = 1
listener = socket.create_server(address(sys.argv[1]), backlog=256)


def serve():
    while True:
        connection, _ = listener.accept()
        connection.settimeout(5)
        try:
            while connection.recv(4096):
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        except OSError:
            pass
        connection.close()


for _ in range(4):
    reading, writing = os.pipe()
    if os.fork() == 0:
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
        os.close(reading)
        serve()
    os.close(writing)
truth = Truth(None)
if "child" in sys.argv:
    serve()
signal.pause()
