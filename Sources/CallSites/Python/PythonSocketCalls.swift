extension PythonRuntime {
    /// Whether frames that were read late still show the call that made a socket.
    ///
    /// A sample of socket(2) or accept4(2) says when a thread made a socket; its frames are read
    /// later, and the thread may have gone on. They are those of the sample when
    ///
    /// 1. the innermost frame is a function of the standard library that itself makes sockets, or
    ///    has the C library make them: in `python3.X/socket.py` the constructor, `accept`,
    ///    `socketpair`, `create_connection`, `create_server`, `has_dualstack_ipv6`, `getaddrinfo`
    ///    and `getfqdn`; in `asyncio/selector_events.py` what accepts connections; and
    /// 2. the sample is the thread's latest of a socket, which the caller must see to.
    ///
    /// For all the time that a thread is in one of these functions none of the program's own is
    /// running, so that a socket that it makes then is made by the function's callers as they are
    /// read. What remains unproven is the short time between a function's begin and its system
    /// call, where the sample may be of an earlier call; accept(2) may wait long there, so that
    /// for a sample taken at the *end* of the system call, frames with `accept` at the top show a
    /// loop that accepts on again, which is nearly always the same one.
    ///
    /// Nothing is proven where the innermost frame is the program's own: code that calls
    /// `_socket.socket` directly, or an extension in C, looks the same while it makes a socket and
    /// while it does any other call in that line. False then, and for no frames.
    public static func isMakingSocket(_ frames: [PythonFrame]) -> Bool {
        guard let inner = frames.first else { return false }
        let path = inner.file.split(separator: "/", omittingEmptySubsequences: false)
        guard path.count >= 2, let name = path.last else { return false }
        let folder = path[path.count - 2]
        switch (folder, name) {
        case ("asyncio", "selector_events.py"):
            return acceptors.contains(inner.function.split(separator: ".").last ?? "")
        case (_, "socket.py") where isStandard(folder):
            // Bare names are those of CPython up to 3.10, where other classes have an `__init__`.
            return makers.contains(inner.function)
                || inner.function == "__init__" && inner.parameters == 5
        default: return false
        }
    }

    /// Functions of socket.py in which nothing but themselves can make a socket.
    private static let makers: Set<String> = [
        "socket.__init__", "socket.accept", "accept", "socketpair", "create_connection",
        "create_server", "has_dualstack_ipv6", "getaddrinfo", "getfqdn",
    ]

    /// Functions, not coroutines, of asyncio's event loop that call accept.
    private static let acceptors: Set<Substring> = ["_accept_connection", "_sock_accept"]

    /// Whether a folder is the standard library's: `python3.11`, or `python311.zip`.
    private static func isStandard(_ folder: Substring) -> Bool {
        guard folder.hasPrefix("python3") else { return false }
        let rest = folder.dropFirst(7)
        let number = rest.hasPrefix(".") ? rest.dropFirst() : rest
        let digits = number.hasSuffix(".zip") ? number.dropLast(4) : number
        return !digits.isEmpty && digits.allSatisfy { ("0"..."9").contains($0) }
    }
}
