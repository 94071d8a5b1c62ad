"""Healthy: a pool that grows to 120 connections within a minute, and stays there in use."""

import random
import sys
import time

from truth import Truth, connect, request

truth, pool, begin = Truth(None), [], time.monotonic()
while True:
    if len(pool) < min(120, 2 * (time.monotonic() - begin)):
        pool.append(connect(sys.argv[1]))
        truth.opened()
        request(pool[-1])
    for connection in random.sample(pool, min(8, len(pool))):
        request(connection)
    time.sleep(0.1)
