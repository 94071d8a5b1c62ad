"""Closes the socket, but a duplicate made with dup() is lost and keeps the connection."""

import os
import sys

from truth import Truth, connect, pace, request

truth, kept = Truth("a duplicated descriptor is lost"), []
for _ in pace(float(sys.argv[2])):
    connection = connect(sys.argv[1])
    kept.append(os.dup(connection.fileno()))
    request(connection)
    connection.close()
    truth.leaked()
