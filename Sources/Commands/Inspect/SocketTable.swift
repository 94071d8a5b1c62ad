import Measurements

/// Sockets as a table for a terminal.
struct SocketTable {
    var sockets: [SocketRecord]
    var style: TerminalStyle

    private static let headings = [
        "FD", "INODE", "PROTO", "STATE", "DIR", "RECV-Q", "SEND-Q", "SENT", "RECEIVED", "SEGS",
        "RETR", "RTT", "LOCAL", "PEER",
    ]
    private static let rightAligned: Set<Int> = [0, 1, 5, 6, 7, 8, 9, 10, 11]

    var text: String {
        guard !sockets.isEmpty else { return "no sockets to list\n" }
        let rows = sockets.map(row)
        var widths = Self.headings.map(\.count)
        for row in rows {
            for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.count) }
        }
        let lines = ([Self.headings] + rows).map { row in
            let cells = row.enumerated().map { index, cell in
                cell.column(widths[index], right: Self.rightAligned.contains(index))
            }
            return cells.joined(separator: "  ").withoutTrailingSpaces
        }
        return style.weak(lines[0]) + "\n" + lines.dropFirst().map { $0 + "\n" }.joined()
    }

    private func row(_ socket: SocketRecord) -> [String] {
        let activity = socket.activity.flatMap { $0.wasEstablished ? $0 : nil }
        return [
            String(socket.descriptor), String(socket.inode), socket.transport.rawValue,
            state(socket), direction(socket.direction), String(socket.receiveQueue),
            String(socket.sendQueue), activity.map { Self.ago($0.sinceDataSent) } ?? "-",
            activity.map { $0.dataSegmentsIn > 0 ? Self.ago($0.sinceDataReceived) : "never" }
                ?? "-",
            activity.map { "\($0.dataSegmentsOut)/\($0.dataSegmentsIn)" } ?? "-",
            activity.map { String($0.retransmissions) } ?? "-",
            activity.map { DurationText.format(.microseconds(Int64($0.roundTrip))) } ?? "-",
            socket.local?.description.escapedForTerminal ?? "-",
            socket.peer?.description.escapedForTerminal ?? "-",
        ]
    }

    private func state(_ socket: SocketRecord) -> String {
        if let ghost = socket.ghost {
            return "ghost:\(ghost.rawValue)" + (socket.hasUnreadError ? "!" : "")
        }
        return socket.state?.rawValue ?? "-"
    }

    private func direction(_ direction: SocketDirection) -> String {
        switch direction {
        case .inbound: "in"
        case .outbound: "out"
        case .listening: "listen"
        case .none: "-"
        case .unknown: "?"
        }
    }

    private static func ago(_ milliseconds: UInt32) -> String {
        DurationText.format(.milliseconds(Int64(milliseconds)))
    }
}
