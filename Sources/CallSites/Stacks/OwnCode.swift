/// Tells the user's own code from that of libraries.
enum OwnCode {
    /// A function of Go: of the program's own module, and of no dependency.
    static func isOwn(go function: String, module: String?) -> Bool {
        if function.hasPrefix("main.") { return true }
        guard let module, !module.isEmpty else { return false }
        return function.hasPrefix(module + ".") || function.hasPrefix(module + "/")
    }

    /// A function of the program's own file that is compiled to machine code: not of the language's
    /// library or another one that was linked into it.
    static func isOwn(native function: String, file: String?) -> Bool {
        if let file, folders.contains(where: file.contains) { return false }
        // A method of a type of somebody else: `<std::net::TcpStream as Trait>::call`.
        let name = function.drop { $0 == "<" || $0 == "&" }
        return !libraries.contains(where: name.hasPrefix) && !calls.contains(function)
    }

    /// A function that a runtime compiled while it ran: by the file that it is of.
    static func isOwn(script file: String) -> Bool {
        !file.hasPrefix("node:") && !file.hasPrefix("<") && !folders.contains(where: file.contains)
    }

    /// A method of Java, by the name of its class with dots.
    static func isOwn(java type: String) -> Bool {
        !["java.", "javax.", "jdk.", "sun.", "com.sun."].contains(where: type.hasPrefix)
    }

    /// Where package managers and systems keep what others wrote.
    private static let folders = [
        "/.cargo/registry/", "/rustc/", "/.build/checkouts/", "/node_modules/", "/site-packages/",
        "/dist-packages/", "/usr/include/", "/usr/lib/", "/lib/python",
    ]

    private static let libraries = [
        "std::", "core::", "alloc::", "__gnu_cxx::", "boost::", "__rust", "Swift.", "Glibc.",
        "Foundation", "Dispatch.", "_swift", "swift_", "NIO", "thunk for ",
        "generic specialization <", "__libc_", "_start", "_dl_",
    ]

    /// Functions of the C library, for programs that have it in them.
    private static let calls: Set<String> = [
        "socket", "__socket", "accept", "accept4", "__accept", "__accept4", "clone", "clone3",
        "start_thread", "main.cold",
    ]
}
