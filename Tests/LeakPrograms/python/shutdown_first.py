"""Says goodbye first with shutdown(SHUT_WR), reads to the end, and forgets close()."""

import socket
import sys

from truth import Truth, connect, pace

truth, kept = Truth("shutdown() first, close() forgotten"), []
for _ in pace(float(sys.argv[2])):
    connection = connect(sys.argv[1])
    connection.sendall(b"one line\n")
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(4096):
        pass
    kept.append(connection)
    truth.leaked()
