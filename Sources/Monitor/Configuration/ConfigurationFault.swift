/// One thing that is wrong with a configuration, and where it stands.
public struct ConfigurationFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The path of the file, as it was given.
    public var file: String
    /// The line, counted from 1; zero when the whole file is meant.
    public var line: Int
    /// The column in Unicode scalars, counted from 1; zero when the whole file is meant.
    public var column: Int
    /// What was found, what is expected, and what to do.
    public var message: String

    /// Makes a fault.
    public init(file: String, line: Int = 0, column: Int = 0, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    /// `file:line:column: message`, as compilers and editors write it.
    public var description: String {
        line > 0 ? "\(file):\(line):\(column): \(message)" : "\(file): \(message)"
    }
}

/// Everything that is wrong with a configuration, as far as it was looked for.
public struct ConfigurationFaults: Error, Hashable, Sendable, CustomStringConvertible {
    /// The most faults of one file that are kept.
    public static let limit = 20

    /// The faults, in the order of the text; at least one.
    public var faults: [ConfigurationFault]
    /// How many more there were.
    public var omitted: Int

    /// Makes a list of faults.
    public init(faults: [ConfigurationFault], omitted: Int = 0) {
        self.faults = faults
        self.omitted = omitted
    }

    /// One fault a line, and how many were left out.
    public var description: String {
        var lines = faults.map(\.description)
        if omitted > 0 { lines.append("… and \(omitted) more faults") }
        return lines.joined(separator: "\n")
    }
}
