import Glibc
import Measurements
import NIOCore

/// What the kernel's refusals mean for a probe.
enum SocketFailures {
    /// The failure of a connection attempt.
    static func connecting(_ error: any Error) -> ProbeFailure {
        if case ChannelError.connectTimeout(let limit) = error {
            return ProbeFailure(
                .connectTimeout, phase: .connect,
                detail: "no answer to the connection attempt within its limit of "
                    + "\(limit.nanoseconds / 1_000_000) ms")
        }
        guard let errno = errno(of: error) else {
            return ProbeFailure(.connectUnreachable, phase: .connect, detail: "\(error)")
        }
        return connecting(errno: errno)
    }

    /// The failure of a connection attempt by its errno (connect(2), socket(2)).
    static func connecting(errno code: CInt) -> ProbeFailure {
        let words = sentence(code)
        switch code {
        case ECONNREFUSED:
            return ProbeFailure(.connectRefused, phase: .connect, detail: words)
        case ETIMEDOUT:
            return ProbeFailure(.connectTimeout, phase: .connect, detail: words)
        case ECONNRESET, EPIPE, ECONNABORTED:
            return ProbeFailure(.connectReset, phase: .connect, detail: words)
        case EMFILE, ENFILE, ENOBUFS, ENOMEM:
            return ProbeFailure(.noDescriptors, phase: .connect, detail: words)
        case EADDRNOTAVAIL:
            return ProbeFailure(
                .connectUnreachable, phase: .connect, fault: .us,
                detail: words + "; no local port or address is left for this destination")
        default:
            return ProbeFailure(.connectUnreachable, phase: .connect, detail: words)
        }
    }

    /// The failure of an established connection in the middle of an exchange.
    static func exchanging(_ error: any Error, phase: ProbePhase?) -> ProbeFailure {
        guard let code = errno(of: error) else {
            return ProbeFailure(.reset, phase: phase, detail: "\(error)")
        }
        return ProbeFailure(.reset, phase: phase, detail: sentence(code))
    }

    /// The errno behind an error of NIO; nil when there is none.
    static func errno(of error: any Error) -> CInt? {
        (error as? IOError)?.errnoCode
    }

    /// The errno in the kernel's words, with its number.
    static func sentence(_ code: CInt) -> String {
        // strerror_r with a fixed buffer: strerror is not safe between threads (strerror(3)).
        let text = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            // The buffer is this call's own and ends in a zero byte when the call succeeds.
            guard let base = buffer.baseAddress,
                unsafe strerror_r(code, base, buffer.count) == 0
            else { return "error" }
            return unsafe String(cString: base)
        }
        return "\(text) (errno \(code))"
    }
}
