/// What a probe sends beside its path.
public struct RequestSettings: Hashable, Sendable {
    /// The request method, upper case.
    public var method: String
    /// Fields to send, in order.
    ///
    /// A `Host` field here replaces the one made from the server name.
    public var headers: [HeaderField]
    /// The body, empty for none.
    public var body: [UInt8]
    /// What is sent as `Authorization`.
    public var credentials: Credentials
    /// The `User-Agent` field.
    public var userAgent: String
    /// The content codings that are asked for and undone.
    ///
    /// Empty asks for none.
    public var compression: [ContentCoding]

    /// Makes the default request: `GET`, no extra field, user agent `Sockeye`.
    public init() {
        method = "GET"
        headers = []
        body = []
        credentials = .none
        userAgent = "Sockeye"
        compression = []
    }
}

/// One HTTP field line.
public struct HeaderField: Hashable, Sendable {
    /// The field's name as it is sent; compared without regard to case.
    public var name: String
    /// The field's value, without leading or trailing white space.
    public var value: String

    /// Makes a field.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// Credentials, read from their source when the configuration is loaded.
///
/// Never printed.
public enum Credentials: Hashable, Sendable {
    /// Nothing is sent.
    case none
    /// RFC 7617.
    case basic(username: String, password: Secret)
    /// RFC 6750.
    case bearer(Secret)
}

/// A text that no log, page or message may show.
public struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let text: String

    /// Wraps a secret.
    public init(_ text: String) {
        self.text = text
    }

    /// The secret itself, for the one place that sends it.
    public var revealed: String { text }

    /// Always `<secret>`.
    public var description: String { "<secret>" }

    /// Always `<secret>`.
    public var debugDescription: String { "<secret>" }

    /// Hides the text from `dump` and `Mirror`.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// A content coding that Sockeye undoes (RFC 9110, section 8.4.1; RFC 7932 for `br`).
public enum ContentCoding: String, Hashable, Sendable, CaseIterable {
    case gzip
    case deflate
    case br
}

/// How redirects are treated.
public struct RedirectPolicy: Hashable, Sendable {
    /// Whether a 301, 302, 303, 307 or 308 with a `Location` is followed.
    public var follow: Bool
    /// The most hops that are followed, 0 to 50; one more is `too_many_redirects`.
    public var limit: Int

    /// Makes the default policy: redirects are not followed; the limit is 10 when they are.
    public init(follow: Bool = false, limit: Int = 10) {
        self.follow = follow
        self.limit = limit
    }
}

/// The limits on what is accepted from the other side.
public struct ResponseLimits: Hashable, Sendable {
    /// The status line and all fields, in bytes.
    ///
    /// Default 64 KiB.
    public var headerBytes: Int
    /// The body as received, in bytes.
    ///
    /// Default 64 MiB.
    public var bodyBytes: Int
    /// The body after decompression, in bytes.
    ///
    /// Default 64 MiB.
    public var decodedBytes: Int
    /// How much of the decoded body is kept for body checks, in bytes.
    ///
    /// Default 1 MiB.
    public var keptBytes: Int

    /// Makes the default limits.
    public init() {
        headerBytes = 64 << 10
        bodyBytes = 64 << 20
        decodedBytes = 64 << 20
        keptBytes = 1 << 20
    }
}
