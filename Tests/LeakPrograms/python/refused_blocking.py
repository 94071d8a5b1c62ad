"""Leaks the sockets of blocking connects that were refused: they have lost even their peer."""

import socket
import sys

from truth import Truth, address, pace

truth, kept = Truth("a refused blocking connect is not closed"), []
for _ in pace(float(sys.argv[2])):
    made = socket.socket()
    try:
        made.connect(address(sys.argv[1]))
    except ConnectionRefusedError:
        kept.append(made)
        truth.leaked()
