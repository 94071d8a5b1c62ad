"""Ends both halves with shutdown() after the server's end and believes that this closes."""

import socket
import sys

from truth import Truth, connect, pace

truth, kept = Truth("shutdown() without close()"), []
for _ in pace(float(sys.argv[2])):
    connection = connect(sys.argv[1])
    connection.sendall(b"GET / HTTP/1.1\r\nHost: leak.test\r\n\r\n")
    while connection.recv(4096):
        pass
    connection.shutdown(socket.SHUT_RDWR)
    kept.append(connection)
    truth.leaked()
