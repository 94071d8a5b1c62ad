import KernelFormats

// A macro of the testing library cannot take a span, so these take arrays.

extension InetDiagnosis {
    /// Reads the row of a whole message, or of a part of it.
    init?(message: [UInt8], payload: Range<Int>? = nil) {
        self.init(message.span, payload: payload ?? 16..<message.count)
    }
}

extension UnixDiagnosis {
    /// Reads the row of a whole message, or of a part of it.
    init?(message: [UInt8], payload: Range<Int>? = nil) {
        self.init(message.span, payload: payload ?? 16..<message.count)
    }
}

extension NetlinkDiagnosis {
    /// Reads the row of a whole message, or of a part of it.
    init?(message: [UInt8], payload: Range<Int>? = nil) {
        self.init(message.span, payload: payload ?? 16..<message.count)
    }
}

extension PacketDiagnosis {
    /// Reads the row of a whole message, or of a part of it.
    init?(message: [UInt8], payload: Range<Int>? = nil) {
        self.init(message.span, payload: payload ?? 16..<message.count)
    }
}

extension TCPInformation {
    /// Reads the structure from all of the bytes, or from a part of them.
    init?(bytes: [UInt8], range: Range<Int>? = nil) {
        self.init(bytes.span, range ?? 0..<bytes.count)
    }
}
