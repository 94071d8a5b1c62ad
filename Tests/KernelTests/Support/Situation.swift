import Foundation

/// One situation as the child knows it from what it did.
struct Situation: Decodable {
    /// One value, or several that all say the same; nil stands for JSON's null.
    struct Choice: Decodable, CustomStringConvertible {
        var values: [String?]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let several = try? container.decode([Scalar].self) {
                values = several.map(\.text)
            } else {
                values = [try container.decode(Scalar.self).text]
            }
        }

        var description: String { values.map { $0 ?? "null" }.joined(separator: " or ") }
    }

    private struct Scalar: Decodable {
        var text: String?

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                text = nil
            } else if let number = try? container.decode(Int.self) {
                text = String(number)
            } else {
                text = try container.decode(String.self)
            }
        }
    }

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    var name: String
    var descriptor: Int32
    var inode: UInt64
    /// What must be said of it, by the names of the result's fields; what is absent is free.
    var truths: [String: Choice]

    private static let compared = [
        "family", "type", "protocol", "state", "ghost", "local", "peer", "direction",
        "receive_queue", "kind",
    ]

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        name = try container.decode(String.self, forKey: Key(stringValue: "name"))
        descriptor = try container.decode(Int32.self, forKey: Key(stringValue: "descriptor"))
        inode = try container.decode(UInt64.self, forKey: Key(stringValue: "inode"))
        truths = [:]
        for field in Self.compared where container.contains(Key(stringValue: field)) {
            // Asked through an optional, null would be no value instead of the value null.
            let isNull = try container.decodeNil(forKey: Key(stringValue: field))
            truths[field] =
                isNull
                ? Choice(values: [nil])
                : try container.decode(Choice.self, forKey: Key(stringValue: field))
        }
    }

    /// Whether it is a socket.
    var isSocket: Bool { truths["kind"] == nil }

    /// All in which a row of the product differs from the truth.
    func differences(from row: Inspection.Row) -> [String] {
        var said: [String: String?] = [
            "family": row.family, "type": row.type, "protocol": row.transport,
            "state": row.state, "ghost": row.ghost, "direction": row.direction,
            "receive_queue": row.receiveQueue.map(String.init),
        ]
        said["local"] = Self.used(row.local)
        said["peer"] = Self.used(row.peer)
        var found = row.inode == inode ? [] : ["inode \(row.inode), not \(inode)"]
        for (field, truth) in truths.sorted(by: { $0.key < $1.key }) {
            let value = said[field] ?? nil
            if !truth.values.contains(value) {
                found.append("\(field) is said to be \(value ?? "null"), and is \(truth)")
            }
        }
        return found
    }

    /// An address that was never given is none, however it is written.
    private static func used(_ address: String?) -> String? {
        address == "0.0.0.0:0" || address == "[::]:0" ? nil : address
    }
}

extension Situation.Choice {
    init(values: [String?]) { self.values = values }
}

/// A situation that the kernel, or the rights of the user, did not allow.
struct RefusedSituation: Decodable {
    var name: String
    var unavailable: String
    var reason: String
}
