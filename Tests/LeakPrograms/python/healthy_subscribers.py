"""Healthy: 25 subscriptions, made at start with one message each.

The events come every second, or (with a server that is silent) not yet.
"""

import selectors
import sys

from truth import Truth, connect

truth, ready = Truth(None), selectors.DefaultSelector()
for _ in range(25):
    connection = connect(sys.argv[1])
    connection.sendall(b"SUBSCRIBE events\n")
    ready.register(connection, selectors.EVENT_READ)
    truth.opened()
while True:
    for key, _ in ready.select():
        key.fileobj.recv(4096)
