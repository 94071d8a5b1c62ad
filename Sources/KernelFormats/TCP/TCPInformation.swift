public import Measurements

/// What the kernel tells of one TCP socket (struct tcp_info, include/uapi/linux/tcp.h).
///
/// The structure has only ever grown at its end: fields that an older kernel lacks read as 0.
public struct TCPInformation: Hashable, Sendable {
    /// The kernel's number of the state.
    public var state: UInt8
    /// The options of the handshake; 0 when none was made.
    public var options: UInt8
    /// Segments on their way that were not acknowledged; of a listener, the connections that
    /// wait to be accepted.
    public var unacknowledged: UInt32
    /// Segments that were acknowledged out of order; of a listener, the most connections that may
    /// wait.
    public var selectivelyAcknowledged: UInt32
    /// Milliseconds since data was last sent, since the handshake when none ever was, or the
    /// time since before the boot when there was no handshake.
    public var sinceDataSent: UInt32
    /// Milliseconds since data was last received.
    public var sinceDataReceived: UInt32
    /// Milliseconds since the last acknowledgement.
    public var sinceAcknowledged: UInt32
    /// The size that packets may have on the path; 0 while no connection was ever asked for.
    ///
    /// It stays when a connection fails, where everything else is taken back: that tells a socket
    /// that was only bound from one whose blocking connect(2) failed.
    public var pathMTU: UInt32
    /// The smoothed round trip, in microseconds.
    public var roundTrip: UInt32
    /// Segments sent again, ever.
    public var retransmissions: UInt32
    /// Numbers of ours that were acknowledged: payload, and one each for a SYN of the side that
    /// asked and for a FIN.
    public var bytesAcknowledged: UInt64
    /// Payload received in order.
    public var bytesReceived: UInt64
    /// Segments sent.
    public var segmentsOut: UInt32
    /// Segments with payload received.
    public var dataSegmentsIn: UInt32
    /// Segments with payload sent.
    public var dataSegmentsOut: UInt32
    /// Payload sent, again-sent payload included (Linux 4.19).
    public var bytesSent: UInt64
    /// Payload sent again (Linux 4.19).
    public var bytesRetransmitted: UInt64
    /// Whether the kernel is new enough to tell ``bytesSent``.
    public var tellsBytesSent: Bool

    /// Reads the structure from `range`; nil when not even the state is there.
    public init?(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) {
        let start = range.lowerBound
        guard !range.isEmpty, range.upperBound <= bytes.count else { return nil }
        let count = range.count
        // A field counts only when all of it lies within the range.
        func u32(_ offset: Int, _ bytes: borrowing Span<UInt8>) -> UInt32 {
            offset + 4 <= count ? KernelInteger.u32(bytes, start + offset) : 0
        }
        func u64(_ offset: Int, _ bytes: borrowing Span<UInt8>) -> UInt64 {
            offset + 8 <= count ? KernelInteger.u64(bytes, start + offset) : 0
        }
        state = bytes[start]
        options = count > 5 ? bytes[start + 5] : 0
        unacknowledged = u32(24, bytes)
        selectivelyAcknowledged = u32(28, bytes)
        sinceDataSent = u32(44, bytes)
        sinceDataReceived = u32(52, bytes)
        sinceAcknowledged = u32(56, bytes)
        pathMTU = u32(60, bytes)
        roundTrip = u32(68, bytes)
        retransmissions = u32(100, bytes)
        bytesAcknowledged = u64(120, bytes)
        bytesReceived = u64(128, bytes)
        segmentsOut = u32(136, bytes)
        dataSegmentsIn = u32(152, bytes)
        dataSegmentsOut = u32(156, bytes)
        bytesSent = u64(200, bytes)
        bytesRetransmitted = u64(208, bytes)
        tellsBytesSent = count >= 216
    }

    /// Whether the handshake was made.
    public var wasEstablished: Bool {
        options != 0 || bytesAcknowledged > 0 || bytesReceived > 0
    }

    /// How many numbers beyond the payload the other side acknowledged: one for the SYN of the
    /// side that asked for the connection, one for a FIN of ours.
    ///
    /// Nil when payload is still on its way, or the kernel is too old to tell.
    public var acknowledgedFlags: Int? {
        guard tellsBytesSent, bytesSent >= bytesRetransmitted else { return nil }
        let payload = bytesSent - bytesRetransmitted
        guard bytesAcknowledged >= payload, bytesAcknowledged - payload <= 2 else { return nil }
        return Int(bytesAcknowledged - payload)
    }

    /// What the analysis uses of it.
    public var activity: TCPActivity {
        var activity = TCPActivity()
        activity.wasEstablished = wasEstablished
        activity.segmentsOut = segmentsOut
        activity.dataSegmentsOut = dataSegmentsOut
        activity.dataSegmentsIn = dataSegmentsIn
        activity.bytesAcknowledged = bytesAcknowledged
        activity.bytesReceived = bytesReceived
        activity.sinceDataSent = sinceDataSent
        activity.sinceDataReceived = sinceDataReceived
        activity.sinceAcknowledged = sinceAcknowledged
        activity.roundTrip = roundTrip
        activity.retransmissions = retransmissions
        return activity
    }
}
