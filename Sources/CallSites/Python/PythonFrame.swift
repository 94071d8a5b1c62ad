/// One function that a thread of a Python program is in.
public struct PythonFrame: Hashable, Sendable {
    /// Its qualified name, as `Server.handle.<locals>.<lambda>`; before CPython 3.11, whose code
    /// objects have none, its bare name.
    public var function: String
    /// The file it was compiled from, as `co_filename` says: often relative, or `<string>`.
    public var file: String
    /// The line it is at, 1 and up; nil where CPython itself has none, or it has not begun.
    public var line: Int?
    /// The address of the interpreter's frame; a later call may be given the same.
    public var address: UInt64
    /// How many positional parameters it has.
    public var parameters: Int

    /// Makes a frame.
    public init(function: String, file: String, line: Int?, address: UInt64, parameters: Int) {
        self.function = function
        self.file = file
        self.line = line
        self.address = address
        self.parameters = parameters
    }
}

/// Why the functions of a Python program can not be told.
public enum PythonUnreadable: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file holds no CPython: it has no `_PyRuntime`.
    case notPython
    /// Neither `Py_Version` nor the file's name says which CPython it is.
    case versionUnknown
    /// The layout of this version is not known.
    case version(PythonVersion)
    /// The layout of this version is known for x86-64 only; `machine` is ELF's number.
    case machine(UInt16)
    /// It is a build without the global interpreter lock, whose objects are laid out otherwise.
    case freeThreaded(PythonVersion)
    /// The process's memory could not be read, or does not hold what this version puts there.
    case memory

    /// A sentence's end in plain words.
    public var description: String {
        switch self {
        case .notPython: "the file holds no CPython"
        case .versionUnknown: "the version of CPython is not known"
        case .version(let version): "the layout of CPython \(version) is not known"
        case .machine(let machine): "CPython's layout is not known for ELF machine \(machine)"
        case .freeThreaded(let version): "CPython \(version) is a free-threaded build"
        case .memory: "the memory of the process does not hold CPython's tables"
        }
    }
}

/// A version of CPython.
public struct PythonVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The first number.
    public var major: Int
    /// The second number; layouts change with it.
    public var minor: Int

    /// Makes a version.
    public init(_ major: Int, _ minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// The version in the bytes of `PY_VERSION_HEX`: `0x030b02f0` is 3.11.2.
    init(hex: UInt32) { self.init(Int(hex >> 24), Int(hex >> 16 & 0xFF)) }

    /// The version in a file's name, as in `libpython3.10.so.1.0` or `python3.9`.
    init?(fileName: String) {
        let name = fileName.split(separator: "/").last ?? ""
        guard let start = name.firstRange(of: "python") else { return nil }
        let parts = name[start.upperBound...].split(
            separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, let major = Int(parts[0]),
            let minor = Int(parts[1].prefix { ("0"..."9").contains($0) })
        else { return nil }
        self.init(major, minor)
    }

    /// By the first number, then the second.
    public static func < (one: Self, other: Self) -> Bool {
        (one.major, one.minor) < (other.major, other.minor)
    }

    /// As people write it: `3.11`.
    public var description: String { "\(major).\(minor)" }
}
