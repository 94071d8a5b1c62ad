/// What a server shows in a handshake: files in PEM.
public struct ServerIdentity: Hashable, Sendable {
    /// The leaf and the intermediates.
    public var chain: String
    /// The leaf's private key.
    public var key: String

    /// Names two files that exist.
    public init(chain: String, key: String) {
        self.chain = chain
        self.key = key
    }
}

extension TestCertificates {
    /// The chain and key of `name`, for a server.
    public func identity(_ name: Name) -> ServerIdentity {
        ServerIdentity(chain: chain(name), key: key(name))
    }
}
