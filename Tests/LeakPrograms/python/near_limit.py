"""A pool in good use whose size is almost the limit of descriptors: 235 of 256, and no growth."""

import resource
import sys
import time

from truth import Truth, connect, request

resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
truth = Truth("the limit of descriptors is too near")
pool = [connect(sys.argv[1]) for _ in range(235)]
truth.opened(len(pool))
while True:
    for connection in pool:
        request(connection)
        time.sleep(0.01)
