"""Healthy: files and sockets that a batch opens and closes again every ten seconds."""

import sys
import tempfile
import time

from truth import Truth, connect, request

truth = Truth(None)
while True:
    batch = []
    for _ in range(40):
        batch.append(tempfile.TemporaryFile())
        batch.append(connect(sys.argv[1]))
        request(batch[-1])
        truth.opened(2)
        time.sleep(0.2)
    for each in batch:
        each.close()
        truth.closed()
    time.sleep(2)
