/// The functions that a runtime compiled while it ran, as it tells them in `/tmp/perf-PID.map`.
///
/// Each line has an address, a length, both hexadecimal, and a name (Linux,
/// tools/perf/Documentation/jit-interface.txt). Node writes it with `--perf-basic-prof`, CPython
/// since 3.12 with `-X perf`, the JVM since 17 at `jcmd PID Compiler.perfmap`.
public struct GeneratedCode: Sendable {
    private struct Entry: Sendable {
        var start: UInt64
        var end: UInt64
        var name: Substring
    }

    private let entries: [Entry]

    /// The most functions that are taken; those that come later replace those at the same address.
    public static let limit = 2_000_000

    /// Reads the text of the file; a line that does not fit is passed over.
    public init(_ text: String) {
        var latest: [UInt64: Entry] = [:]
        // By bytes: as characters, a carriage return and what ends the line are one.
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 2).map(Substring.init)
            guard fields.count == 3, let start = Self.number(fields[0]),
                let length = Self.number(fields[1]), length > 0,
                length < UInt64.max - start, latest.count < Self.limit
            else { continue }
            latest[start] = Entry(start: start, end: start + length, name: fields[2])
        }
        entries = latest.values.sorted { $0.start < $1.start }
    }

    /// Hexadecimal digits, which the JVM begins with `0x`.
    private static func number(_ text: Substring) -> UInt64? {
        UInt64(text.hasPrefix("0x") ? text.dropFirst(2) : text, radix: 16)
    }

    /// Whether there are none.
    public var isEmpty: Bool { entries.isEmpty }

    /// The function at an address; nil when none is known to reach it.
    func frame(at address: UInt64) -> StackFrame? {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].start <= address { low = middle + 1 } else { high = middle }
        }
        guard low > 0, address < entries[low - 1].end else { return nil }
        return Self.frame(entries[low - 1].name)
    }

    /// Understands the names that runtimes give.
    static func frame(_ name: Substring) -> StackFrame {
        if name.hasPrefix("py::") { return python(name.dropFirst(4)) }
        if let script = javaScript(name) { return script }
        if let method = java(name) ?? javaWithTypes(name) { return method }
        return StackFrame(function: String(name), isOwn: false)
    }

    /// `py::function:/path/file.py`.
    private static func python(_ name: Substring) -> StackFrame {
        guard let colon = name.firstIndex(of: ":") else {
            return StackFrame(function: String(name), isOwn: false)
        }
        let file = String(name[name.index(after: colon)...])
        return StackFrame(
            function: String(name[..<colon]), file: file, isOwn: OwnCode.isOwn(script: file))
    }

    /// `LazyCompile:*function file:///path/file.js:10:20`, `JS:~function /path/file.js:10:20`.
    private static func javaScript(_ name: Substring) -> StackFrame? {
        let kinds = ["LazyCompile:", "JS:", "Function:", "Script:", "Eval:"]
        guard let kind = kinds.first(where: name.hasPrefix) else { return nil }
        var rest = name.dropFirst(kind.count).drop { "*~^+=".contains($0) }
        let function = rest.prefix { $0 != " " }
        rest = rest.dropFirst(function.count + 1)
        if rest.hasPrefix("file://") { rest = rest.dropFirst(7) }
        let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 3, let line = Int(parts[parts.count - 2]) else {
            return StackFrame(function: String(function), isOwn: false)
        }
        let file = parts.dropLast(2).joined(separator: ":")
        return StackFrame(
            function: function.isEmpty ? "(anonymous)" : String(function), file: file,
            line: line > 0 ? line : nil,
            isOwn: OwnCode.isOwn(script: file) && !file.isEmpty)
    }

    /// `Lcom/example/Shop;::fetch`, or since JDK 17 `com.example.Shop::fetch(Ljava/lang/String;)V`.
    private static func java(_ name: Substring) -> StackFrame? {
        guard let colons = name.firstRange(of: "::") else { return nil }
        var type = name[..<colons.lowerBound]
        guard !type.isEmpty, !type.contains(" ") else { return nil }
        if type.first == "L", type.last == ";" { type = type.dropFirst().dropLast() }
        let dotted = String(type.map { $0 == "/" ? "." : $0 })
        let method = name[colons.upperBound...].prefix { $0 != "(" && $0 != " " }
        return StackFrame(
            function: "\(dotted).\(method)", isOwn: OwnCode.isOwn(java: dotted + "."))
    }

    /// `void com.example.Shop.fetch(java.lang.String)`, as the JVM writes it since JDK 17.
    private static func javaWithTypes(_ name: Substring) -> StackFrame? {
        guard name.hasSuffix(")"), let bracket = name.firstIndex(of: "(") else { return nil }
        let path = name[..<bracket].split(separator: " ", omittingEmptySubsequences: false).last
        guard let path, let dot = path.lastIndex(of: "."), dot > path.startIndex else { return nil }
        return StackFrame(
            function: String(path), isOwn: OwnCode.isOwn(java: String(path[..<dot]) + "."))
    }
}
