import TestWorlds

/// A client that owes nothing to this package: Python's `http.client` on one kept connection.
enum PythonClient {
    /// One line a path: `status version local-port tls-version length encoding location`, or the
    /// name of the exception that ended it.
    static func get(
        _ server: RealServer, _ paths: [String], name: String = TestCertificates.serverName,
        root: String? = nil, identity: ServerIdentity? = nil, old: String? = nil,
        pause: Double = 0, encoding: String = "identity"
    ) throws -> [[String]] {
        let directory = try TemporaryDirectory("client")
        let environment = [
            "ROOT": root ?? "", "NAME": name, "CHAIN": identity?.chain ?? "",
            "KEY": identity?.key ?? "", "OLD": old ?? "", "PAUSE": "\(pause)",
            "ENCODING": encoding,
        ]
        let output = try ChildProcess.run(
            ["python3", "-S", "-B", "-c", script, server.scheme, server.address, "\(server.port)"]
                + paths,
            environment: environment, outputPath: directory.file("output"))
        return output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    }

    private static let script = #"""
        import http.client, os, socket, ssl, sys, time
        import warnings
        warnings.simplefilter("ignore")
        scheme, address, port, *paths = sys.argv[1:]
        env = os.environ
        class Connection(http.client.HTTPConnection):
            def connect(self):
                sock = socket.create_connection((address, int(port)), 5)
                if scheme == "https":
                    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                    if env["ROOT"]:
                        context.load_verify_locations(env["ROOT"])
                    else:
                        context.check_hostname = False
                        context.verify_mode = ssl.CERT_NONE
                    if env["CHAIN"]:
                        context.load_cert_chain(env["CHAIN"], env["KEY"])
                    if env["OLD"]:
                        context.minimum_version = context.maximum_version = \
                            ssl.TLSVersion[env["OLD"]]
                        context.set_ciphers("ALL:@SECLEVEL=0")
                    sock = context.wrap_socket(sock, server_hostname=env["NAME"])
                self.sock = sock
        connection = Connection(env["NAME"], int(port))
        for number, path in enumerate(paths):
            if number:
                time.sleep(float(env["PAUSE"]))
            try:
                if connection.sock is None:
                    connection.connect()
                sock = connection.sock
                local = sock.getsockname()[1]
                tls = sock.version() if scheme == "https" else "-"
                connection.request("GET", path, headers={"Accept-Encoding": env["ENCODING"]})
                answer = connection.getresponse()
                body = answer.read()
                print(answer.status, answer.version, local, tls, len(body),
                      answer.getheader("Content-Encoding", "-"), answer.getheader("Location", "-"))
            except Exception as error:
                print(type(error).__name__)
                connection.close()
        """#
}
