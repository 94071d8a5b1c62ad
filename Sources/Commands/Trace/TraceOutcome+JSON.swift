import CallSites
import LeakAnalysis
import Measurements

extension TraceOutcome {
    /// The documented object (`sockeye.trace/1`).
    var json: [UInt8] {
        var json = JSONWriter(reserving: 16_384)
        json.object { json in
            json.key("schema")
            json.string("sockeye.trace/1")
            json.key("pid")
            json.integer(pid)
            json.key("duration_s")
            json.number(duration.inSeconds)
            json.key("events")
            json.integer(events)
            json.key("lost")
            json.integer(lost)
            json.key("sites")
            json.array { json in
                for site in sites { site.write(to: &json, seconds: duration.inSeconds) }
            }
            json.key("processes")
            json.array { json in for process in processes { process.write(to: &json) } }
            json.key("advice")
            json.array { json in for line in advice { json.string(line) } }
            json.key("command_status")
            if let commandStatus { json.integer(commandStatus) } else { json.null() }
            json.key("unattributed")
            if let unattributed { json.integer(unattributed) } else { json.null() }
            json.key("coverage")
            coverage.write(to: &json)
        }
        json.endLine()
        return json.bytes
    }
}

extension TraceOutcome.Site {
    func write(to json: inout JSONWriter, seconds: Double) {
        json.object { json in
            json.key("function")
            json.string(frame.function)
            json.key("file")
            json.string(frame.file)
            json.key("line")
            if let line = frame.line { json.integer(line) } else { json.null() }
            json.key("opened")
            json.integer(opened)
            json.key("closed")
            json.integer(closed)
            json.key("surviving")
            json.integer(surviving)
            json.key("rate_per_s")
            json.number(seconds > 0 ? Double(surviving) / seconds : 0)
            json.key("states")
            json.object { json in
                for (state, count) in states.sorted(by: { $0.key < $1.key }) {
                    json.key(text: state)
                    json.integer(count)
                }
            }
            json.key("peers")
            json.array { json in
                for (peer, count) in peers.sorted(by: { ($0.value, $1.key) > ($1.value, $0.key) })
                    .prefix(16)
                {
                    json.object { json in
                        json.key("peer")
                        json.string(peer)
                        json.key("count")
                        json.integer(count)
                    }
                }
            }
            json.key("sockets")
            json.array { json in for socket in sockets { socket.write(to: &json) } }
            json.key("callers")
            json.array { json in for caller in callers { caller.write(to: &json) } }
            json.key("stack")
            json.array { json in for frame in stack { frame.write(to: &json) } }
        }
    }
}

extension TraceCaller {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("function")
            json.string(frame?.function)
            json.key("file")
            json.string(frame?.file)
            json.key("line")
            if let line = frame?.line { json.integer(line) } else { json.null() }
            json.key("opened")
            json.integer(opened)
            json.key("surviving")
            json.integer(surviving)
        }
    }
}

extension TraceOutcome.Process {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("pid")
            json.integer(pid)
            json.key("program")
            json.string(program)
            json.key("opened")
            json.integer(opened)
            json.key("surviving")
            json.integer(surviving)
        }
    }
}

extension TraceOutcome.OpenSocket {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("pid")
            json.integer(process)
            json.key("descriptor")
            json.integer(descriptor)
            json.key("local")
            json.string(local)
            json.key("age_s")
            json.number(age)
        }
    }
}

extension StackFrame {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("function")
            json.string(function)
            json.key("file")
            json.string(file)
            json.key("line")
            if let line { json.integer(line) } else { json.null() }
            json.key("module")
            json.string(module)
            json.key("own")
            json.bool(isOwn)
        }
    }
}
