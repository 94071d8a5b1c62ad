"""Healthy: 60 pairs of Unix sockets between threads, each pair in use."""

import socket
import time

from truth import Truth

truth = Truth(None)
pairs = [socket.socketpair() for _ in range(60)]
truth.opened(120)
while True:
    for left, right in pairs:
        left.send(b"job")
        right.recv(16)
    time.sleep(0.5)
