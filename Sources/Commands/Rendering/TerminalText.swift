import Glibc

/// How text is dressed for the place it goes to.
struct TerminalStyle: Sendable {
    /// Whether colour may be used.
    ///
    /// Colour never carries a meaning that the words do not.
    var isColoured: Bool

    /// The style for standard output: coloured on a terminal, unless `NO_COLOR` is set to
    /// anything (no-color.org) or the terminal is `dumb`.
    static func standardOutput(environment: [String: String]) -> TerminalStyle {
        style(for: Terminal.isStandardOutput, environment)
    }

    /// The style for standard error, by the same rules.
    static func standardError(environment: [String: String]) -> TerminalStyle {
        style(for: Terminal.isStandardError, environment)
    }

    private static func style(
        for isTerminal: Bool, _ environment: [String: String]
    ) -> TerminalStyle {
        TerminalStyle(
            isColoured: isTerminal && (environment["NO_COLOR"] ?? "").isEmpty
                && environment["TERM"] != "dumb")
    }

    func good(_ text: String) -> String { dressed(text, "32") }
    func bad(_ text: String) -> String { dressed(text, "31") }
    func weak(_ text: String) -> String { dressed(text, "2") }
    func strong(_ text: String) -> String { dressed(text, "1") }

    private func dressed(_ text: String, _ code: String) -> String {
        isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}

/// The terminal behind standard output.
enum Terminal {
    /// Whether standard output is a terminal (isatty(3)).
    static var isStandardOutput: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Whether standard error is a terminal.
    static var isStandardError: Bool { isatty(STDERR_FILENO) == 1 }

    /// The width and height in characters; 80 × 24 when there is no terminal.
    static var size: (columns: Int, rows: Int) {
        var window = winsize()
        // TIOCGWINSZ fills the structure or fails and leaves it (ioctl_tty(2)).
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0
        else { return (80, 24) }
        return (Int(window.ws_col), Int(window.ws_row))
    }
}

extension String {
    /// The text with everything that could move a cursor or forge a line made visible.
    ///
    /// What another side sent goes through here before a person sees it.
    var escapedForTerminal: String {
        var result = ""
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate,
                .privateUse, .unassigned:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default:
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The text filled up with spaces to a width, or cut to it with an ellipsis.
    func column(_ width: Int, right: Bool = false) -> String {
        let length = count
        if length > width { return width > 1 ? String(prefix(width - 1)) + "…" : "" }
        let fill = String(repeating: " ", count: width - length)
        return right ? fill + self : self + fill
    }

    /// The text without spaces at its end.
    var withoutTrailingSpaces: String {
        String(reversed().drop { $0 == " " }.reversed())
    }

    /// The text, or its beginning with an ellipsis where it is longer than a line.
    func clipped(to columns: Int) -> String {
        count > columns ? column(columns) : self
    }
}
