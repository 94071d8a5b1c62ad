import Foundation

/// The files that servers of static content serve.
enum StandardFiles {
    /// Bytes of `/large`.
    static let largeSize = 256 * 1024

    static func write(to directory: TemporaryDirectory) throws {
        // A server that leaves root behind must still be able to walk to the files.
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o711], ofItemAtPath: directory.path)
        try FileManager.default.createDirectory(
            atPath: directory.file("files"), withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755])
        let line = String(repeating: "x", count: 63) + "\n"
        try directory.write(
            String(repeating: line, count: largeSize / 64), to: "files/large")
        try directory.write("ok\n", to: "files/index.html")
    }
}
