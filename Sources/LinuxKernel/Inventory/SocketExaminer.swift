import CLinuxShims
import Glibc
import KernelFormats
import Measurements

/// Asks one descriptor of another process what it is, through a duplicate held for microseconds.
///
/// While a duplicate is open, the owner's close(2) sends no FIN: it is closed within the same
/// call that makes it, and there is never more than one.
struct SocketExaminer: ~Copyable {
    /// What a look at one descriptor gave.
    enum Answer {
        /// It is a socket.
        case socket(inode: UInt64, SocketEvidence, foreignNamespace: UInt64?)
        /// It was closed, or is no socket any more.
        case gone
        /// The process has ended.
        case ended
        /// It may not be asked, for the reason in the error.
        case refused(KernelError)
    }

    private let reference: Int32
    private let homeCookie: UInt64
    private var examination = clinux_examination()

    /// Makes an examiner of the process behind a pidfd, which must stay open as long as this
    /// lives; `homeCookie` is the cookie of the process's network namespace, 0 when unknown.
    init(reference: Int32, homeCookie: UInt64) {
        self.reference = reference
        self.homeCookie = homeCookie
    }

    /// Asks the descriptor `number`.
    mutating func examine(_ number: Int32) -> Answer {
        // The structure is ours and outlives the call.
        let code = unsafe clinux_examine(reference, number, homeCookie, &examination)
        switch code {
        case 0: break
        case EBADF, ENOTSOCK: return .gone
        case ESRCH: return .ended
        default:
            return .refused(KernelError("duplicate descriptor \(number)", code: code))
        }
        let isForeign =
            homeCookie != 0 && examination.netns_cookie != 0
            && examination.netns_cookie != homeCookie
        return .socket(
            inode: examination.inode, evidence(),
            foreignNamespace: isForeign ? examination.netns_inode : nil)
    }

    /// Whether a descriptor still is the socket `inode`, and dead where it is of TCP; nil when the
    /// process has ended, or may not be asked.
    func isSameGhost(_ number: Int32, inode: UInt64) -> Bool? {
        var seen: UInt64 = 0
        var state: Int32 = 0
        // Both are ours and outlive the call.
        switch unsafe clinux_confirm(reference, number, &seen, &state) {
        case 0: return seen == inode && (state == 0 || state == 7)
        case EBADF, ENOTSOCK: return false
        default: return nil
        }
    }

    private func evidence() -> SocketEvidence {
        let family = SocketFamily(number: Int(examination.domain))
        let type = SocketType(number: Int(examination.type))
        var evidence = SocketEvidence(
            family: family, type: type,
            transport: SocketProtocol(
                family: family, type: type, number: Int(examination.protocol)))
        evidence.pollEvents = examination.poll_events
        evidence.unread = examination.unread >= 0 ? UInt32(examination.unread) : nil
        if examination.tcp_length > 0 {
            let bytes = Self.bytes(of: examination.tcp, examination.tcp_length)
            evidence.information = TCPInformation(bytes.span, 0..<bytes.count)
        }
        // The C side bounds each length by the array's size.
        let local = Self.bytes(of: examination.local, examination.local_length)
        evidence.local = SocketAddressBytes.read(local)
        let peer = Self.bytes(of: examination.peer, examination.peer_length)
        evidence.peer = SocketAddressBytes.read(peer)
        return evidence
    }

    /// The first bytes of a C array, which Swift sees as a tuple of bytes.
    private static func bytes<Array>(of array: Array, _ count: UInt32) -> [UInt8] {
        // A tuple of UInt8 has no padding; the count is cut to its size.
        unsafe withUnsafeBytes(of: array) { unsafe [UInt8]($0.prefix(Int(count))) }
    }
}
