import KernelFormats
import Measurements

/// Reads the tables of text in `/proc/PID/net`: for protocols that the kernel has no sock_diag
/// for, and for namespaces that may not be entered.
///
/// They need no right beyond that to see the process, and tell less: no clocks, and nothing of how
/// many connections a listener takes.
enum TextTables {
    /// Fills everything that there is a table for.
    static func fillAll(_ join: inout SocketJoin, _ process: borrowing ProcessHandle) {
        fillTCP(&join, process)
        for name in ["udp", "udp6"] { fill(&join, process, name, .udp, .dgram) }
        fillUnix(&join, process)
        fillRare(&join, process)
        for (name, family) in [("packet", SocketFamily.packet), ("netlink", .netlink)] {
            for line in lines(process, name) {
                if let row = ProcNetRow(lastField: line) { join.add(row, of: family) }
            }
        }
    }

    /// Fills from the tables of TCP.
    static func fillTCP(_ join: inout SocketJoin, _ process: borrowing ProcessHandle) {
        for name in ["tcp", "tcp6"] {
            for line in lines(process, name) { ProcNetRow(inet: line).map { join.add(tcp: $0) } }
        }
    }

    /// Fills from the tables of protocols that many kernels have no sock_diag for.
    static func fillRare(_ join: inout SocketJoin, _ process: borrowing ProcessHandle) {
        let tables: [(String, SocketProtocol, SocketType)] = [
            ("raw", .raw, .raw), ("raw6", .raw, .raw), ("udplite", .udplite, .dgram),
            ("udplite6", .udplite, .dgram), ("icmp", .icmp, .dgram), ("icmp6", .icmp, .dgram),
        ]
        for (name, transport, type) in tables where join.unlisted > 0 {
            fill(&join, process, name, transport, type)
        }
    }

    /// Fills from the table of Unix sockets.
    static func fillUnix(_ join: inout SocketJoin, _ process: borrowing ProcessHandle) {
        for line in lines(process, "unix") {
            guard let row = ProcNetRow(unix: line) else { continue }
            join.add(text: row, transport: .unix, type: SocketType(number: row.type ?? 0))
        }
    }

    private static func fill(
        _ join: inout SocketJoin, _ process: borrowing ProcessHandle, _ name: String,
        _ transport: SocketProtocol, _ type: SocketType
    ) {
        for line in lines(process, name) {
            guard let row = ProcNetRow(inet: line) else { continue }
            join.add(text: row, transport: transport, type: type)
        }
    }

    private static func lines(_ process: borrowing ProcessHandle, _ name: String) -> [Substring] {
        // A kernel without the protocol has no such file.
        guard let text = try? process.text("net/\(name)") else { return [] }
        // Bytes are split: a path that ends in CR would make one character of it and the LF.
        return text.utf8.split(separator: UInt8(ascii: "\n")).map(Substring.init)
    }
}
