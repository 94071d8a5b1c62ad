"""A server with a short backlog that accepts once in two seconds: callers are turned away."""

import socket
import sys
import time

from truth import Truth, address

truth = Truth("the accept queue overflows")
listener = socket.create_server(address(sys.argv[1]), backlog=5)
while True:
    connection, _ = listener.accept()
    truth.opened()
    connection.settimeout(1)
    try:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    except OSError:
        pass
    connection.close()
    truth.closed()
    time.sleep(2)
