"""Leaks sockets that were bound to a port and nothing more."""

import socket
import sys

from truth import Truth, pace

truth, kept = Truth("bind() and no more"), []
for _ in pace(float(sys.argv[1])):
    made = socket.socket()
    made.bind(("127.0.0.1", 0))
    kept.append(made)
    truth.leaked()
