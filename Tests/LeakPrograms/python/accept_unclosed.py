"""A server that answers and forgets to close when its client has ended."""

import socket
import sys

from truth import Truth, address

truth, kept = Truth("accepted sockets are never closed"), []
listener = socket.create_server(address(sys.argv[1]), backlog=512)
while True:
    connection, _ = listener.accept()
    connection.recv(4096)
    try:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    except OSError:
        pass
    kept.append(connection)
    truth.leaked()
