"""Healthy: 20 connections that send lines all the time and never get a word back, by protocol."""

import sys

from truth import Truth, connect, pace

truth = Truth(None)
connections = [connect(sys.argv[1]) for _ in range(20)]
truth.opened(20)
for _ in pace(5):
    for connection in connections:
        connection.sendall(b"a line of a log\n")
