/// Reads and writes IP addresses as text, strictly: what a person could mean in two ways is refused.
public enum IPLiteral {
    /// Reads dotted decimal, or the text of an IPv6 address (RFC 4291, section 2.2) without
    /// brackets.
    ///
    /// A zone (`%eth0`), leading zeros and short forms like `127.1` are refused: nil. Otherwise
    /// four bytes or sixteen, in network order.
    public static func parse(_ text: some StringProtocol) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard characters.count <= 45 else { return nil }
        return characters.contains(UInt8(ascii: ":")) ? ipv6(characters) : ipv4(characters)
    }

    private static func ipv4(_ text: some Collection<UInt8>) -> [UInt8]? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0")
            else { return nil }
            var value = 0
            for character in part {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character) else {
                    return nil
                }
                value = value * 10 + Int(character - UInt8(ascii: "0"))
            }
            guard let byte = UInt8(exactly: value) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func ipv6(_ text: [UInt8]) -> [UInt8]? {
        let gap = text.indices.dropLast().first {
            text[$0] == UInt8(ascii: ":") && text[$0 + 1] == UInt8(ascii: ":")
        }
        guard let gap else { return groups(text[...], mayEndInIPv4: true).flatMap(whole) }
        let head = gap == text.startIndex ? [] : groups(text[..<gap], mayEndInIPv4: false)
        let tail =
            gap + 2 == text.endIndex ? [] : groups(text[(gap + 2)...], mayEndInIPv4: true)
        guard let head, let tail, head.count + tail.count <= 14 else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    private static func whole(_ bytes: [UInt8]) -> [UInt8]? { bytes.count == 16 ? bytes : nil }

    private static func groups(_ text: ArraySlice<UInt8>, mayEndInIPv4: Bool) -> [UInt8]? {
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var bytes: [UInt8] = []
        for (index, part) in parts.enumerated() {
            if mayEndInIPv4, index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard let last = ipv4(part) else { return nil }
                bytes += last
                continue
            }
            guard (1...4).contains(part.count),
                part.allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }),
                let value = UInt16(String(decoding: part, as: UTF8.self), radix: 16)
            else { return nil }
            bytes += [UInt8(value >> 8), UInt8(value & 0xFF)]
        }
        return bytes.count <= 16 ? bytes : nil
    }

    /// Writes four bytes.
    public static func dottedDecimal(_ bytes: [UInt8]) -> String {
        bytes.map { String($0) }.joined(separator: ".")
    }

    /// Writes sixteen bytes: lower case, no leading zeros, the first longest run of at least two
    /// zero groups as `::`, an IPv4-mapped address with its dots (RFC 5952, sections 4 and 5).
    public static func rfc5952(_ bytes: [UInt8]) -> String {
        if bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
            return "::ffff:" + dottedDecimal(Array(bytes[12...]))
        }
        let groups = stride(from: 0, to: 16, by: 2).map {
            UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
        }
        var longest = 0..<0
        var index = 0
        while index < 8 {
            var end = index
            while end < 8, groups[end] == 0 { end += 1 }
            if end - index > max(1, longest.count) { longest = index..<end }
            index = end + 1
        }
        let text = { (part: ArraySlice<UInt16>) in
            part.map { String($0, radix: 16) }.joined(separator: ":")
        }
        if longest.isEmpty { return text(groups[...]) }
        return text(groups[..<longest.lowerBound]) + "::" + text(groups[longest.upperBound...])
    }
}
