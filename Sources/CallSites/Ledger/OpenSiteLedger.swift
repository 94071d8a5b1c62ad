/// Pairs each descriptor that is opened with its close, and knows which call stack opened it.
///
/// A duplicate is a further number of what it was made of: that is closed with the last of them.
public struct OpenSiteLedger: Sendable {
    /// What came of one call stack.
    public struct Site: Hashable, Sendable {
        /// How many sockets it opened.
        public var opened = 0
        /// How many of them were closed.
        public var closed = 0
    }

    /// A socket that was opened and not closed.
    public struct Survivor: Hashable, Sendable {
        /// Its lowest number.
        public var descriptor: Int32
        /// The number of its stack.
        public var stack: Int
        /// When it was opened, in nanoseconds of the clock of the events.
        public var opened: UInt64
        /// Whether it was accepted, and not made.
        public var wasAccepted: Bool
    }

    private struct Opening {
        var stack: Int
        var time: UInt64
        var wasAccepted: Bool
        var numbers: Int
    }

    /// What each stack opened and closed, by its number.
    public private(set) var sites: [Int: Site] = [:]
    private var openings: [Int: Opening] = [:]
    private var numbers: [Int32: Int] = [:]
    private var nextOpening = 0

    /// Makes a ledger that has seen nothing.
    public init() {}

    /// A socket was opened.
    public mutating func open(
        _ descriptor: Int32, stack: Int, at time: UInt64, wasAccepted: Bool = false
    ) {
        // The kernel gives out free numbers only: the close of the old one was lost.
        if numbers[descriptor] != nil { close(descriptor) }
        sites[stack, default: Site()].opened += 1
        openings[nextOpening] = Opening(
            stack: stack, time: time, wasAccepted: wasAccepted, numbers: 1)
        numbers[descriptor] = nextOpening
        nextOpening += 1
    }

    /// A number was closed; one whose opening was not seen is passed over.
    public mutating func close(_ descriptor: Int32) {
        guard let place = numbers.removeValue(forKey: descriptor), var opening = openings[place]
        else { return }
        opening.numbers -= 1
        if opening.numbers == 0 {
            openings[place] = nil
            sites[opening.stack, default: Site()].closed += 1
        } else {
            openings[place] = opening
        }
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
        if numbers[new] != nil { close(new) }
        guard let place = numbers[old], openings[place] != nil else { return }
        openings[place]?.numbers += 1
        numbers[new] = place
    }

    /// The process became another program: what it had opened counts as closed.
    public mutating func closeAll() {
        for number in Array(numbers.keys) { close(number) }
    }

    /// Every number that is open and whose opening was seen.
    public var openNumbers: Set<Int32> { Set(numbers.keys) }

    /// What is still open, oldest first.
    public var survivors: [Survivor] {
        var lowest: [Int: Int32] = [:]
        for (number, place) in numbers { lowest[place] = min(lowest[place] ?? number, number) }
        return lowest.compactMap { place, number in
            openings[place].map {
                Survivor(
                    descriptor: number, stack: $0.stack, opened: $0.time,
                    wasAccepted: $0.wasAccepted)
            }
        }
        .sorted { ($0.opened, $0.descriptor) < ($1.opened, $1.descriptor) }
    }
}
