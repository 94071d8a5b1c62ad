public import Measurements

extension DifferenceReport {
    /// Writes the report as one JSON object of schema `sockeye.diff/1`.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("schema")
            json.string("sockeye.diff/1")
            json.key("verdict")
            json.string(verdict.rawValue)
            json.key("reason")
            json.string(reason)
            json.key("before")
            before.write(to: &json)
            json.key("after")
            after.write(to: &json)
            json.key("changes")
            json.array { json in
                for change in changes { change.write(to: &json) }
            }
        }
    }
}

extension MeasureChange {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("measure")
            json.string(measure)
            json.key("before")
            json.number(orNull: before)
            json.key("after")
            json.number(orNull: after)
            json.key("unit")
            json.string(unit)
        }
    }
}

extension JSONWriter {
    mutating func number(orNull value: Double?) {
        if let value { number(value) } else { null() }
    }
}

extension SeriesSummary {
    /// Writes the summary as one JSON object.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("time")
            json.string(last.time.rfc3339)
            json.key("pid")
            json.integer(last.process.pid)
            json.key("name")
            json.string(last.process.name)
            json.key("runtime")
            json.string(last.process.runtime.contractName)
            json.key("uptime_s")
            json.number(last.process.uptime)
            json.key("looks")
            json.integer(looks)
            json.key("seconds")
            json.number(seconds)
            writeCounts(to: &json)
            json.key("growth")
            verdict.write(to: &json)
            json.key("seconds_to_limit")
            if let forecast { forecast.write(to: &json) } else { json.null() }
        }
    }

    private func writeCounts(to json: inout JSONWriter) {
        json.key("sockets")
        json.integer(sockets.total)
        json.key("ghosts")
        json.integer(sockets.ghosts)
        json.key("close_wait")
        json.integer(closeWait)
        json.key("descriptors")
        json.integer(last.descriptors.open)
        json.key("births_per_s")
        json.number(orNull: birthsPerSecond)
        json.key("time_wait")
        json.integer(timeWait)
        json.key("survivors")
        if looks > 1 { json.integer(survivors) } else { json.null() }
        json.key("lifetimes_s")
        guard let lifetimes else { return json.null() }
        json.object { json in
            json.key("p50")
            json.number(lifetimes.median)
            json.key("p90")
            json.number(lifetimes.p90)
            json.key("p99")
            json.number(lifetimes.p99)
            json.key("count")
            json.integer(lifetimes.count)
        }
    }
}

extension Forecast {
    /// Writes the forecast as one JSON object, in seconds.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("expected")
            json.number(expected, decimals: 1)
            json.key("low")
            json.number(low, decimals: 1)
            json.key("high")
            json.number(high, decimals: 1)
        }
    }
}

extension GrowthVerdict {
    /// The word for it in JSON.
    public var word: String {
        switch self {
        case .tooEarly: "too_early"
        case .steady: "steady"
        case .warmingUp: "warming_up"
        case .growing: "growing"
        case .shrinking: "shrinking"
        case .leaking: "leaking"
        }
    }

    /// Writes the verdict as one JSON object.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("verdict")
            json.string(word)
            json.key("ask_again_in_s")
            if case .tooEarly(let seconds) = self { json.number(seconds) } else { json.null() }
            json.key("rate_per_s")
            if let rate { rate.write(to: &json) } else { json.null() }
            json.key("leaks")
            json.array { json in
                for leak in leaks { leak.write(to: &json) }
            }
        }
    }
}

extension RateEstimate {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("expected")
            json.number(perSecond, decimals: 6)
            json.key("low")
            json.number(low, decimals: 6)
            json.key("high")
            json.number(high, decimals: 6)
        }
    }
}

extension LeakEstimate {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("kind")
            json.string(kind.word)
            json.key("survivors")
            json.integer(survivors)
            json.key("rate_per_s")
            rate.write(to: &json)
            json.key("horizon_s")
            json.number(horizon)
            json.key("peers")
            json.array { json in
                for entry in peers {
                    json.object { json in
                        json.key("peer")
                        json.string(entry.peer.description)
                        json.key("count")
                        json.integer(entry.count)
                    }
                }
            }
        }
    }
}

extension LeakKind {
    /// The word for it in JSON.
    public var word: String {
        switch self {
        case .idleConnection: "idle_connection"
        case .connecting: "connecting"
        case .closeWait: "close_wait"
        case .ghost(let kind): "ghost_\(kind.rawValue)"
        case .socket(let transport): "socket_\(transport.rawValue)"
        case .duplicate: "duplicate"
        case .descriptor(let kind): kind.rawValue
        }
    }
}

extension CohortRow {
    /// Writes the sockets that were opened in one stretch of time; seconds since the first look.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("from_s")
            json.number(opened.lowerBound)
            json.key("to_s")
            json.number(opened.upperBound)
            json.key("born")
            json.integer(born)
            json.key("idle")
            json.integer(idle)
            json.key("in_use")
            json.integer(inUse)
            json.key("dead")
            json.integer(dead)
            json.key("other")
            json.integer(other)
        }
    }
}
