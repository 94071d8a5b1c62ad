/// What one response may cost before it is refused; values below 0 count as 0.
public struct ResponseParserLimits: Sendable, Hashable {
    /// The status line and all fields of one head, with its line ends, in bytes.
    ///
    /// Default 64 KiB.
    ///
    /// Each informational response has a head of its own. Values above 1 GiB count as 1 GiB.
    public var headerBytes: Int
    /// The body as received, without chunk framing, in bytes.
    ///
    /// Default 64 MiB.
    public var bodyBytes: Int
    /// The trailer section of a chunked body with its line ends, in bytes.
    ///
    /// Default 16 KiB.
    public var trailerBytes: Int
    /// Chunk extensions of one body, all together, in bytes.
    ///
    /// Default 16 KiB.
    ///
    /// RFC 9112, section 7.1.1 asks recipients to bound them.
    public var chunkExtensionBytes: Int
    /// How many 1xx responses may precede the final one.
    ///
    /// Default 16.
    public var informationalResponses: Int

    /// Makes the default limits.
    public init() {
        headerBytes = 64 << 10
        bodyBytes = 64 << 20
        trailerBytes = 16 << 10
        chunkExtensionBytes = 16 << 10
        informationalResponses = 16
    }
}
