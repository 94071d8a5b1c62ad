/// Connections in TIME_WAIT, which belong to no process any more: rows of `/proc/net/tcp` and
/// `/proc/net/tcp6` (proc_pid_net(5)).
enum TimeWaitTable {
    /// How many have the port on either side, in this process's network namespace.
    static func count(port: Int) -> Int {
        ["/proc/net/tcp", "/proc/net/tcp6"].reduce(0) {
            $0 + count(port: port, in: ProcessFile.read($1))
        }
    }

    /// The same in the text of one table; what is not a row counts as none.
    static func count(port: Int, in table: [UInt8]) -> Int {
        table.split(separator: UInt8(ascii: "\n")).count { line in
            let words = line.split(separator: UInt8(ascii: " "), maxSplits: 4)
            // The third is the state, in hexadecimal: TCP_TIME_WAIT is 6 (tcp_states.h).
            guard words.count == 5, words[3].elementsEqual("06".utf8) else { return false }
            return words[1...2].contains { Self.port(of: $0) == port }
        }
    }

    /// The port of `0100007F:1F90`.
    private static func port(of address: ArraySlice<UInt8>) -> Int? {
        guard let colon = address.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        return Int(String(decoding: address[(colon + 1)...], as: UTF8.self), radix: 16)
    }
}
