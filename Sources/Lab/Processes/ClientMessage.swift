import Measurements

/// What a client's process tells its parent, one line each.
enum ClientMessage {
    private static let mark = "sockeye-lab"

    /// The load starts now.
    case started
    /// The load was measured; the client goes on until its input ends.
    case measured(LabResult)

    /// Reads a line; nil when it is not a message.
    init?(line: String) {
        var words = line.split(separator: " ")[...]
        guard words.popFirst() == Self.mark[...], let kind = words.popFirst() else { return nil }
        switch kind {
        case "started": self = .started
        case "measured":
            guard let result = Self.result(of: words) else { return nil }
            self = .measured(result)
        default: return nil
        }
    }

    /// The line, with its end.
    var line: String {
        switch self {
        case .started: return "\(Self.mark) started\n"
        case .measured(let result):
            var words = [
                Self.mark, "measured", "client=\(result.client)", "probes=\(result.probes)",
                "duration=\(result.duration.nanoseconds)",
                "processor=\(result.processorTime.nanoseconds)", "peak=\(result.peakSockets)",
                "connects=\(result.connects)", "time_wait=\(result.timeWait)",
                "resident=\(result.maximumResidentBytes)",
            ]
            if let p50 = result.p50 { words.append("p50=\(p50.nanoseconds)") }
            if let p99 = result.p99 { words.append("p99=\(p99.nanoseconds)") }
            for (error, count) in result.errors { words.append("error.\(error.rawValue)=\(count)") }
            return words.joined(separator: " ") + "\n"
        }
    }

    private static func result(of words: ArraySlice<Substring>) -> LabResult? {
        var texts: [Substring: Substring] = [:]
        for word in words {
            guard let equals = word.firstIndex(of: "=") else { return nil }
            texts[word[..<equals]] = word[word.index(after: equals)...]
        }
        guard let client = texts.removeValue(forKey: "client") else { return nil }
        var numbers = texts.compactMapValues { Int64($0) }
        guard numbers.count == texts.count else { return nil }
        var result = LabResult(client: String(client))
        func take(_ name: Substring) -> Int { Int(numbers.removeValue(forKey: name) ?? 0) }
        result.probes = take("probes")
        result.duration = .nanoseconds(take("duration"))
        result.processorTime = .nanoseconds(take("processor"))
        result.peakSockets = take("peak")
        result.connects = take("connects")
        result.timeWait = take("time_wait")
        result.maximumResidentBytes = take("resident")
        result.p50 = texts["p50"] == nil ? nil : .nanoseconds(take("p50"))
        result.p99 = texts["p99"] == nil ? nil : .nanoseconds(take("p99"))
        for error in ProbeErrorClass.allCases {
            let count = take("error.\(error.rawValue)"[...])
            if count > 0 { result.errors.append((class: error, count: count)) }
        }
        return result
    }
}
