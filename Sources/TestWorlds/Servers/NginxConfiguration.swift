/// How nginx behaves; every value has nginx's own default unless it says otherwise.
public struct NginxConfiguration: Sendable {
    /// The address to listen on.
    public var address = "127.0.0.1"
    /// Nil for plain HTTP.
    public var identity: ServerIdentity?
    /// Further identities, chosen by the name in the ClientHello.
    public var identitiesByName: [String: ServerIdentity] = [:]
    /// The versions of TLS, in nginx's words.
    public var protocols = "TLSv1.2 TLSv1.3"
    /// OpenSSL's cipher string; `@SECLEVEL=0` in it allows what is too weak today.
    public var ciphers = "DEFAULT:@SECLEVEL=0"
    /// The root that client certificates must lead to; nil asks for none.
    public var clientRoot: String?
    /// Idle time in seconds before nginx closes a connection; 0 closes after every response.
    public var keepaliveTimeout = 75
    /// Requests on one connection before nginx closes it.
    public var keepaliveRequests = 1_000_000
    /// Whether bodies are compressed for those who accept it.
    public var isCompressing = false
    /// Worker processes; 0 serves in the only process.
    public var workers = 0
    /// Connections of one worker.
    public var connections = 1024
    /// The directives of `location = /`.
    public var root = #"return 200 "ok\n";"#
    /// More directives of the `server` block.
    public var more = ""

    /// Plain HTTP that keeps connections.
    public init() {}
}

extension NginxConfiguration {
    /// HTTPS with one identity.
    public static func https(_ identity: ServerIdentity) -> Self {
        var result = Self()
        result.identity = identity
        return result
    }

    /// HTTPS that refuses clients without a certificate of `root` (status 400).
    public static func clientCertificate(_ identity: ServerIdentity, root: String) -> Self {
        var result = Self.https(identity)
        result.clientRoot = root
        return result
    }

    /// HTTPS of one old version, `TLSv1` or `TLSv1.1`, as far as OpenSSL still speaks it.
    public static func old(_ version: String, _ identity: ServerIdentity) -> Self {
        var result = Self.https(identity)
        result.protocols = version
        result.ciphers = "ALL:@SECLEVEL=0"
        return result
    }

    /// Closes after every response, as a server of HTTP/1.0 does.
    public static var closing: Self {
        var result = Self()
        result.keepaliveTimeout = 0
        return result
    }

    /// One request a connection, through `keepalive_requests`.
    public static var oneRequest: Self {
        var result = Self()
        result.keepaliveRequests = 1
        return result
    }

    /// Closes without an answer (`return 444`).
    public static var hangingUp: Self {
        var result = Self()
        result.root = "return 444;"
        return result
    }

    /// Closes connections that were idle for a second.
    public static var shortIdle: Self {
        var result = Self()
        result.keepaliveTimeout = 1
        return result
    }

    /// Compresses what the client accepts compressed.
    public static var compressing: Self {
        var result = Self()
        result.isCompressing = true
        result.root = "return 200 \"\(String(repeating: "all is well, ", count: 200))\";"
        return result
    }

    /// Redirects `/` through `/second` to `/final`.
    public static var redirecting: Self {
        var result = Self()
        result.root = "return 301 /second;"
        result.more = """
            location = /second { return 302 /final; }
            location = /final { return 200 "arrived\\n"; }
            """
        return result
    }

    func text(in directory: TemporaryDirectory, port: UInt16) -> String {
        """
        daemon off;
        \(workers == 0 ? "master_process off;" : "worker_processes \(workers);")
        pid \(directory.file("pid"));
        error_log stderr;
        worker_rlimit_nofile \(connections + 64);
        events { worker_connections \(connections); }
        http {
            log_format records '$connection|$remote_port|$connection_requests|$ssl_protocol'
                '|$status|$request';
            access_log \(directory.file("access.log")) records;
            \(["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
                "\($0)_temp_path \(directory.file($0));"
            }.joined(separator: " "))
            default_type text/plain;
            types { }
            keepalive_timeout \(keepaliveTimeout)s;
            keepalive_requests \(keepaliveRequests);
            absolute_redirect off;
            gzip \(isCompressing ? "on" : "off");
            gzip_types text/plain;
            gzip_min_length 1;
            \(serverBlock(identity, name: "_", port: port, isDefault: true, directory))
            \(identitiesByName.sorted { $0.key < $1.key }.map {
                serverBlock($0.value, name: $0.key, port: port, isDefault: false, directory)
            }.joined(separator: "\n"))
        }
        """
    }

    private func serverBlock(
        _ identity: ServerIdentity?, name: String, port: UInt16, isDefault: Bool,
        _ directory: TemporaryDirectory
    ) -> String {
        var lines = [
            "listen \(address):\(port)\(identity == nil ? "" : " ssl")"
                + "\(isDefault ? " default_server backlog=4096" : "");",
            "server_name \(name);",
        ]
        if let identity {
            lines += [
                "ssl_protocols \(protocols);", "ssl_ciphers \(ciphers);",
                "ssl_certificate \(identity.chain);", "ssl_certificate_key \(identity.key);",
            ]
        }
        if let clientRoot {
            lines += ["ssl_client_certificate \(clientRoot);", "ssl_verify_client on;"]
        }
        return """
            server {
                \(lines.joined(separator: "\n        "))
                root \(directory.path)/files;
                location = / { \(root) }
                location = /empty { return 204; }
                location = /missing { return 404; }
                location = /error { return 503; }
                location = /moved { return 302 /; }
                location = /loop { return 302 /loop; }
                location = /hang-up { return 444; }
                \(more)
            }
            """
    }
}

extension ServerRecipe {
    /// nginx.
    public static func nginx(_ configuration: NginxConfiguration = .init()) -> ServerRecipe {
        ServerRecipe(
            program: "nginx", scheme: configuration.identity == nil ? "http" : "https",
            address: configuration.address
        ) { directory, port in
            try StandardFiles.write(to: directory)
            let file = try directory.write(
                configuration.text(in: directory, port: port), to: "nginx.conf")
            return Launch(
                arguments: ["nginx", "-p", directory.path, "-c", file, "-e", "stderr"],
                accessLog: "access.log")
        }
    }
}
