"""A connected UDP socket for each query, never closed."""

import socket
import sys

from truth import Truth, address, pace

truth, kept = Truth("UDP sockets are never closed"), []
for _ in pace(float(sys.argv[2])):
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.connect(address(sys.argv[1]))
    made.send(b"query")
    made.recv(512)
    kept.append(made)
    truth.leaked()
