/// What is counted of each stack; the order is that of ``ProfileSample/values``.
public enum ProfileValue: String, CaseIterable, Sendable {
    /// Sockets that were opened.
    case opened
    /// Sockets that were opened and are open still.
    case surviving

    /// The place of this value in ``ProfileSample/values``.
    var index: Int { self == .opened ? 0 : 1 }
}

/// One function on a stack.
public struct ProfileFrame: Hashable, Sendable {
    /// The name as a reader knows it; shown as it is, whatever characters it has.
    public var function: String
    /// The source file; nil where nothing tells.
    public var file: String?
    /// The line in the file, from 1; nil where nothing tells.
    public var line: Int?
    /// Whether this is the user's own code, and not a library's or the runtime's.
    public var isOwn: Bool
    /// The program or shared library that the code is in; nil where nothing tells.
    public var module: String?

    /// Makes a frame.
    public init(
        function: String, file: String? = nil, line: Int? = nil, isOwn: Bool,
        module: String? = nil
    ) {
        self.function = function
        self.file = file
        self.line = line
        self.isOwn = isOwn
        self.module = module
    }

    /// Stands for a stack of which nothing is known: its sockets count all the same.
    static let unknown = ProfileFrame(function: "[unknown]", isOwn: false)
}

/// One stack and how many sockets it asked for.
public struct ProfileSample: Hashable, Sendable {
    /// Innermost first; empty where nothing is known.
    public var stack: [ProfileFrame]
    /// One number for each of ``ProfileValue/allCases``; those that lack are 0.
    public var values: [Int64]

    /// Makes a sample.
    public init(stack: [ProfileFrame], values: [Int64]) {
        self.stack = stack
        self.values = values
    }

    /// Makes a sample of sockets.
    public init(stack: [ProfileFrame], opened: Int, surviving: Int) {
        self.init(stack: stack, values: [Int64(opened), Int64(surviving)])
    }

    /// One of the numbers.
    public subscript(value: ProfileValue) -> Int64 {
        value.index < values.count ? values[value.index] : 0
    }

    /// The stack, or one frame that says that there is none.
    var shownStack: [ProfileFrame] { stack.isEmpty ? [.unknown] : stack }

    /// The innermost function of the user's own.
    var author: String? { stack.first(where: \.isOwn)?.function }
}

/// Who asked for the sockets of a process during some time.
public struct SocketProfile: Hashable, Sendable {
    /// Stacks; those that are equal are added up by whoever shows them.
    public var samples: [ProfileSample]
    /// When the trace began, in nanoseconds since 1970-01-01 UTC; 0 where it is not known.
    public var startNanoseconds: Int64
    /// How long it took, in nanoseconds.
    public var durationNanoseconds: Int64
    /// What a reader should know, such as what was not seen.
    public var comments: [String]

    /// Makes a profile.
    public init(
        samples: [ProfileSample], startNanoseconds: Int64 = 0, durationNanoseconds: Int64 = 0,
        comments: [String] = []
    ) {
        self.samples = samples
        self.startNanoseconds = startNanoseconds
        self.durationNanoseconds = durationNanoseconds
        self.comments = comments
    }
}
