/// Who a process is.
public struct ProcessFacts: Hashable, Sendable {
    /// Its number in the namespace of whoever looks.
    public var pid: Int32
    /// When it was started, in clock ticks since boot (proc_pid_stat(5), field 22).
    ///
    /// A number that was given out anew has another start; exec(2) keeps both.
    public var startTicks: UInt64
    /// The name of its command, at most 15 bytes (proc_pid_comm(5)).
    public var name: String
    /// The path of its program; nil when that may not be read.
    public var executable: String?
    /// What runs in it.
    public var runtime: Runtime
    /// How long it has run, in seconds.
    public var uptime: Double
    /// How many threads it has, 1 or more.
    public var threads: Int
    /// The inode of its network namespace; nil when that may not be read.
    public var networkNamespace: UInt64?
    /// How many processors the machine has on line.
    public var processors: Int

    /// Whether it runs another program than at an earlier look (execve(2)).
    ///
    /// A program that was replaced or removed on disk since is still the same one; the kernel adds
    /// ` (deleted)` to its path (proc_pid_exe(5)).
    public func runsAnotherProgram(than earlier: ProcessFacts) -> Bool {
        guard let new = executable, let old = earlier.executable, new != old else { return false }
        return new != old + " (deleted)"
    }

    /// Makes the facts of a process of which only the number is known.
    public init(pid: Int32) {
        self.pid = pid
        startTicks = 0
        name = ""
        runtime = .unknown
        uptime = 0
        threads = 1
        processors = 1
    }
}

/// What executes a program, as far as its file and its mappings tell.
public enum Runtime: String, Hashable, Sendable, CaseIterable {
    case go, swift, jvm, node, python, dotnet, rust, native, unknown

    /// The word for it in the output of `inspect --json`, which has a closed list.
    public var contractName: String {
        switch self {
        case .go, .swift, .jvm, .node, .python, .native, .unknown: rawValue
        case .rust: "native"
        case .dotnet: "unknown"
        }
    }

    /// How people call it.
    public var title: String {
        switch self {
        case .go: "Go"
        case .swift: "Swift"
        case .jvm: "Java"
        case .node: "Node.js"
        case .python: "Python"
        case .dotnet: ".NET"
        case .rust: "Rust"
        case .native: "native code"
        case .unknown: "an unknown runtime"
        }
    }
}
