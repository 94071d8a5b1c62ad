/// Why a request cannot be built: a closed list.
public enum RequestFault: Error, Sendable, Hashable {
    /// The method is not a token.
    case invalidMethod
    /// The target is not a path with an optional query, or has bytes that must be percent-encoded.
    case invalidTarget
    /// The authority is empty or has bytes that no `host:port` has.
    case invalidAuthority
    /// A field name is not a token; the payload is its text.
    case invalidFieldName(String)
    /// The value of the field with this name holds NUL, CR, LF or another control character.
    case invalidFieldValue(name: String)
    /// Host is given twice.
    case duplicateHost
    /// A Content-Length is given that is not the length of the body.
    case conflictingContentLength
    /// Transfer-Encoding is given, but the body is sent with its length.
    case transferEncoding
}

extension RequestFault: CustomStringConvertible {
    /// One sentence for a person, with the section of the standard.
    ///
    /// Names are shown with control characters escaped.
    public var description: String {
        switch self {
        case .invalidMethod:
            "the method is not a token (RFC 9110, section 9.1)"
        case .invalidTarget:
            "the path does not begin with '/' or holds a byte that must be percent-encoded "
                + "(RFC 9112, section 3.2.1)"
        case .invalidAuthority:
            "the server name is empty or holds a byte that no host and port have "
                + "(RFC 9110, section 7.2)"
        case .invalidFieldName(let name):
            "the header name \(name.debugDescription) is not a token (RFC 9110, section 5.1)"
        case .invalidFieldValue(let name):
            "the value of the header \(name.debugDescription) holds a control character "
                + "(RFC 9110, section 5.5)"
        case .duplicateHost:
            "the header Host is given twice (RFC 9112, section 3.2)"
        case .conflictingContentLength:
            "the header Content-Length is not the length of the body (RFC 9110, section 8.6)"
        case .transferEncoding:
            "the header Transfer-Encoding cannot be set: the body is sent with its length "
                + "(RFC 9112, section 6.2)"
        }
    }
}
