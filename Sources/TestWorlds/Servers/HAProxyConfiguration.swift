/// How HAProxy behaves; it answers by itself, without a backend.
public struct HAProxyConfiguration: Sendable {
    /// Nil for plain HTTP.
    public var identity: ServerIdentity?
    /// The authority of client certificates, without which no handshake ends well; nil asks for
    /// none.
    public var clientRoot: String?
    /// Idle time in milliseconds before it closes a connection.
    public var keepAliveTimeout = 60_000
    /// Whether it closes after every response.
    public var isClosing = false

    /// Keeps connections; HTTPS when there is an identity.
    public init(identity: ServerIdentity? = nil) { self.identity = identity }

    func text(in directory: TemporaryDirectory, port: UInt16) -> String {
        let client = clientRoot.map { " verify required ca-file \($0)" } ?? ""
        let tls = identity == nil ? "" : " ssl crt \(directory.file("both.pem"))\(client)"
        return """
            global
                log stdout format raw local0
                maxconn 4000
            defaults
                mode http
                timeout client 30s
                timeout connect 5s
                timeout server 30s
                timeout http-request 30s
                timeout http-keep-alive \(keepAliveTimeout)ms
                option dontlognull
                \(isClosing ? "option httpclose" : "option http-keep-alive")
            frontend own
                bind 127.0.0.1:\(port)\(tls)
                log global
                log-format "%cp|%cp|-|%sslv|%ST|%r"
                http-request return status 204 if { path /empty }
                http-request return status 404 if { path /missing }
                http-request return status 503 if { path /error }
                http-request redirect location / code 302 if { path /moved }
                http-request redirect location /loop code 302 if { path /loop }
                http-request return status 200 content-type text/plain \
            file \(directory.file("files/index.html"))

            """
    }
}

extension ServerRecipe {
    /// HAProxy; it has no `/large`.
    public static func haproxy(_ configuration: HAProxyConfiguration = .init()) -> ServerRecipe {
        ServerRecipe(
            program: "haproxy", scheme: configuration.identity == nil ? "http" : "https",
            address: "127.0.0.1"
        ) { directory, port in
            try StandardFiles.write(to: directory)
            if let identity = configuration.identity {
                try directory.writeJoined([identity.chain, identity.key], to: "both.pem")
            }
            let file = try directory.write(
                configuration.text(in: directory, port: port), to: "haproxy.cfg")
            return Launch(arguments: ["haproxy", "-db", "-f", file])
        }
    }
}
