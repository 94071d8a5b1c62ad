import ArgumentParser
import Measurements

/// Which sockets the table lists.
struct SocketFilterOptions: ParsableArguments {
    @Option(help: "Only sockets that lead, or led, to this address, or address and port.")
    var peer: String?

    @Option(
        help: "Only sockets in this state, as ESTABLISHED or close_wait, or of this kind of ghost.")
    var state: String?

    @Option(help: "Only sockets with this port at either end.")
    var port: UInt16?

    func filter() throws(UsageMessage) -> SocketFilter {
        guard let state else { return SocketFilter(peer: peer, port: port) }
        let word = state.uppercased()
        let states = SocketState.allCases.filter { $0.rawValue == word }
        let kinds = GhostKind.allCases.filter { $0.rawValue == state.lowercased() }
        guard word == "GHOST" || !states.isEmpty || !kinds.isEmpty else {
            let words = SocketState.allCases.map(\.rawValue) + GhostKind.allCases.map(\.rawValue)
            throw UsageMessage(
                message: "--state \(state.escapedForTerminal): there are "
                    + words.joined(separator: ", ") + " and ghost")
        }
        return SocketFilter(
            peer: peer, port: port, state: states.first, ghost: kinds.first,
            isGhost: word == "GHOST")
    }
}

/// A choice of sockets.
struct SocketFilter {
    var peer: String?
    var port: UInt16?
    var state: SocketState?
    var ghost: GhostKind?
    var isGhost = false

    /// Whether it leaves anything out.
    var isNarrow: Bool {
        peer != nil || port != nil || state != nil || ghost != nil || isGhost
    }

    /// Whether a socket is chosen.
    func admits(_ socket: SocketRecord) -> Bool {
        if isGhost, socket.ghost == nil { return false }
        if let ghost, socket.ghost != ghost { return false }
        if let state, socket.state != state { return false }
        if let port, socket.local?.endpoint?.port != port, socket.peer?.endpoint?.port != port {
            return false
        }
        return peer.map { matches($0, socket.peer) } ?? true
    }

    private func matches(_ wanted: String, _ address: SocketAddress?) -> Bool {
        guard let address else { return false }
        guard let endpoint = address.endpoint?.unmapped else {
            return address.description == wanted
        }
        let bare =
            wanted.hasPrefix("[") && wanted.hasSuffix("]")
            ? String(wanted.dropFirst().dropLast()) : wanted
        return endpoint.description == wanted || endpoint.addressText == bare
    }
}
