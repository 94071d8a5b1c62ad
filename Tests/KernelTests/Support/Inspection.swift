import Foundation

/// What `sockeye inspect --json --verbose` prints, as far as these tests read it.
struct Inspection: Decodable {
    struct Descriptors: Decodable {
        var open: Int
        var byKind: [String: Int]
        enum CodingKeys: String, CodingKey {
            case open
            case byKind = "by_kind"
        }
    }

    struct Sockets: Decodable {
        var total: Int
        var ghosts: Int
        var byGhost: [String: Int]
        enum CodingKeys: String, CodingKey {
            case total, ghosts
            case byGhost = "by_ghost"
        }
    }

    struct Finding: Decodable {
        var rule: String
        var title: String
        var confidence: String
        var count: Int

        /// Whether it says, surely enough to fail a check, that sockets are dead.
        var accusesOfGhosts: Bool { rule.hasPrefix("ghost") && confidence != "undecided" }
    }

    struct Coverage: Decodable {
        var complete: Bool
        var missing: [String]
    }

    struct Row: Decodable {
        var descriptor: Int32
        var inode: UInt64
        var family: String
        var type: String
        var transport: String
        var state: String?
        var ghost: String?
        var local: String?
        var peer: String?
        var direction: String
        var receiveQueue: Int?
        enum CodingKeys: String, CodingKey {
            case descriptor, inode, family, type, state, ghost, local, peer, direction
            case transport = "protocol"
            case receiveQueue = "receive_queue"
        }
    }

    var schema: String
    var pid: Int32
    var descriptors: Descriptors
    var sockets: Sockets
    var findings: [Finding]
    var coverage: Coverage
    var rows: [Row]
    enum CodingKeys: String, CodingKey {
        case schema, pid, descriptors, sockets, findings, coverage
        case rows = "socket_list"
    }
}
