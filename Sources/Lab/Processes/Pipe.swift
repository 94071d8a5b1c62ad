import Glibc

/// A pipe between this process and a child (pipe(7)); both ends are closed on exec.
struct Pipe {
    var reading: CInt
    var writing: CInt

    /// Throws ``ClientProcessFault/notStarted(errno:)`` when no descriptor is left.
    init() throws {
        var ends: [CInt] = [-1, -1]
        // Two integers of our own, filled by the call.
        guard unsafe pipe(&ends) == 0 else { throw ClientProcessFault.notStarted(errno: errno) }
        do {
            for index in ends.indices { ends[index] = try Self.moved(ends[index]) }
        } catch {
            for end in ends { close(end) }
            throw error
        }
        (reading, writing) = (ends[0], ends[1])
    }

    /// The same end above the standard streams: where one of those is closed in this process, a
    /// pipe would take its number, and the child would lose it.
    private static func moved(_ end: CInt) throws -> CInt {
        let copy = fcntl(end, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { throw ClientProcessFault.notStarted(errno: errno) }
        close(end)
        return copy
    }
}

/// Why a client's process gave no result.
public enum ClientProcessFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// It could not be started; the code is an `errno` (posix_spawn(3)).
    case notStarted(errno: Int32)
    /// It ended before it had a result: its exit status, or the negative number of a signal.
    case ended(client: String, status: Int32)
    /// It had no result long after its time.
    case silent(client: String)

    /// A sentence for people.
    public var description: String {
        switch self {
        case .notStarted(let code): "a client's process could not be started (errno \(code))"
        case .ended(let client, let status) where status < 0:
            "the client \(client) was ended by signal \(-status) before it had a result"
        case .ended(let client, let status):
            "the client \(client) ended with status \(status) before it had a result"
        case .silent(let client): "the client \(client) gave no result in time and was ended"
        }
    }
}
