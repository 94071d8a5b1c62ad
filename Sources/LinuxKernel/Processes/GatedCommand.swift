import CLinuxShims
import Glibc

/// A command that was started and waits, before its program runs, until it is let go.
///
/// It has our streams, our terminal, our group and our environment. When its owner goes before it
/// is let go, it ends.
public struct GatedCommand: ~Copyable {
    /// Its process.
    public let pid: Int32
    /// The program's file.
    public let path: String
    private let gate: OwnedDescriptor
    private let failure: OwnedDescriptor

    /// Starts a command, looked up in `PATH`.
    ///
    /// Throws a ``KernelError``: ENOENT when there is no such program.
    public init(_ words: [String]) throws(KernelError) {
        let path = try Self.path(of: words.first ?? "")
        // Copies that are freed below; the array ends in null as execve(2) wants it. The environment
        // is our own; nothing changes it meanwhile.
        var argv: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) }
        unsafe argv.append(nil)
        defer { unsafe argv.forEach { unsafe free($0) } }
        var ends: (gate: Int32, failure: Int32) = (-1, -1)
        let number = unsafe clinux_start_gated(path, &argv, environ, &ends.gate, &ends.failure)
        guard number > 0 else { throw KernelError("start \(path)", code: -number) }
        self.path = path
        pid = number
        gate = OwnedDescriptor(owning: ends.gate)
        failure = OwnedDescriptor(owning: ends.failure)
    }

    /// Lets it go; throws a ``KernelError`` when its program could not be executed.
    public borrowing func release() throws(KernelError) {
        var byte: UInt8 = 1
        // One byte of our own.
        guard unsafe write(gate.number, &byte, 1) == 1 else {
            throw .last("let \(path) go")
        }
        var code: Int32 = 0
        while true {
            // One integer of our own; the end of the pipe says that the program runs.
            let count = unsafe read(failure.number, &code, MemoryLayout<Int32>.size)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            throw KernelError("execute \(path)", code: code)
        }
    }

    /// Looks a program up as execvp(3) does.
    private static func path(of name: String) throws(KernelError) -> String {
        if name.contains("/") { return name }
        // The text is copied at once.
        let list = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/usr/bin:/bin"
        for folder in list.split(separator: ":", omittingEmptySubsequences: false) {
            let path = folder.isEmpty ? name : "\(folder)/\(name)"
            // The text lives as long as the call.
            if unsafe access(path, X_OK) == 0 { return path }
        }
        throw KernelError("find \(name)", code: ENOENT)
    }
}
