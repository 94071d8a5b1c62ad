"""Leaks sockets that were made and never connected: the connect is skipped on an early return."""

import socket
import sys

from truth import Truth, pace

truth, kept = Truth("socket() without connect() or close()"), []
for _ in pace(float(sys.argv[1])):
    kept.append(socket.socket())
    truth.leaked()
