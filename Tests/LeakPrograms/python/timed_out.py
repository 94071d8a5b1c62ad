"""Leaks the sockets of connects that timed out: one SYN is repeated once, and nobody closes."""

import socket
import sys

from truth import Truth, address, pace

truth, kept = Truth("a connect that timed out is not closed"), []
for _ in pace(float(sys.argv[2])):
    made = socket.socket()
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_SYNCNT, 1)
    made.setblocking(False)
    made.connect_ex(address(sys.argv[1]))
    kept.append(made)
    truth.leaked()
