"""Healthy: 64 threads, each with its own kept connection in constant use."""

import random
import sys
import threading
import time

from truth import Truth, connect, request

truth = Truth(None)


def work():
    connection = connect(sys.argv[1])
    truth.opened()
    while True:
        request(connection)
        time.sleep(random.uniform(0.05, 0.3))


for _ in range(64):
    threading.Thread(target=work, daemon=True).start()
threading.Event().wait()
