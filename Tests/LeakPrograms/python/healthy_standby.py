"""Healthy: a pool that keeps ten spare connections ready, of which none was needed yet."""

import sys
import time

from truth import Truth, connect, request

truth = Truth(None)
busy, spare = connect(sys.argv[1]), [connect(sys.argv[1]) for _ in range(10)]
truth.opened(11)
while True:
    request(busy)
    time.sleep(0.2)
