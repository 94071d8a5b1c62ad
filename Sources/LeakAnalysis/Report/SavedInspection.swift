public import Measurements

/// An inspection that was saved as JSON (`sockeye.inspect/1`), read back as far as it compares.
///
/// Its single sockets are not read: it counts, and a comparison takes counts.
public struct SavedInspection: Hashable, Sendable {
    /// What one look came to.
    public let summary: SeriesSummary

    /// Why bytes are no saved inspection.
    public enum Fault: Error, Hashable, Sendable, CustomStringConvertible {
        /// They are no JSON, or more than one text of it.
        case notJSON(JSONFault)
        /// They say that they are something else, or nothing.
        case foreign(schema: String?)
        /// What an inspection has is not there, or is of another kind.
        case lacks(key: String)

        /// What is wrong, and what to do.
        public var description: String {
            switch self {
            case .notJSON(let fault) where fault.detail == "more text":
                "it holds more than one JSON text (\(fault)): keep one of them"
            case .notJSON(let fault):
                "it is neither a recording nor JSON (\(fault)): make it with `sockeye watch PID"
                    + " --record FILE` or `sockeye inspect PID --json > FILE`"
            case .foreign(let schema):
                "its schema is \(schema.map { String($0.prefix(40)) } ?? "not said"), and not sockeye.inspect/1: save it with"
                    + " `sockeye inspect PID --json > FILE`"
            case .lacks(let key):
                "\(key) is not there, or is no number or text that it should be: save it anew with"
                    + " `sockeye inspect PID --json > FILE`"
            }
        }
    }

    /// Reads the text of an inspection.
    public init(_ bytes: [UInt8]) throws(Fault) {
        let values = try Values(bytes)
        guard values.text("/schema") == "sockeye.inspect/1" else {
            throw .foreign(schema: values.text("/schema"))
        }
        guard let time = values.text("/time").flatMap({ WallTime(rfc3339: $0) }) else {
            throw .lacks(key: "/time")
        }
        var process = ProcessFacts(pid: Int32(clamping: try values.count("/pid")))
        process.name = values.text("/process/name") ?? ""
        process.executable = values.text("/process/executable")
        process.runtime = values.text("/process/runtime").flatMap(Runtime.init) ?? .unknown
        process.uptime = values.seconds("/process/uptime_s") ?? 0
        // The clock since boot is not saved; of a single look nothing is taken from it.
        var snapshot = Snapshot(time: time, bootTime: .zero, process: process)
        snapshot.descriptors.open = try values.count("/descriptors/open")
        snapshot.descriptors.softLimit = values.integer("/descriptors/limit_soft")
        snapshot.descriptors.hardLimit = values.integer("/descriptors/limit_hard")
        if let seconds = values.seconds("/churn/seconds") {
            var churn = Churn(seconds: seconds, looks: values.integer("/churn/looks") ?? 2)
            churn.born = values.integer("/churn/born") ?? 0
            churn.died = values.integer("/churn/died") ?? 0
            snapshot.churn = churn
        }
        summary = SeriesSummary(
            of: snapshot, sockets: try values.sockets(),
            timeWait: values.integer("/time_wait_to_peers") ?? 0)
    }

    /// The values that are read, found in one pass.
    private struct Values {
        private var found: [String: JSONValue] = [:]

        init(_ bytes: [UInt8]) throws(Fault) {
            let pointers = Self.names.compactMap { JSONPointer($0) }
            do throws(JSONFault) {
                let values = try JSONReader.values(at: pointers, in: bytes)
                for (pointer, value) in zip(pointers, values) { found[pointer.text] = value }
            } catch {
                throw .notJSON(error)
            }
        }

        private static let names =
            [
                "/schema", "/time", "/pid", "/process/name", "/process/executable",
                "/process/runtime", "/process/uptime_s", "/descriptors/open",
                "/descriptors/limit_soft", "/descriptors/limit_hard", "/churn/seconds",
                "/churn/looks", "/churn/born", "/churn/died", "/time_wait_to_peers",
                "/sockets/total", "/sockets/ghosts",
            ] + SocketState.allCases.map { "/sockets/by_state/\($0.rawValue)" }
            + GhostKind.allCases.map { "/sockets/by_ghost/\($0.rawValue)" }

        func text(_ name: String) -> String? {
            if case .string(let text)? = found[name] { text } else { nil }
        }

        func number(_ name: String) -> Double? { found[name]?.number }

        func seconds(_ name: String) -> Double? {
            number(name).flatMap { (0...1e12).contains($0) ? $0 : nil }
        }

        func integer(_ name: String) -> Int? {
            // More than any kernel has, and far from where sums of them overflow.
            number(name).flatMap { (0...1e12).contains($0) ? Int($0.rounded()) : nil }
        }

        func count(_ name: String) throws(Fault) -> Int {
            guard let count = integer(name) else { throw .lacks(key: name) }
            return count
        }

        func sockets() throws(Fault) -> SocketTally {
            var tally = SocketTally()
            tally.total = try count("/sockets/total")
            tally.ghosts = try count("/sockets/ghosts")
            for state in SocketState.allCases {
                tally.byState[state] = integer("/sockets/by_state/\(state.rawValue)")
            }
            for kind in GhostKind.allCases {
                tally.byGhost[kind] = integer("/sockets/by_ghost/\(kind.rawValue)")
            }
            return tally
        }
    }
}

extension SeriesSummary {
    /// What a single look came to whose sockets are only counted.
    init(of snapshot: Snapshot, sockets: SocketTally, timeWait: Int) {
        var series = SnapshotSeries()
        series.observe(snapshot)
        guard var summary = series.summary else {
            preconditionFailure("a series that has seen a look has a summary")
        }
        summary.sockets = sockets
        summary.peakSockets = sockets.total
        summary.peakGhosts = sockets.ghosts
        summary.timeWait = timeWait
        self = summary
    }
}
