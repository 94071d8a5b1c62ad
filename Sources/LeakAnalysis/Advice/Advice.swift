/// What to change, in the words of the runtime that was detected.
enum Advice {
    /// Sentences for a rule, the most useful first.
    static func sentences(_ rule: Rule, _ runtime: Runtime) -> [String] {
        let own = idiom(rule, runtime)
        return (own.map { [$0] } ?? []) + general(rule)
    }

    private static func idiom(_ rule: Rule, _ runtime: Runtime) -> String? {
        switch runtime {
        case .go: GoAdvice.sentence(rule)
        case .python: PythonAdvice.sentence(rule)
        case .node: NodeAdvice.sentence(rule)
        case .jvm: JavaAdvice.sentence(rule)
        case .dotnet: DotNetAdvice.sentence(rule)
        case .swift: SwiftAdvice.sentence(rule)
        case .rust: RustAdvice.sentence(rule)
        case .native, .unknown: nil
        }
    }

    private static func general(_ rule: Rule) -> [String] {
        switch rule {
        case .ghostNeverConnected:
            ["close a socket on every path that does not go on to use it, errors included"]
        case .ghostConnectFailed:
            ["close the socket when connect() fails, before trying again"]
        case .ghostReset:
            ["close a connection when reading or writing reports an error"]
        case .ghostClosed, .shutdownWithoutClose:
            [
                "call close() after shutdown(): shutdown ends the conversation and keeps the descriptor"
            ]
        case .closeWait:
            [
                "read each response to its end and close it; close pooled connections the server ended"
            ]
        case .abandonedConnections:
            ["share one client, and so one pool, for all requests, and bound its idle connections"]
        case .unreadBody:
            ["read every response body to its end, or close it, on every path"]
        case .noResponseTimeout:
            ["give each request one deadline that covers connect, headers and body"]
        case .unusedDial:
            ["close what was dialled and is not needed; dial when there is something to send"]
        case .unreachablePeer:
            [
                "give connecting a timeout of a few seconds, and space attempts out after failures",
                "see why the address does not answer: it is down, filtered, or its accept queue is full",
            ]
        case .keepaliveDisabled:
            [
                "keep connections alive and share one client; read bodies to their end, or they cannot be reused"
            ]
        case .poolTooSmall:
            ["let the pool keep as many idle connections to one place as requests run at once"]
        case .selectorLeak:
            ["share one client: each has a selector, a wake-up descriptor and a thread of its own"]
        case .inboundUnclosed:
            [
                "close a connection when a read says that the client has ended it, and limit idle time"
            ]
        case .foreignNetns:
            [
                "close sockets that were made inside another namespace before leaving it, if unintended"
            ]
        case .descriptorLeak:
            ["close what is opened on every path; a scope that closes at its end forgets none"]
        case .listenOverflow:
            [
                "accept faster: in a loop until EAGAIN, and never behind work",
                "raise the backlog of listen(), and net.core.somaxconn with it",
            ]
        case .nearLimit:
            [
                "find what grows (the other findings); raising RLIMIT_NOFILE buys time and cures nothing"
            ]
        }
    }
}
