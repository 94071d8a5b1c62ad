"""Healthy: an urllib3 pool of ten whose server closes idle connections.

Bursts fill the pool; between them the server ends the connections, which stay CLOSE_WAIT until
they are asked for again. Ten is their bound: nothing grows.
"""

import concurrent.futures
import sys
import time

import urllib3

from truth import Truth

truth = Truth(None)
pool = urllib3.HTTPConnectionPool(*sys.argv[1].split(":"), maxsize=10, block=True)
with concurrent.futures.ThreadPoolExecutor(10) as workers:
    while True:
        for answer in workers.map(lambda _: pool.request("GET", "/"), range(20)):
            answer.data
        time.sleep(8)
