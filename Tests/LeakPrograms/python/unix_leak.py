"""A connection to a local daemon's Unix socket for each message, never closed."""

import socket
import sys

from truth import Truth, pace

truth, kept = Truth("Unix connections are never closed"), []
for _ in pace(float(sys.argv[2])):
    made = socket.socket(socket.AF_UNIX)
    made.connect(sys.argv[1])
    made.send(b"message")
    kept.append(made)
    truth.leaked()
