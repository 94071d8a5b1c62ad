/// What a DNS message answers to a question for addresses.
enum DNSReply: Hashable, Sendable {
    /// The addresses of the name, at its end of a chain of CNAMEs, and the chain's shortest time
    /// to live in seconds.
    case addresses([ResolvedAddress], ttlSeconds: UInt32)
    /// The name does not exist; how long that may be kept, if the zone says so (RFC 2308).
    case noSuchName(negativeSeconds: UInt32?)
    /// The name has no record of the type.
    case noData(negativeSeconds: UInt32?)
    /// The server says that it failed: its response code (RFC 1035, section 4.1.1).
    case failure(code: Int)
    /// The message breaks RFC 1035.
    case malformed
}

/// Reads DNS messages (RFC 1035, section 4): bytes in, a value out.
struct DNSMessage {
    /// The most records that are read, and the most addresses that are kept.
    static let recordLimit = 512
    static let addressLimit = 64
    /// The longest chain of CNAMEs that is followed.
    static let chainLimit = 16

    private struct Record {
        var owner: [UInt8]
        var type: UInt16
        var ttl: UInt32
        /// Where the data lie in the message.
        var data: Range<Int>
    }

    private enum RecordType {
        static let cname: UInt16 = 5
        static let soa: UInt16 = 6
    }

    /// Thrown inside, and never further than ``reply(to:in:)``.
    private struct Malformed: Error {}

    /// Says what the message answers to a question for the addresses of a family.
    ///
    /// That the message belongs to the question (its identifier and name) is the transport's work.
    static func reply(to family: ResolvedFamily, in message: Span<UInt8>) -> DNSReply {
        do throws(Malformed) {
            return try read(family, message)
        } catch {
            return .malformed
        }
    }

    private static func read(
        _ family: ResolvedFamily, _ message: Span<UInt8>
    ) throws(Malformed) -> DNSReply {
        var cursor = 0
        _ = try word(message, &cursor)
        let flags = try word(message, &cursor)
        let questions = try Int(word(message, &cursor))
        let answers = try Int(word(message, &cursor))
        let authorities = try Int(word(message, &cursor))
        _ = try word(message, &cursor)
        guard flags & 0x8000 != 0, questions == 1, answers + authorities <= recordLimit else {
            throw Malformed()
        }
        let code = Int(flags & 0x0F)
        guard code == 0 || code == 3 else { return .failure(code: code) }
        let asked = try name(message, &cursor)
        cursor += 4
        var records: [Record] = []
        for _ in 0..<answers { records.append(try record(message, &cursor)) }
        let found = try addresses(of: asked, family, records, message)
        if let found, code == 0 { return found }
        // A truncated or sloppy authority section does not unmake the answer.
        var negative: UInt32?
        for _ in 0..<authorities {
            guard let next = try? record(message, &cursor) else { break }
            guard next.type == RecordType.soa, next.data.count >= 22 else { continue }
            var end = next.data.upperBound - 4
            negative = try min(next.ttl, ttl(message, &end))
        }
        return code == 3
            ? .noSuchName(negativeSeconds: negative) : .noData(negativeSeconds: negative)
    }

    /// Follows the CNAMEs from the name that was asked for.
    private static func addresses(
        of asked: [UInt8], _ family: ResolvedFamily, _ records: [Record], _ message: Span<UInt8>
    ) throws(Malformed) -> DNSReply? {
        var owner = asked
        var shortest = UInt32.max
        for _ in 0...chainLimit {
            let mine = records.filter { $0.owner == owner && $0.type == family.recordType }
            if !mine.isEmpty {
                var found: [ResolvedAddress] = []
                for record in mine.prefix(addressLimit) {
                    guard record.data.count == family.byteCount else { throw Malformed() }
                    let address = ResolvedAddress(record.data.map { message[$0] })
                    if !found.contains(address) { found.append(address) }
                    shortest = min(shortest, record.ttl)
                }
                return .addresses(found, ttlSeconds: shortest)
            }
            let alias = records.first { $0.owner == owner && $0.type == RecordType.cname }
            guard let alias else { return nil }
            shortest = min(shortest, alias.ttl)
            var start = alias.data.lowerBound
            owner = try name(message, &start)
        }
        return nil
    }

    private static func record(
        _ message: Span<UInt8>, _ cursor: inout Int
    ) throws(Malformed) -> Record {
        let owner = try name(message, &cursor)
        let type = try word(message, &cursor)
        _ = try word(message, &cursor)
        let ttl = try ttl(message, &cursor)
        let length = try Int(word(message, &cursor))
        guard length <= message.count - cursor else { throw Malformed() }
        defer { cursor += length }
        return Record(owner: owner, type: type, ttl: ttl, data: cursor..<(cursor + length))
    }

    private static func word(
        _ message: Span<UInt8>, _ cursor: inout Int
    ) throws(Malformed) -> UInt16 {
        guard cursor >= 0, message.count - cursor >= 2 else { throw Malformed() }
        defer { cursor += 2 }
        return UInt16(message[cursor]) << 8 | UInt16(message[cursor + 1])
    }

    /// A time to live; one with the highest bit set counts as zero (RFC 2181, section 8).
    private static func ttl(
        _ message: Span<UInt8>, _ cursor: inout Int
    ) throws(Malformed) -> UInt32 {
        let high = try UInt32(word(message, &cursor))
        let value = try high << 16 | UInt32(word(message, &cursor))
        return value > UInt32(Int32.max) ? 0 : value
    }

    /// A name as its labels with their lengths, in lower case.
    ///
    /// A pointer must point before the place where this part of the name began, so that reading
    /// ends; a name has at most 255 bytes (RFC 1035, sections 2.3.4 and 4.1.4).
    private static func name(
        _ message: Span<UInt8>, _ cursor: inout Int
    ) throws(Malformed) -> [UInt8] {
        var labels: [UInt8] = []
        var position = cursor
        var floor = cursor
        var jumped = false
        while true {
            guard position >= 0, position < message.count else { throw Malformed() }
            let length = Int(message[position])
            if length & 0xC0 == 0xC0 {
                guard position + 1 < message.count else { throw Malformed() }
                let target = (length & 0x3F) << 8 | Int(message[position + 1])
                guard target < floor else { throw Malformed() }
                if !jumped { cursor = position + 2 }
                jumped = true
                position = target
                floor = target
                continue
            }
            guard length & 0xC0 == 0, position + length < message.count,
                labels.count + length < 255
            else { throw Malformed() }
            if length == 0 {
                if !jumped { cursor = position + 1 }
                return labels
            }
            labels.append(UInt8(length))
            for index in (position + 1)...(position + length) {
                let byte = message[index]
                labels.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
            }
            position += length + 1
        }
    }
}

extension ResolvedFamily {
    /// The length of an address in bytes.
    var byteCount: Int {
        switch self {
        case .ipv4: 4
        case .ipv6: 16
        }
    }
}
