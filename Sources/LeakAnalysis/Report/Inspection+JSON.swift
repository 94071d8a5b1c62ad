public import Measurements

/// A snapshot and what the rules say of it.
public struct Inspection: Hashable, Sendable {
    /// What was seen.
    public var snapshot: Snapshot
    /// What is wrong, the most harmful first.
    public var findings: [Finding]

    /// Judges a snapshot.
    public init(_ snapshot: Snapshot) {
        self.snapshot = snapshot
        findings = LeakAnalyst.findings(in: snapshot)
    }

    /// Whether something is wrong that is at least likely.
    public var isLeaking: Bool { findings.contains { $0.confidence >= .likely } }

    /// The most groups that the JSON has.
    ///
    /// Default 1,000; what is left out is told in `groups_omitted`.
    public static let groupLimit = 1_000

    /// Writes the documented object (`sockeye.inspect/1`).
    ///
    /// With `listing`, every socket too, as `socket_list`.
    public func write(to json: inout JSONWriter, listing sockets: [SocketRecord]? = nil) {
        json.object { json in
            json.key("schema")
            json.string("sockeye.inspect/1")
            json.key("time")
            json.string(snapshot.time.rfc3339)
            json.key("pid")
            json.integer(snapshot.process.pid)
            json.key("process")
            snapshot.process.write(to: &json)
            json.key("descriptors")
            snapshot.descriptors.write(to: &json)
            json.key("sockets")
            writeSockets(to: &json)
            writeGroups(to: &json)
            json.key("findings")
            json.array { json in for finding in findings { finding.write(to: &json) } }
            json.key("churn")
            if let churn = snapshot.churn { churn.write(to: &json) } else { json.null() }
            json.key("time_wait")
            json.integer(snapshot.namespace.timeWait.reduce(0) { $0 + $1.count })
            json.key("time_wait_to_peers")
            json.integer(snapshot.namespace.timeWaiting(to: snapshot.places))
            json.key("coverage")
            snapshot.coverage.write(to: &json)
            if let sockets {
                json.key("socket_list")
                json.array { json in for socket in sockets { socket.write(to: &json) } }
            }
        }
    }

    private func writeSockets(to json: inout JSONWriter) {
        var states: [String: Int] = [:]
        var ghosts: [GhostKind: Int] = [:]
        for socket in snapshot.sockets {
            if let state = socket.state { states[state.rawValue, default: 0] += 1 }
            if let ghost = socket.ghost { ghosts[ghost, default: 0] += 1 }
        }
        json.object { json in
            json.key("total")
            json.integer(snapshot.sockets.count)
            json.key("ghosts")
            json.integer(snapshot.ghosts)
            json.key("by_state")
            json.object { json in
                for (state, count) in states.sorted(by: { $0.key < $1.key }) {
                    json.key(text: state)
                    json.integer(count)
                }
            }
            json.key("by_ghost")
            json.object { json in
                for kind in GhostKind.allCases {
                    json.key(text: kind.rawValue)
                    json.integer(ghosts[kind] ?? 0)
                }
            }
        }
    }

    private func writeGroups(to json: inout JSONWriter) {
        let groups = SocketGroup.groups(of: snapshot.sockets)
        json.key("groups")
        json.array { json in
            for group in groups.prefix(Self.groupLimit) { group.write(to: &json) }
        }
        guard groups.count > Self.groupLimit else { return }
        json.key("groups_omitted")
        json.integer(groups.count - Self.groupLimit)
    }
}

extension Coverage {
    /// Writes whether everything was seen, and what was not.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("complete")
            json.bool(isComplete)
            json.key("missing")
            json.array { json in for sentence in missing { json.string(sentence) } }
        }
    }
}

extension Finding {
    /// Writes the finding with the documented keys.
    public func write(to json: inout JSONWriter) {
        json.object { json in writeKeys(to: &json) }
    }

    /// Writes the keys of the finding into an object that is begun.
    public func writeKeys(to json: inout JSONWriter) {
        json.key("rule")
        json.string(rule.rawValue)
        json.key("title")
        json.string(title)
        json.key("count")
        json.integer(count)
        json.key("confidence")
        json.string(confidence.rawValue)
        json.key("rate_per_s")
        json.number(ratePerSecond, decimals: 4)
        json.key("seconds_to_limit")
        json.number(secondsToLimit, decimals: 1)
        json.key("evidence")
        json.array { json in for sentence in evidence { json.string(sentence) } }
        json.key("advice")
        json.array { json in for sentence in advice { json.string(sentence) } }
        json.key("alternatives")
        json.array { json in
            for alternative in alternatives {
                json.object { json in
                    json.key("rule")
                    json.string(alternative.rule.rawValue)
                    json.key("distinction")
                    json.string(alternative.distinction)
                }
            }
        }
    }
}
