import Glibc

/// What the kernel tells of itself in one line of a file.
public enum KernelSetting {
    /// The first line of a file below /proc or /sys; nil when it cannot be read.
    public static func text(_ path: String) -> String? {
        line(of: path, beginning: "")
    }

    /// The first line of a file that begins with a text; nil when there is none.
    static func line(of path: String, beginning start: String) -> String? {
        guard let file = try? OwnedDescriptor.open(path, O_RDONLY),
            let bytes = try? file.contents(limit: 16_384)
        else { return nil }
        return bytes.split(separator: UInt8(ascii: "\n"))
            .map { String(decoding: $0, as: UTF8.self) }.first { $0.hasPrefix(start) }
    }
}
