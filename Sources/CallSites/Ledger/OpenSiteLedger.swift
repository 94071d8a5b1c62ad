/// Pairs each descriptor that is opened with its close, and knows which call stack opened it.
///
/// A duplicate is a further number of what it was made of: that is closed with the last of them.
public struct OpenSiteLedger: Sendable {
    /// One opening of a socket, in whatever process it is held.
    public struct Identity: Hashable, Sendable {
        /// The process that opened it.
        public var process: Int32
        /// Which of its openings, from 0.
        public var number: Int
    }

    /// A socket that was opened and not closed.
    public struct Survivor: Hashable, Sendable {
        /// Which opening it is of.
        public var identity: Identity
        /// Its numbers, lowest first.
        public var descriptors: [Int32]
        /// Its lowest number.
        public var descriptor: Int32 { descriptors.first ?? -1 }
        /// The number of its stack.
        public var stack: Int
        /// When it was opened, in nanoseconds of the clock of the events.
        public var opened: UInt64
        /// Whether it was accepted, and not made.
        public var wasAccepted: Bool
        /// Whether the process became another program since, at which it may have been closed
        /// without a word (`SOCK_CLOEXEC`, execve(2)).
        public var isUncertain: Bool
    }

    private struct Opening {
        var stack: Int
        var time: UInt64
        var wasAccepted: Bool
        var numbers: Int
        var isUncertain = false
    }

    /// How many sockets each stack opened, by its number; without what was inherited.
    public private(set) var opened: [Int: Int] = [:]
    private let process: Int32
    private var openings: [Identity: Opening] = [:]
    private var numbers: [Int32: Identity] = [:]
    private var nextOpening = 0

    /// Makes a ledger of a process that has seen nothing.
    public init(process: Int32) { self.process = process }

    /// Makes the ledger of a process that was just forked: it has what its parent has.
    public init(process: Int32, heirOf parent: OpenSiteLedger) {
        self.process = process
        openings = parent.openings
        numbers = parent.numbers
    }

    /// A socket was opened.
    public mutating func open(
        _ descriptor: Int32, stack: Int, at time: UInt64, wasAccepted: Bool = false
    ) {
        // The kernel gives out free numbers only: the close of the old one was not seen.
        close(descriptor)
        opened[stack, default: 0] += 1
        let identity = Identity(process: process, number: nextOpening)
        openings[identity] = Opening(
            stack: stack, time: time, wasAccepted: wasAccepted, numbers: 1)
        numbers[descriptor] = identity
        nextOpening += 1
    }

    /// A number was closed; one whose opening was not seen is passed over.
    public mutating func close(_ descriptor: Int32) {
        guard let identity = numbers.removeValue(forKey: descriptor),
            var opening = openings[identity]
        else { return }
        opening.numbers -= 1
        openings[identity] = opening.numbers == 0 ? nil : opening
    }

    /// All numbers in a range were closed (close_range(2)).
    public mutating func close(in range: ClosedRange<UInt32>) {
        for number in numbers.keys.filter({ range.contains(UInt32(bitPattern: $0)) }) {
            close(number)
        }
    }

    /// A number became a further one of what another stands for (dup(2), fcntl(2) `F_DUPFD`).
    public mutating func duplicate(_ old: Int32, as new: Int32) {
        guard old != new else { return }
        close(new)
        guard let identity = numbers[old], openings[identity] != nil else { return }
        openings[identity]?.numbers += 1
        numbers[new] = identity
    }

    /// The process became another program: some of what it has open may have been closed.
    public mutating func execute() {
        for identity in openings.keys { openings[identity]?.isUncertain = true }
    }

    /// Every number that is open and whose opening was seen.
    public var openNumbers: Set<Int32> { Set(numbers.keys) }

    /// What is still open, oldest first.
    public var survivors: [Survivor] {
        var all: [Identity: [Int32]] = [:]
        for (number, identity) in numbers { all[identity, default: []].append(number) }
        return all.compactMap { identity, numbers in
            openings[identity].map {
                Survivor(
                    identity: identity, descriptors: numbers.sorted(), stack: $0.stack,
                    opened: $0.time,
                    wasAccepted: $0.wasAccepted, isUncertain: $0.isUncertain)
            }
        }
        .sorted { ($0.opened, $0.descriptor) < ($1.opened, $1.descriptor) }
    }
}
