import KernelFormats
import Testing

/// `/proc/PID/stat` and `/proc/PID/limits`, and the counters of a namespace.
@Suite struct ProcessFilesTests {
    /// A line of `stat` (Linux 6.18), with the name of the process to be given.
    static func line(_ name: String, state: String = "S", start: String = "172034") -> String {
        "4711 (\(name)) \(state) 4710 4711 4710 34816 4711 4194304 1205 0 0 0 2 1 0 0 20 0 3 0 "
            + "\(start) 14462976 2304 18446744073709551615 1 1 0 0 0 0 0 16781312 2 0 0 0 17 1 0 "
            + "0 0 0 0 0 0 0 0 0 0 0 0\n"
    }

    @Test(arguments: [
        "python3", "", "a b", "a) S 1 (b", ")", "(", "()", "a\nb", "tmux: server", "kworker/0:1",
        // Marks that join the bracket before or after them.
        "\u{301}a", "a\u{600}", "\r", "e\u{301}", "a\u{FFFD}",
    ])
    func `A name may hold anything`(name: String) throws {
        let status = try #require(ProcessStatus(Self.line(name)))
        #expect(Array(status.name.utf8) == Array(name.utf8))
        #expect(status.state == "S")
        #expect(status.parent == 4_710)
        #expect(status.threads == 3)
        #expect(status.startTicks == 172_034)
        #expect(status.flags == 4_194_304 && !status.isExiting)
    }

    @Test(arguments: ["R", "S", "D", "Z", "T", "t", "X", "I"])
    func `A state is its letter`(letter: String) throws {
        #expect(String(try #require(ProcessStatus(Self.line("x", state: letter))).state) == letter)
    }

    @Test(arguments: ["0", "18446744073709551615"])
    func `A start is any number of 64 bits`(start: String) throws {
        let status = try #require(ProcessStatus(Self.line("x", start: start)))
        #expect(String(status.startTicks) == start)
    }

    @Test(arguments: [
        "", "4711", "4711 (x", "4711 x)", ") S (", "4711 (x)", "4711 (x) S 1 2 3",
        line("x", start: "-1"), line("x", start: "18446744073709551616"), line("x", state: ""),
        line("x", state: "\u{7AC}"), line("x", state: "SS"), line("x", state: "S\u{301}"),
    ])
    func `What is no such line is refused`(text: String) {
        #expect(ProcessStatus(text) == nil)
    }

    @Test func `A line cut anywhere is refused, or says the same`() {
        let line = Self.line("a) b")
        let start = line.utf8.count - line.split(separator: "172034")[1].utf8.count
        for length in 0..<line.utf8.count {
            let status = ProcessStatus(String(decoding: line.utf8.prefix(length), as: UTF8.self))
            if length < start - 5 { #expect(status == nil, "\(length) bytes") }
            if length >= start { #expect(status?.startTicks == 172_034, "\(length) bytes") }
        }
    }

    // MARK: Limits

    static func limits(_ soft: String, _ hard: String) -> String {
        """
        Limit                     Soft Limit           Hard Limit           Units
        Max cpu time              unlimited            unlimited            seconds
        Max processes             31410                31410                processes
        Max open files            \(soft)                 \(hard)              files
        Max locked memory         8388608              8388608              bytes

        """
    }

    @Test(arguments: [
        ("1024", "1048576", 1_024, 1_048_576), ("unlimited", "unlimited", Int.max, Int.max),
        ("0", "unlimited", 0, Int.max),
    ])
    func `The limits on descriptors are read`(soft: String, hard: String, low: Int, high: Int)
        throws
    {
        let found = try #require(ProcessLimits.openFiles(Self.limits(soft, hard)))
        #expect(found == (low, high))
    }

    @Test(arguments: [
        "", "Max open files", "Max open files  x y files", "Max open files  1", "Max processes 1 2",
        "max open files  1 2 files", limits("many", "1"),
    ])
    func `Without the line there are no limits`(text: String) {
        #expect(ProcessLimits.openFiles(text) == nil)
    }

    // MARK: Counters

    static let counters = """
        TcpExt: SyncookiesSent ListenOverflows ListenDrops TCPHPHits
        TcpExt: 0 17 18446744073709551615 -1
        IpExt: InNoRoutes InOctets
        IpExt: 3 4711

        """

    @Test(
        arguments: [
            ("ListenOverflows", "TcpExt", 17), ("ListenDrops", "TcpExt", UInt64.max),
            ("SyncookiesSent", "TcpExt", 0), ("InOctets", "IpExt", 4_711),
            ("TCPHPHits", "TcpExt", nil),
            ("InOctets", "TcpExt", nil), ("ListenOverflows", "Tcp", nil), ("Listen", "TcpExt", nil),
        ] as [(String, String, UInt64?)])
    func `A counter is found by its name`(name: String, group: String, value: UInt64?) {
        #expect(NetworkCounters.value(name, of: group, in: Self.counters) == value)
    }

    @Test(arguments: ["", "TcpExt: A", "TcpExt: A\nTcpExt:", "TcpExt:\nTcpExt: 1", "\n\n"])
    func `Counters without names or values are none`(text: String) {
        #expect(NetworkCounters.value("A", of: "TcpExt", in: text) == nil)
    }
}
