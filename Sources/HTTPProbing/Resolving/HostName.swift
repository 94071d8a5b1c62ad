/// The rules for names that DNS can be asked for.
enum HostName {
    /// Whether the name can be asked for: labels of 1 to 63 bytes, 253 in all (RFC 1035, section
    /// 2.3.4), of visible ASCII without a backslash, which c-ares reads as an escape.
    ///
    /// Internationalised names must be given in their ASCII form (RFC 5890, `xn--`).
    static func isValid(_ name: String) -> Bool {
        let bytes = Array(withoutFinalDot(name).utf8)
        guard (1...253).contains(bytes.count) else { return false }
        let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return labels.allSatisfy { label in
            (1...63).contains(label.count)
                && label.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }
        }
    }

    /// The name without the dot that marks it as complete.
    static func withoutFinalDot(_ name: String) -> String {
        name.hasSuffix(".") ? String(name.dropLast()) : name
    }
}

extension ResolvedAddress {
    /// 127.0.0.1.
    static let loopbackIPv4 = ResolvedAddress([127, 0, 0, 1])
    /// ::1.
    static let loopbackIPv6 = ResolvedAddress([UInt8](repeating: 0, count: 15) + [1])

    /// Whether the address stays on this host: 127.0.0.0/8 or ::1.
    var isLoopback: Bool {
        switch family {
        case .ipv4: bytes[0] == 127
        case .ipv6: self == .loopbackIPv6
        }
    }
}
