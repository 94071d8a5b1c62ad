import Glibc

/// Reads what a configuration names: files whole, with a limit, and patterns of names.
enum ConfigurationFiles {
    /// The largest configuration or list of targets, in bytes: 64 MiB.
    static let textLimit = 64 << 20
    /// The largest file that holds one secret, in bytes: 64 KiB.
    static let secretLimit = 64 << 10
    /// The most files that one pattern may name.
    static let patternLimit = 10_000

    /// Why a file was not read.
    struct ReadFault: Error {
        var reason: String
    }

    /// Reads a whole file as UTF-8.
    static func text(of path: String, limit: Int) throws(ReadFault) -> String {
        let bytes = try contents(of: path, limit: limit)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ReadFault(reason: "it is not UTF-8")
        }
        return text.hasPrefix("\u{FEFF}") ? String(text.unicodeScalars.dropFirst()) : text
    }

    private static func contents(of path: String, limit: Int) throws(ReadFault) -> [UInt8] {
        // A device or a pipe that never ends is cut by the limit; one that never begins must not
        // hold the worker up.
        // The kernel reads the path for the length of the call.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw ReadFault(reason: lastError()) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            // The kernel writes into the buffer for the length of the call, at most its count.
            let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                unsafe read(descriptor, buffer.baseAddress, buffer.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw ReadFault(reason: lastError()) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= limit else {
                throw ReadFault(reason: "it is larger than \(limit >> 10) KiB")
            }
        }
    }

    /// Why a file cannot be read; nil when it can (access(2)).
    static func complaint(about path: String) -> String? {
        unsafe access(path, R_OK) == 0 ? nil : lastError()
    }

    /// The files that a pattern names (glob(7)), sorted.
    static func matches(of pattern: String) -> [String] {
        // glob(3) fills the structure; globfree(3) gives back what it holds, found or not.
        var found = unsafe glob_t()
        defer { unsafe globfree(&found) }
        guard unsafe glob(pattern, 0, nil, &found) == 0 else { return [] }
        var paths: [String] = []
        // gl_pathv holds gl_pathc C strings until globfree(3).
        for index in 0..<min(Int(unsafe found.gl_pathc), patternLimit) {
            if let path = unsafe found.gl_pathv[index] {
                paths.append(unsafe String(cString: path))
            }
        }
        return paths
    }

    /// Whether a name is a pattern.
    static func isPattern(_ name: String) -> Bool { name.contains { "*?[".contains($0) } }

    /// The path as seen from a folder.
    static func path(_ name: String, from directory: String) -> String {
        name.hasPrefix("/") || directory.isEmpty ? name : "\(directory)/\(name)"
    }

    /// The folder of a file; empty for one in the working directory.
    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "" }
        return slash == path.startIndex ? "/." : String(path[..<slash])
    }

    private static func lastError() -> String {
        // strerror(3) gives a C string that is valid until its next call on this thread.
        unsafe String(cString: strerror(errno))
    }
}
