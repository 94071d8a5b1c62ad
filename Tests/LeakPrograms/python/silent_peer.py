"""Connects without a limit of time to a peer that never answers: SYN_SENT by the thousand."""

import socket
import sys

from truth import Truth, address, pace

truth, kept = Truth("no connect timeout, the peer is silent"), []
for _ in pace(float(sys.argv[2])):
    made = socket.socket()
    made.setblocking(False)
    made.connect_ex(address(sys.argv[1]))
    kept.append(made)
    truth.leaked()
