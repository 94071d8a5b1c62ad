"""Healthy: a pool of 50 used last in, first out: few connections are busy, the others idle long.

The pool was filled by one burst at start, in which each was used once.
"""

import sys
import time

from truth import Truth, connect, request

truth, pool = Truth(None), []
for _ in range(50):
    pool.append(connect(sys.argv[1]))
    request(pool[-1])
    truth.opened()
while True:
    for connection in pool[-3:]:
        request(connection)
    time.sleep(0.1)
