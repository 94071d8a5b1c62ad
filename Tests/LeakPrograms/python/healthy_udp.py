"""Healthy: a resolver: one UDP socket with a fresh port for each query, 200 a second, all closed."""

import socket
import sys

from truth import Truth, address, pace

truth, server = Truth(None), address(sys.argv[1])
for _ in pace(200):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        truth.opened()
        made.connect(server)
        made.send(b"query")
        made.recv(512)
    truth.closed()
