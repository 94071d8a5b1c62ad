"""Healthy: a threaded HTTP server from the standard library, under load."""

import http.server
import sys

from truth import Truth, address

truth = Truth(None)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128


Server(address(sys.argv[1]), Handler).serve_forever()
