"""Healthy: three downloads whose consumer is slower than the network.

Their receive queues are full all the time, and yet everything is read in the end.
"""

import sys
import threading
import time

from truth import Truth, connect

truth = Truth(None)


def download():
    connection = connect(sys.argv[1])
    truth.opened()
    connection.sendall(b"GET /film HTTP/1.1\r\nHost: film.test\r\n\r\n")
    while connection.recv(65536):
        time.sleep(0.1)


for _ in range(3):
    threading.Thread(target=download, daemon=True).start()
threading.Event().wait()
