import Glibc

/// A blocking socket that writes what it is told and notes what comes back and how it ends.
struct RawClient {
    enum Ending: Hashable {
        /// connect(2) was answered with RST.
        case refused
        /// connect(2) was not answered in time.
        case unanswered
        /// FIN.
        case eof
        /// RST.
        case reset
        /// Nothing more came in time, and the connection is open.
        case open
        /// As much came as was wanted, and there was more.
        case enough
    }

    struct Answer: Hashable {
        var bytes: [UInt8] = []
        var ending: Ending
        var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    static let request = "GET / HTTP/1.1\r\nHost: monitor.test\r\n\r\n"

    /// Sends the pieces, one answer (or 15 ms of silence) apart, and reads on.
    ///
    /// The reading ends with the connection, with `most` bytes, or when `part` has come and then
    /// nothing more for `quiet` milliseconds; before `part` it waits up to five seconds.
    static func talk(
        _ port: UInt16, sending pieces: [String] = [request], until part: String = "",
        quiet: Int32 = 150, most: Int = 1 << 22
    ) -> Answer {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue) | O_NONBLOCK
        let descriptor = socket(AF_INET, kind, 0)
        defer { close(descriptor) }
        if let failed = connect(descriptor, port, quiet) { return Answer(ending: failed) }
        var answer = Answer(ending: .open)
        for (number, piece) in pieces.enumerated() {
            _ = send(descriptor, piece, piece.utf8.count, Int32(MSG_NOSIGNAL))
            let isLast = number == pieces.count - 1
            let goesOn = read(
                descriptor, into: &answer, until: isLast ? Array(part.utf8) : [],
                quiet: isLast ? quiet : 15, most: most)
            if !goesOn { return answer }
        }
        return answer
    }

    /// True when the connection is still open.
    private static func read(
        _ descriptor: Int32, into answer: inout Answer, until part: [UInt8], quiet: Int32,
        most: Int
    ) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        var hasCome = part.isEmpty
        while answer.bytes.count < most {
            if !hasCome { hasCome = answer.bytes.holds(part) }
            var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&wait, 1, hasCome ? quiet : 5000) == 1 else {
                answer.ending = .open
                return true
            }
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else {
                answer.ending = count == 0 ? .eof : .reset
                return false
            }
            answer.bytes += chunk[..<count]
        }
        answer.ending = .enough
        return false
    }

    private static func connect(_ descriptor: Int32, _ port: UInt16, _ quiet: Int32) -> Ending? {
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        name.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        _ = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&wait, 1, quiet) == 1 else { return .unanswered }
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        switch code {
        case 0: return nil
        case ECONNREFUSED: return .refused
        default: return .reset
        }
    }
}

extension [UInt8] {
    /// Whether these bytes stand somewhere in it; the empty part stands everywhere.
    func holds(_ part: [UInt8]) -> Bool {
        guard let first = part.first else { return true }
        var start = startIndex
        while let next = self[start...].firstIndex(of: first) {
            if self[next...].starts(with: part) { return true }
            start = next + 1
        }
        return false
    }
}
