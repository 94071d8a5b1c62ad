"""Leaks the sockets of non-blocking connects that were refused: the error path forgets close()."""

import sys
import socket

from truth import Truth, address, pace

truth, kept = Truth("a refused connect is not closed"), []
for _ in pace(float(sys.argv[2])):
    made = socket.socket()
    made.setblocking(False)
    made.connect_ex(address(sys.argv[1]))
    kept.append(made)
    truth.leaked()
