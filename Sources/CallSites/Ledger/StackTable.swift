/// Keeps each call stack once; those of one program are told from those of the program that the
/// process became afterwards.
public struct StackTable: Sendable {
    private var identities: [[UInt64]: Int] = [[]: 0]
    private var stacks: [[UInt64]] = [[]]
    /// The first stack of each program but the first.
    private var programs: [Int] = []
    /// How often a stack found no room, and was taken for the empty one.
    public private(set) var overflows = 0

    /// The most stacks that are kept; what comes after is taken for the empty stack, number 0.
    ///
    /// Default 65,536.
    public static let limit = 65_536

    /// Makes an empty table.
    public init() {}

    /// The number of a stack, innermost address first.
    public mutating func identity(of stack: [UInt64]) -> Int {
        if let known = identities[stack] { return known }
        guard stacks.count < Self.limit else {
            overflows += 1
            return 0
        }
        stacks.append(stack)
        identities[stack] = stacks.count - 1
        return stacks.count - 1
    }

    /// The process became another program: the same addresses are other functions.
    public mutating func execute() {
        programs.append(stacks.count)
        identities = [[]: 0]
    }

    /// The stack of a number.
    public subscript(_ identity: Int) -> [UInt64] { stacks[identity] }

    /// Which of the process's programs a stack is of, from 0.
    public func program(of identity: Int) -> Int {
        programs.count { $0 <= identity }
    }

    /// How many there are.
    public var count: Int { stacks.count }
}
