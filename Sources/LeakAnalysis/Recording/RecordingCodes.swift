import Measurements

/// An enumeration whose cases have numbers in a recording.
///
/// The number of a case is its place in `codes`, and never changes: new cases are added at the
/// end. A number that is not known here was written by a newer sockeye and becomes `unknown`.
protocol RecordingCode: Hashable {
    static var codes: [Self] { get }
    static var unknown: Self { get }
}

extension RecordingCode {
    /// The number of the case.
    var code: UInt8 { UInt8(Self.codes.firstIndex(of: self) ?? 0) }

    init(code: UInt8) {
        self = Int(code) < Self.codes.count ? Self.codes[Int(code)] : Self.unknown
    }
}

extension SocketFamily: RecordingCode {
    static var codes: [SocketFamily] {
        [.other, .inet, .inet6, .unix, .netlink, .packet, .vsock, .xdp]
    }
    static var unknown: SocketFamily { .other }
}

extension SocketType: RecordingCode {
    static var codes: [SocketType] { [.other, .stream, .dgram, .raw, .rdm, .seqpacket] }
    static var unknown: SocketType { .other }
}

extension SocketProtocol: RecordingCode {
    static var codes: [SocketProtocol] {
        [
            .other, .tcp, .udp, .udplite, .mptcp, .sctp, .icmp, .raw, .unix, .netlink, .packet,
            .vsock, .xdp,
        ]
    }
    static var unknown: SocketProtocol { .other }
}

extension SocketDirection: RecordingCode {
    static var codes: [SocketDirection] { [.unknown, .inbound, .outbound, .listening, .none] }
}

extension Optional: RecordingCode where Wrapped: RecordingState {
    static var codes: [Wrapped?] { [nil] + Wrapped.states }
    static var unknown: Wrapped? { nil }
}

/// An enumeration that is written as an optional: number 0 is nil.
protocol RecordingState: Hashable {
    static var states: [Self] { get }
}

extension SocketState: RecordingState {
    static var states: [SocketState] {
        [
            .established, .synSent, .synReceived, .finWait1, .finWait2, .timeWait, .closed,
            .closeWait, .lastAck, .listening, .closing, .bound, .unconnected,
        ]
    }
}

extension GhostKind: RecordingState {
    static var states: [GhostKind] {
        [
            .other, .neverConnected, .boundOnly, .connectFailed, .reset, .closed,
            .foreignNamespace,
        ]
    }
}

extension DescriptorKind: RecordingCode {
    static var codes: [DescriptorKind] {
        [
            .other, .socket, .eventpoll, .eventfd, .pipe, .file, .directory, .device, .timerfd,
            .signalfd, .inotify, .fanotify, .pidfd, .memfd, .bpf, .perf, .iouring, .namespace,
        ]
    }
    static var unknown: DescriptorKind { .other }
}

extension Runtime: RecordingCode {
    static var codes: [Runtime] {
        [.unknown, .go, .swift, .jvm, .node, .python, .dotnet, .rust, .native]
    }
}

extension ProcessEnd.Reason: RecordingCode {
    static var codes: [ProcessEnd.Reason] { [.unknown, .exited, .executed, .stoppedWatching] }
}

/// The parts of a snapshot's frame; a part that is not known here is skipped.
enum SnapshotSection: UInt64, CaseIterable {
    case time = 1
    case process
    case uptime
    case descriptors
    case sockets
    case namespace
    case churn
    case coverage
}

/// The kinds of frames; a kind that is not known here is skipped.
enum FrameKind: UInt8 {
    case header = 1
    case wholeSnapshot
    case changedSnapshot
    case processEnd
}
