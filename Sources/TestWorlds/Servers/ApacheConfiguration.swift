import Glibc

/// How Apache behaves.
public struct ApacheConfiguration: Sendable {
    /// Nil for plain HTTP.
    public var identity: ServerIdentity?
    /// Idle time in seconds before it closes a connection; it says so in `Keep-Alive` fields.
    public var keepAliveTimeout = 5
    /// Requests on one connection; it says how many are left in `Keep-Alive` fields.
    public var maxKeepAliveRequests = 100
    /// Whether it keeps connections at all.
    public var isKeepingAlive = true

    /// Keeps connections for five seconds, as Apache does; HTTPS when there is an identity.
    public init(identity: ServerIdentity? = nil) { self.identity = identity }

    func text(in directory: TemporaryDirectory, port: UInt16) -> String {
        let modules = ["mpm_event", "authz_core", "alias", "dir", "ssl"].map {
            "LoadModule \($0)_module \(Self.moduleDirectory)/mod_\($0).so"
        }
        // Apache refuses to serve as root, so it changes to the user that Debian made for it.
        let user = getuid() == 0 ? "User www-data\nGroup www-data" : ""
        let tls = identity.map {
            """
            SSLEngine on
            SSLCertificateFile \($0.chain)
            SSLCertificateKeyFile \($0.key)
            """
        }
        return """
            ServerRoot \(directory.path)
            ServerName localhost
            DefaultRuntimeDir \(directory.path)
            PidFile \(directory.file("pid"))
            ErrorLog /dev/stderr
            \(modules.joined(separator: "\n"))
            \(user)
            StartServers 1
            ServerLimit 1
            ThreadsPerChild 64
            MaxRequestWorkers 64
            Listen 127.0.0.1:\(port)
            Timeout 30
            KeepAlive \(isKeepingAlive ? "On" : "Off")
            KeepAliveTimeout \(keepAliveTimeout)
            MaxKeepAliveRequests \(maxKeepAliveRequests)
            LogFormat "%{remote}p|%{remote}p|%k|%{SSL_PROTOCOL}x|%>s|%r" records
            CustomLog \(directory.file("access.log")) records
            DocumentRoot \(directory.file("files"))
            DirectoryIndex index.html
            Redirect 204 /empty
            Redirect 503 /error
            RedirectMatch 302 ^/moved$ /
            RedirectMatch 302 ^/loop$ /loop
            \(tls ?? "")

            """
    }

    /// Where Debian keeps the modules.
    static let moduleDirectory = "/usr/lib/apache2/modules"
}

extension ServerRecipe {
    /// Apache with the event model.
    public static func apache(_ configuration: ApacheConfiguration = .init()) -> ServerRecipe {
        ServerRecipe(
            program: "apache2", scheme: configuration.identity == nil ? "http" : "https",
            address: "127.0.0.1"
        ) { directory, port in
            try StandardFiles.write(to: directory)
            let file = try directory.write(
                configuration.text(in: directory, port: port), to: "apache.conf")
            return Launch(
                arguments: ["apache2", "-d", directory.path, "-f", file, "-D", "FOREGROUND"],
                accessLog: "access.log")
        }
    }
}
