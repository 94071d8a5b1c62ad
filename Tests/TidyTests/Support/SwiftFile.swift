/// A Swift file, with its code told apart from its comments and its texts.
struct SwiftFile {
    var path: String
    /// The lines as they are written.
    var lines: [Substring]
    /// The same lines with everything blank that is no code: comments, and what is between the
    /// quotation marks of a text.
    ///
    /// An interpolation is code.
    var code: [Substring]
    /// Whether a line holds a comment, or a part of one.
    var hasComment: [Bool]

    init(path: String, text: String) {
        self.path = path
        var scanner = CodeScanner(text: text)
        scanner.scan()
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        code = String(decoding: scanner.code, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)
        hasComment = (0..<lines.count).map { scanner.commentedLines.contains($0) }
    }

    /// The target that the file belongs to: `Sources/<target>/…`; nil outside of `Sources`.
    var target: String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
    }

    func violation(_ line: Int, _ message: String) -> Violation {
        Violation(path: path, line: line + 1, message: message)
    }
}

/// Tells code from comments and texts, byte by byte.
///
/// It knows as much of the language as that takes: nested comments, texts of one and many lines,
/// raw texts, interpolations, raw names.
struct CodeScanner {
    private enum Context {
        /// Code; inside of an interpolation, with the open parentheses counted.
        case code(parentheses: Int, isInterpolation: Bool)
        /// A text: the number of `#` around it, and whether three marks delimit it.
        case text(pounds: Int, isMultiline: Bool)
    }

    private let bytes: [UInt8]
    private var place = 0
    private var line = 0
    private var contexts: [Context] = [.code(parentheses: 0, isInterpolation: false)]
    private(set) var code: [UInt8] = []
    private(set) var commentedLines: Set<Int> = []

    init(text: String) {
        bytes = Array(text.utf8)
        code.reserveCapacity(bytes.count)
    }

    mutating func scan() {
        while place < bytes.count {
            switch contexts[contexts.count - 1] {
            case .code(let parentheses, let isInterpolation):
                scanCode(parentheses: parentheses, isInterpolation: isInterpolation)
            case .text(let pounds, let isMultiline):
                scanText(pounds: pounds, isMultiline: isMultiline)
            }
        }
    }

    private mutating func scanCode(parentheses: Int, isInterpolation: Bool) {
        if starts(with: "//") {
            while place < bytes.count, bytes[place] != UInt8(ascii: "\n") { blankComment() }
        } else if starts(with: "/*") {
            scanBlockComment()
        } else if let (pounds, marks) = openingOfText() {
            for _ in 0..<(pounds + marks) { keep() }
            contexts.append(.text(pounds: pounds, isMultiline: marks == 3))
        } else if bytes[place] == UInt8(ascii: "`") {
            scanRawName()
        } else {
            if isInterpolation {
                let depth = parentheses + parenthesis(bytes[place])
                if depth == 0 {
                    contexts.removeLast()
                } else {
                    contexts[contexts.count - 1] = .code(
                        parentheses: depth, isInterpolation: true)
                }
            }
            keep()
        }
    }

    private mutating func scanText(pounds: Int, isMultiline: Bool) {
        let marks = isMultiline ? 3 : 1
        let pound = String(repeating: "#", count: pounds)
        if starts(with: String(repeating: "\"", count: marks) + pound) {
            for _ in 0..<(marks + pounds) { keep() }
            contexts.removeLast()
        } else if starts(with: "\\\(pound)(") {
            for _ in 0..<(1 + pounds) { blank() }
            keep()
            contexts.append(.code(parentheses: 1, isInterpolation: true))
        } else if starts(with: "\\\(pound)"), place + 1 + pounds < bytes.count {
            for _ in 0..<(2 + pounds) { blank() }
        } else if !isMultiline, bytes[place] == UInt8(ascii: "\n") {
            // A text of one line ends there whatever was forgotten, so that one odd line does
            // not turn the rest of a file inside out.
            contexts.removeLast()
        } else {
            blank()
        }
    }

    private mutating func scanBlockComment() {
        var depth = 0
        repeat {
            if starts(with: "/*") {
                depth += 1
                blankComment()
            } else if starts(with: "*/") {
                depth -= 1
                blankComment()
            }
            blankComment()
        } while depth > 0 && place < bytes.count
    }

    private mutating func scanRawName() {
        keep()
        while place < bytes.count, bytes[place] != UInt8(ascii: "`"),
            bytes[place] != UInt8(ascii: "\n")
        {
            code.append(UInt8(ascii: "_"))
            place += 1
        }
        if place < bytes.count { keep() }
    }

    private func openingOfText() -> (pounds: Int, marks: Int)? {
        var pounds = 0
        while byte(at: place + pounds) == UInt8(ascii: "#") { pounds += 1 }
        guard byte(at: place + pounds) == UInt8(ascii: "\"") else { return nil }
        let isMultiline = (1...2).allSatisfy {
            byte(at: place + pounds + $0) == UInt8(ascii: "\"")
        }
        return (pounds, isMultiline ? 3 : 1)
    }

    private func parenthesis(_ byte: UInt8) -> Int {
        byte == UInt8(ascii: "(") ? 1 : byte == UInt8(ascii: ")") ? -1 : 0
    }

    private func byte(at index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }

    private func starts(with text: String) -> Bool {
        text.utf8.enumerated().allSatisfy { byte(at: place + $0.offset) == $0.element }
    }

    private mutating func keep() { advance(as: bytes[place]) }

    private mutating func blank() {
        guard place < bytes.count else { return }
        advance(as: bytes[place] == UInt8(ascii: "\n") ? bytes[place] : UInt8(ascii: " "))
    }

    private mutating func blankComment() {
        commentedLines.insert(line)
        blank()
    }

    private mutating func advance(as byte: UInt8) {
        if bytes[place] == UInt8(ascii: "\n") { line += 1 }
        code.append(byte)
        place += 1
    }
}
