import CallSites
import LinuxKernel
import Measurements
import Profiles

/// Where the result of a trace goes: opened before it begins.
struct TraceFiles {
    private let output: ResultFile?
    private let pprof: ResultFile?
    private let flamegraph: ResultFile?

    /// Makes the files; throws a usage fault when one cannot be written.
    init(output: String?, pprof: String?, flamegraph: String?) throws(UsageMessage) {
        self.output = try output.map { path throws(UsageMessage) in
            try ResultFile(path: path, option: "--output")
        }
        self.pprof = try pprof.map { path throws(UsageMessage) in
            try ResultFile(path: path, option: "--pprof")
        }
        self.flamegraph = try flamegraph.map { path throws(UsageMessage) in
            try ResultFile(path: path, option: "--flamegraph")
        }
    }

    /// Writes them; false, with the reason said, when one could not be kept.
    func write(_ outcome: TraceOutcome, json: Bool, text: String) -> Bool {
        var isKept = true
        if let output {
            isKept = Self.keep(json ? outcome.json : Array(text.utf8), in: output)
        } else if json {
            StandardStreams.output(outcome.json)
        } else {
            StandardStreams.output(text)
        }
        if let pprof {
            if let bytes = try? PprofProfile(outcome.profile).gzipped() {
                isKept = Self.keep(bytes, in: pprof) && isKept
            } else {
                StandardStreams.talk("sockeye: there is no memory to pack the profile")
                isKept = false
            }
        }
        if let flamegraph {
            isKept = Self.keep(Array(outcome.flameGraph.svg.utf8), in: flamegraph) && isKept
        }
        return isKept
    }

    private static func keep(_ bytes: [UInt8], in file: ResultFile) -> Bool {
        do throws(UsageMessage) {
            try file.write(bytes)
            return true
        } catch {
            StandardStreams.talk(error.message)
            return false
        }
    }
}

extension TraceOutcome {
    /// The stacks with their counts.
    var profile: SocketProfile {
        SocketProfile(
            samples: stacks.map { stack in
                ProfileSample(
                    stack: stack.frames.map { frame in
                        ProfileFrame(
                            function: frame.function, file: frame.file, line: frame.line,
                            isOwn: frame.isOwn, module: frame.module)
                    }, opened: stack.opened, surviving: stack.surviving)
            }, startNanoseconds: start.unixNanoseconds,
            durationNanoseconds: duration.nanoseconds,
            comments: coverage.missing.map { "not seen: \($0)" })
    }

    /// A drawing of what survives, by who asked for it.
    var flameGraph: FlameGraph {
        let open = sites.reduce(0) { $0 + $1.surviving }
        let program = processes.first { $0.pid == pid }?.program
        let name = program.flatMap { $0.split(separator: "/").last }.map { "\($0), " } ?? ""
        return FlameGraph(
            profile, title: "Who asked for the sockets that are still open",
            subtitle: "\(name)process \(pid), traced for \(DurationText.format(duration)): "
                + "\(ProcessWords.count(open, "socket")) still open")
    }
}
