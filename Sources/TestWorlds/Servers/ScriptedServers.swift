extension ServerRecipe {
    /// `http.server` of Python's library, one thread a connection.
    ///
    /// With HTTP/1.0, its default, the length of a body is its connection's end where no
    /// `Content-Length` is sent, and every response ends its connection.
    public static func python(http10: Bool = true) -> ServerRecipe {
        ServerRecipe(program: "python3", scheme: "http", address: "127.0.0.1") { directory, port in
            let script = try directory.write(pythonScript, to: "server.py")
            return Launch(
                arguments: [
                    "python3", "-u", "-S", "-B", script, "\(port)",
                    http10 ? "HTTP/1.0" : "HTTP/1.1",
                ])
        }
    }

    /// `http.createServer` of Node.
    ///
    /// Node closes connections that were idle for `keepAliveTimeout` milliseconds and says so in
    /// whole seconds in `Keep-Alive` fields.
    public static func node(
        keepAliveTimeout: Int = 5000, maxRequestsPerSocket: Int = 0
    ) -> ServerRecipe {
        ServerRecipe(program: "node", scheme: "http", address: "127.0.0.1") { directory, port in
            let script = try directory.write(nodeScript, to: "server.js")
            return Launch(
                arguments: [
                    "node", script, "\(port)", "\(keepAliveTimeout)", "\(maxRequestsPerSocket)",
                ])
        }
    }

    private static let pythonScript = #"""
        import http.server, sys

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = sys.argv[2]
            timeout = 30
            count = 0

            def do_GET(self):
                self.count += 1
                status = {"/empty": 204, "/missing": 404, "/error": 503,
                          "/moved": 302, "/loop": 302}.get(self.path, 200)
                body = b"ok\n"
                if self.path == "/large":
                    body = b"x" * 262144
                if status == 204:
                    body = b""
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/loop" if self.path == "/loop" else "/")
                self.send_header("Content-Type", "text/plain")
                if self.path != "/until-close" and status != 204:
                    self.send_header("Content-Length", str(len(body)))
                else:
                    self.close_connection = self.path == "/until-close"
                if self.close_connection and self.protocol_version == "HTTP/1.1":
                    self.send_header("Connection", "close")
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)
                port = self.client_address[1]
                print(f"{port}|{port}|{self.count}|-|{status}|{self.requestline}", flush=True)

            do_HEAD = do_GET

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 1024
            daemon_threads = True

        Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
        """#

    private static let nodeScript = #"""
        const http = require('http');
        const [port, keepAliveTimeout, most] = process.argv.slice(2).map(Number);
        const counts = new WeakMap();
        const server = http.createServer((request, response) => {
          const count = (counts.get(request.socket) || 0) + 1;
          counts.set(request.socket, count);
          const status = {'/empty': 204, '/missing': 404, '/error': 503,
                          '/moved': 302, '/loop': 302}[request.url] || 200;
          const fields = {'Content-Type': 'text/plain'};
          if (status === 302) fields.Location = request.url === '/loop' ? '/loop' : '/';
          response.writeHead(status, fields);
          response.end(request.url === '/large' ? 'x'.repeat(262144) : status === 204 ? '' : 'ok\n');
          const client = request.socket.remotePort;
          process.stdout.write(
            `${client}|${client}|${count}|-|${status}|`
            + `${request.method} ${request.url} HTTP/${request.httpVersion}\n`);
        });
        server.keepAliveTimeout = keepAliveTimeout;
        if (most > 0) server.maxRequestsPerSocket = most;
        server.listen({port, host: '127.0.0.1', backlog: 1024});
        """#
}
