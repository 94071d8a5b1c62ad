/// Reads `/proc/PID/stat` (proc_pid_stat(5)).
public struct ProcessStatus: Hashable, Sendable {
    /// The name of the command, at most 15 bytes on Linux.
    public var name: String
    /// The letter of the state: `Z` is a zombie, which has no descriptors.
    public var state: Character
    /// The number of its parent.
    public var parent: Int32
    /// How many threads there are.
    public var threads: Int
    /// When it started, in clock ticks since boot.
    public var startTicks: UInt64

    /// The kernel's flags (include/linux/sched.h).
    public var flags: UInt32

    /// Whether the thread that the line is about is on its way out (`PF_EXITING`): its descriptors
    /// go, or are gone, while its state still says otherwise.
    public var isExiting: Bool { flags & 4 != 0 }

    /// Whether it has ended, and waits to be reaped or is just going.
    public var hasEnded: Bool { state == "Z" || state == "X" }

    /// Reads the line; nil when it is no such line.
    ///
    /// The name may hold anything, brackets and spaces included: it ends at the last bracket.
    public init?(_ line: String) {
        // Bytes are looked for: a mark in the name may join the bracket beside it.
        let bytes = line.utf8
        guard let open = bytes.firstIndex(of: UInt8(ascii: "(")),
            let close = bytes.lastIndex(of: UInt8(ascii: ")")), open < close
        else { return nil }
        name = String(line[bytes.index(after: open)..<close])
        // The first field after the name is number 3.
        let fields = bytes[bytes.index(after: close)...].split(separator: UInt8(ascii: " "))
            .map(Substring.init)
        guard fields.count >= 20, let letter = fields[0].unicodeScalars.first, letter.isASCII,
            letter.properties.isAlphabetic, fields[0].utf8.count == 1,
            let parent = Int32(fields[1]), let threads = Int(fields[17]),
            let start = UInt64(fields[19]), let flags = UInt32(fields[6])
        else { return nil }
        state = Character(letter)
        self.parent = parent
        self.threads = threads
        startTicks = start
        self.flags = flags
    }
}

/// Reads `/proc/PID/limits` (proc_pid_limits(5)).
public enum ProcessLimits {
    /// The two limits on descriptors; nil when the line is missing.
    ///
    /// `unlimited` is the largest number.
    public static func openFiles(_ text: String) -> (soft: Int, hard: Int)? {
        for line in text.split(separator: "\n") where line.hasPrefix("Max open files") {
            let fields = line.dropFirst("Max open files".count).split(separator: " ")
            guard fields.count >= 2, let soft = number(fields[0]), let hard = number(fields[1])
            else { return nil }
            return (soft, hard)
        }
        return nil
    }

    private static func number(_ text: Substring) -> Int? {
        text == "unlimited" ? .max : Int(text)
    }
}

/// Reads `/proc/PID/net/netstat` (proc_pid_net(5)): names in one line, values in the next.
public enum NetworkCounters {
    /// The value of a counter; nil when the kernel does not tell it.
    public static func value(_ name: String, of group: String, in text: String) -> UInt64? {
        let lines = text.split(separator: "\n").filter { $0.hasPrefix(group + ":") }
        guard lines.count >= 2 else { return nil }
        let names = lines[0].split(separator: " ")
        let values = lines[1].split(separator: " ")
        guard let index = names.firstIndex(where: { $0 == name }), index < values.count else {
            return nil
        }
        return UInt64(values[index])
    }
}
