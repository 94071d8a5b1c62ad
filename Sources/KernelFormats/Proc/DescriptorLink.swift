public import Measurements

/// Reads what a link in `/proc/PID/fd` says (proc_pid_fd(5)).
public enum DescriptorLink {
    /// The kind that the text names.
    ///
    /// A path is a file until something tells that it is a folder; a device lies below `/dev`.
    public static func kind(_ text: String) -> DescriptorKind {
        // Bytes are compared: a path may begin with what joins the slash to one character.
        let bytes = text.utf8
        if bytes.first == UInt8(ascii: "/") {
            if bytes.starts(with: "/memfd:".utf8) { return .memfd }
            let isDevice = bytes.starts(with: "/dev/".utf8) && !bytes.starts(with: "/dev/shm/".utf8)
            return isDevice ? .device : .file
        }
        if text.hasPrefix("anon_inode:") { return anonymous(text.dropFirst("anon_inode:".count)) }
        guard let colon = text.firstIndex(of: ":") else { return .other }
        switch text[..<colon] {
        case "socket": return .socket
        case "pipe": return .pipe
        case "net", "mnt", "pid", "ipc", "uts", "user", "cgroup", "time", "pid_for_children",
            "time_for_children":
            return .namespace
        // Linux 6.9 gave process descriptors a file system of their own.
        case "pidfd": return .pidfd
        default: return .other
        }
    }

    /// The number in `socket:[4711]`, as bytes; nil when the text is no socket's.
    public static func socketInode(_ bytes: borrowing Span<UInt8>) -> UInt64? {
        guard bytes.count > 8, bytes[0] == UInt8(ascii: "s"), bytes[1] == UInt8(ascii: "o"),
            bytes[2] == UInt8(ascii: "c"), bytes[3] == UInt8(ascii: "k"),
            bytes[4] == UInt8(ascii: "e"), bytes[5] == UInt8(ascii: "t"),
            bytes[6] == UInt8(ascii: ":"), bytes[7] == UInt8(ascii: "[")
        else { return nil }
        var number: UInt64 = 0
        for index in 8..<bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "]") {
                return index > 8 && index == bytes.count - 1 ? number : nil
            }
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            let (product, isOver) = number.multipliedReportingOverflow(by: 10)
            let (sum, isOverToo) = product.addingReportingOverflow(UInt64(byte & 15))
            guard !isOver, !isOverToo else { return nil }
            number = sum
        }
        return nil
    }

    private static func anonymous(_ name: Substring) -> DescriptorKind {
        switch name.filter({ $0 != "[" && $0 != "]" }) {
        case "eventpoll": .eventpoll
        case "eventfd": .eventfd
        case "timerfd": .timerfd
        case "signalfd": .signalfd
        case "inotify": .inotify
        case "fanotify": .fanotify
        case "pidfd": .pidfd
        case "io_uring": .iouring
        case "perf_event": .perf
        case let other where other.hasPrefix("bpf"): .bpf
        default: .other
        }
    }
}
