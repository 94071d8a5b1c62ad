import KernelFormats

/// What `perf script -D` tells of each record, by where it is in the file.
struct PerfDump {
    /// A sample as perf reads it.
    struct Sample {
        var pid: Int32
        var tid: Int32
        var time: UInt64
        var chain: [UInt64] = []
        /// By perf's names.
        var registers: [String: UInt64] = [:]
        var stackSize = 0
        /// What socket(2) gave.
        var result: Int?
    }

    private(set) var samples: [Int: Sample] = [:]
    private(set) var mappings: [Int: PerfMapping] = [:]
    private(set) var forks: [Int: PerfTask] = [:]
    private(set) var exits: [Int: PerfTask] = [:]
    private(set) var executed: [Int: (pid: Int32, tid: Int32, time: UInt64)] = [:]

    private var last = -1

    init(_ text: String) {
        for line in text.split(separator: "\n") {
            if line.first?.isNumber == true {
                read(header: line)
            } else if last >= 0 {
                read(detail: line)
            }
        }
    }

    /// `4294967295 52165257633204 0x308 [0x30]: PERF_RECORD_COMM exec: p:18345/18345`.
    private mutating func read(header line: Substring) {
        guard let mark = line.firstRange(of: ": PERF_RECORD_") else { return }
        let fields = line[..<mark.lowerBound].split(separator: " ")
        guard fields.count >= 3, fields[fields.count - 2].hasPrefix("0x"),
            let offset = Int(fields[fields.count - 2].dropFirst(2), radix: 16),
            let time = UInt64(fields[fields.count - 3])
        else { return }
        last = -1
        let text = line[mark.upperBound...]
        let kind = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        let rest = text.dropFirst(kind.count)
        switch kind {
        case "SAMPLE":
            // `(IP, 0x2): 18345/18345: 0x7f32c2286b70 period: 1 addr: 0`.
            guard let colon = rest.firstRange(of: "): ") else { return }
            let ids = numbers(rest[colon.upperBound...].prefix { $0 != ":" })
            guard ids.count == 2 else { return }
            samples[offset] = Sample(pid: ids[0], tid: ids[1], time: time)
            last = offset
        case "MMAP2": mappings[offset] = Self.mapping(rest, time)
        case "FORK": forks[offset] = task(rest, time)
        case "EXIT": exits[offset] = task(rest, time)
        case "COMM" where rest.hasPrefix(" exec: "):
            let ids = numbers(rest.split(separator: ":").last ?? "")
            if ids.count == 2 { executed[offset] = (ids[0], ids[1], time) }
        default: break
        }
    }

    /// `18345/18345`, `(18347:18347):(18345:18345)`.
    private func numbers(_ text: Substring) -> [Int32] {
        text.split { !$0.isNumber && $0 != "-" }.compactMap { Int32($0) }
    }

    private func task(_ text: Substring, _ time: UInt64) -> PerfTask? {
        let ids = numbers(text)
        guard ids.count == 4 else { return nil }
        return PerfTask(pid: ids[0], parent: ids[2], tid: ids[1], time: time)
    }

    /// ` 18345/18345: [0x5644f10eb000(0x1000) @ 0x1000 fe:00 6275717 1850131877]: r-xp /path`.
    private static func mapping(_ text: Substring, _ time: UInt64) -> PerfMapping? {
        guard let opener = text.firstRange(of: ": ["), let closer = text.firstRange(of: "]: "),
            let pid = Int32(text[..<opener.lowerBound].dropFirst().prefix { $0 != "/" })
        else { return nil }
        let fields = text[opener.upperBound..<closer.lowerBound].split { "() @".contains($0) }
        guard fields.count == 6, let inode = UInt64(fields[4]) else { return nil }
        // The rights take four letters and a blank.
        return PerfMapping(
            pid: pid, address: hexadecimal(fields[0]), length: hexadecimal(fields[1]),
            offset: hexadecimal(fields[2]), inode: inode,
            path: String(text[closer.upperBound...].dropFirst(5)), time: time)
    }

    private static func hexadecimal(_ text: Substring) -> UInt64 {
        UInt64(text.hasPrefix("0x") ? text.dropFirst(2) : text, radix: 16) ?? 0
    }

    /// A line of a sample: of its chain, its registers, its stack, or its own.
    private mutating func read(detail line: Substring) {
        let fields = line.split(separator: " ")
        if line.hasPrefix("....."), fields.count == 3 {
            samples[last]?.chain.append(Self.hexadecimal(fields[2]))
        } else if line.hasPrefix("...."), fields.count == 3, fields[2].hasPrefix("0x") {
            samples[last]?.registers[String(fields[1])] = Self.hexadecimal(fields[2])
        } else if line.hasPrefix("... ustack: size "), fields.count > 3 {
            samples[last]?.stackSize = Int(fields[3].prefix { $0.isNumber }) ?? -1
        } else if line.contains(" syscalls:sys_exit_socket: "), let value = fields.last {
            samples[last]?.result = Int(truncatingIfNeeded: Self.hexadecimal(value))
        }
    }
}
