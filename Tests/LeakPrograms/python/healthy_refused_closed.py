"""Healthy: the server is down, each attempt is refused and closed."""

import socket
import sys

from truth import Truth, address, pace

truth = Truth(None)
for _ in pace(20):
    with socket.socket() as made:
        truth.opened()
        try:
            made.connect(address(sys.argv[1]))
        except ConnectionRefusedError:
            pass
    truth.closed()
