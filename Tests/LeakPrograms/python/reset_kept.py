"""Leaks connections that the server has reset: nobody looks at them again."""

import sys

from truth import Truth, connect, pace, request

truth, kept = Truth("a reset connection is not closed"), []
for _ in pace(float(sys.argv[2])):
    connection = connect(sys.argv[1])
    request(connection)
    kept.append(connection)
    truth.leaked()
