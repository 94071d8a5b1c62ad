import Glibc

/// What the kernel tells of itself in one line of a file.
public enum KernelSetting {
    /// The first line of a file below /proc or /sys; nil when it cannot be read.
    public static func text(_ path: String) -> String? {
        guard let file = try? OwnedDescriptor.open(path, O_RDONLY),
            let bytes = try? file.contents(limit: 4_096)
        else { return nil }
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}
