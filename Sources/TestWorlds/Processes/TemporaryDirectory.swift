import Foundation

/// A directory of its own that goes away with its last reference.
public final class TemporaryDirectory: Sendable {
    /// Where it is; absolute.
    public let path: String

    /// Makes an empty directory that only this user can enter.
    public init(_ purpose: String = "world") throws {
        let template = NSTemporaryDirectory() + "/sockeye-\(purpose)-\(UUID().uuidString.prefix(8))"
        path = URL(fileURLWithPath: template).standardizedFileURL.path
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
    }

    /// The absolute path of `name` in the directory, whether it exists or not.
    public func file(_ name: String) -> String { path + "/" + name }

    /// Writes a file and gives its path.
    @discardableResult
    public func write(_ text: String, to name: String) throws -> String {
        let path = file(name)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// The contents of a file as text; empty when it does not exist.
    public func read(_ name: String) -> String {
        guard let data = FileManager.default.contents(atPath: file(name)) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }

    /// Writes other files, one after another, into one.
    func writeJoined(_ paths: [String], to name: String) throws {
        let joined = try paths.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
        try joined.reduce(Data(), +).write(to: URL(fileURLWithPath: file(name)))
    }

    /// Removes the directory and all in it; again does nothing.
    public func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }

    deinit { remove() }
}
