import Glibc

/// The environment of this process.
enum ProcessEnvironment {
    /// Every variable; read once, before anything could change it.
    static let variables: [String: String] = read()

    private static func read() -> [String: String] {
        var variables: [String: String] = [:]
        // environ(7) is a null-terminated array of C strings that nothing here changes.
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let line = unsafe String(cString: text)
            if let equals = line.firstIndex(of: "=") {
                variables[String(line[..<equals])] = String(line[line.index(after: equals)...])
            }
            // The next pointer of the same array; its end was not reached.
            unsafe entry += 1
        }
        return variables
    }
}
