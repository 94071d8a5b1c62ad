import Measurements

/// What a socket is to its process at one moment, as far as leaks are concerned.
enum SocketStanding: UInt8, Sendable {
    /// A connection that this process asked for, or whose beginning nothing tells, with clocks.
    case connection
    /// A connection that the other side asked for and that both hold.
    case inbound
    /// A connection whose clocks could not be asked: nothing tells whether it is used.
    case unobserved
    /// Nothing can come over it any more: a ghost, or in CLOSE_WAIT with nothing left to send.
    case dead
    /// A listener.
    case listening
    /// A socket of another kind, which has no clocks.
    case other

    init(of record: SocketRecord, sentSince pause: Double) {
        switch record.ghost {
        case .neverConnected, .boundOnly, .connectFailed, .reset, .closed:
            self = .dead
            return
        case .foreignNamespace, .other, nil: break
        }
        guard record.isTCP else {
            self = .other
            return
        }
        switch record.state {
        case .listening:
            self = .listening
        case .closeWait:
            // The other side may close its half and wait for an answer that is still being sent.
            let isSending =
                record.activity.map { Double($0.sinceDataSent) / 1_000 <= pause } ?? false
            self = isSending ? .inbound : .dead
        case .established, .synSent, .synReceived, .finWait1, .finWait2, .timeWait, .closed,
            .lastAck, .closing, .bound, .unconnected, nil:
            if record.direction == .inbound {
                self = .inbound
            } else {
                self = record.activity == nil ? .unobserved : .connection
            }
        }
    }
}
