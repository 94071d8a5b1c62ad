"""Healthy: a pool of 30 with TCP keep-alive, made at start like a database's, and then idle.

Only one of them is used again, every few seconds, as at night.
"""

import socket
import sys
import time

from truth import Truth, connect, request

truth, pool = Truth(None), []
for _ in range(30):
    connection = connect(sys.argv[1])
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 10)
    for _ in range(3):
        request(connection)
    pool.append(connection)
    truth.opened()
while True:
    request(pool[0])
    time.sleep(3)
