/// Tells the user's own code from that of libraries.
enum OwnCode {
    /// A function of Go: of the program's own module, and of no dependency.
    static func isOwn(go function: String, module: String?) -> Bool {
        if function.hasPrefix("main.") { return true }
        guard let module, !module.isEmpty else { return false }
        return function.hasPrefix(module + ".") || function.hasPrefix(module + "/")
    }

    /// A function that is compiled to machine code in the program's own file, by its title
    /// (``NativeName``): not of the language's library or another one that was linked into it.
    static func isOwn(native title: String, _ language: SymbolLanguage, file: String?) -> Bool {
        switch language {
        case .swift: isOwn(swift: title)
        case .rust: isOwn(rust: title[...])
        case .cpp: !LibraryNames.cpp.contains(where: title.hasPrefix) && isOwnFolder(file)
        case .c: !LibraryNames.c.contains(title) && !title.hasPrefix("_") && isOwnFolder(file)
        }
    }

    /// A function of Swift is of the module that it begins with; a closure of the function that it
    /// is in.
    private static func isOwn(swift title: String) -> Bool {
        if LibraryNames.swiftPhrases.contains(where: title.hasPrefix) { return false }
        var name = title[...]
        while let range = name.firstRange(of: " in ") { name = name[range.upperBound...] }
        let module = name.prefix { $0 != "." }
        return !LibraryNames.swift.contains(String(module))
            && !LibraryNames.swiftPrefixes.contains(where: module.hasPrefix)
    }

    /// A function of Rust is of the crate that it begins with; one of a trait, of the type or the
    /// trait: the user's when either is.
    private static func isOwn(rust title: Substring) -> Bool {
        guard title.hasPrefix("<") else { return isOwn(crate: title) }
        let inner = title.dropFirst()
        for separator in [" as ", " for "] {
            if let range = inner.firstRange(of: separator) {
                return isOwn(crate: inner[..<range.lowerBound])
                    || isOwn(crate: inner[range.upperBound...])
            }
        }
        return isOwn(rust: inner)
    }

    private static func isOwn(crate path: Substring) -> Bool {
        var path = path
        let marks = ["<", "&", "*", "mut ", "dyn ", "impl ", "const "]
        while let mark = marks.first(where: path.hasPrefix) { path = path.dropFirst(mark.count) }
        let crate = path.prefix { $0 == "_" || $0.isLetter || $0.isNumber }
        return !crate.isEmpty && path.dropFirst(crate.count).hasPrefix("::")
            && !LibraryNames.rust.contains(String(crate)) && !crate.hasPrefix("futures")
    }

    /// A function that an interpreter runs, or a runtime compiled while it ran: by the file that it
    /// is of.
    static func isOwn(script file: String) -> Bool {
        !file.hasPrefix("node:") && !file.hasPrefix("<") && isOwnFolder(file)
    }

    /// A method of Java, by the name of its class with dots.
    static func isOwn(java type: String) -> Bool {
        !["java.", "javax.", "jdk.", "sun.", "com.sun."].contains(where: type.hasPrefix)
    }

    private static func isOwnFolder(_ file: String?) -> Bool {
        file.map { file in !LibraryNames.folders.contains(where: file.contains) } ?? true
    }
}
