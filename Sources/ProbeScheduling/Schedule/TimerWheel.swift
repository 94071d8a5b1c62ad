public import Measurements

/// Timers for dense keys, cheap to set and to cancel: a hierarchical wheel (Varghese and Lauck,
/// "Hashed and Hierarchical Timing Wheels", 1987).
///
/// Four levels of 256 slots. A timer waits in the level that its distance asks for and moves down
/// as its time comes near, so setting and cancelling touch a constant number of words whatever
/// else is scheduled. Times are rounded up to the tick: a timer never fires early.
public struct TimerWheel: Sendable {
    private static let slotBits = 8
    private static let slots = 1 << slotBits
    private static let levels = 4
    private static let none = Int32(-1)

    private struct Timer {
        var tick: Int64 = 0
        var next = TimerWheel.none
        var previous = TimerWheel.none
        /// The list the timer is in, `level << 8 | slot`; none when it is not scheduled.
        var list = TimerWheel.none
    }

    private let tick: Int64
    private let start: Int64
    /// The last tick that was handled.
    private var current: Int64 = 0
    private var timers: [Timer] = []
    private var heads = [Int32](repeating: none, count: slots * levels)
    /// A bit for each slot of each level that holds a timer.
    private var occupied = [UInt64](repeating: 0, count: slots * levels / 64)
    /// How many timers are scheduled.
    public private(set) var count = 0

    /// Makes an empty wheel.
    ///
    /// - Parameter tick: The grain of time; a timer fires at most this much late, and never early.
    public init(startingAt now: MonotonicInstant, tick: Duration = .milliseconds(1)) {
        precondition(tick > .zero, "a tick takes time")
        self.tick = tick.nanoseconds
        start = now.nanoseconds
    }

    /// Sets the timer of a key, replacing the one it has.
    ///
    /// Keys are small: they index an array.
    public mutating func schedule(_ key: Int, at instant: MonotonicInstant) {
        while timers.count <= key { timers.append(Timer()) }
        if timers[key].list != Self.none { unlink(key) }
        timers[key].tick = max(tickIndex(of: instant), current + 1)
        link(key)
        count += 1
    }

    /// Takes the timer of a key back.
    ///
    /// Nothing happens when it has none.
    public mutating func cancel(_ key: Int) {
        guard isScheduled(key) else { return }
        unlink(key)
    }

    /// Whether the key has a timer.
    public func isScheduled(_ key: Int) -> Bool {
        timers.indices.contains(key) && timers[key].list != Self.none
    }

    /// When the timer of a key fires; nil when it has none.
    public func expiry(of key: Int) -> MonotonicInstant? {
        isScheduled(key) ? instant(of: timers[key].tick) : nil
    }

    /// Moves time on and appends the keys whose time has come, in the order of their times.
    public mutating func advance(to now: MonotonicInstant, into fired: inout [Int]) {
        let last = (now.nanoseconds - start) / tick
        while current < last {
            guard let next = nextTick(), next <= last else {
                current = last
                return
            }
            current = next
            cascade()
            let slot = Int(current & Int64(Self.slots - 1))
            while heads[slot] != Self.none {
                let key = Int(heads[slot])
                unlink(key)
                fired.append(key)
            }
        }
    }

    /// The earliest moment at which something may be due; nil when nothing is scheduled.
    ///
    /// It can be earlier than the first timer, where timers move between levels.
    public var nextExpiry: MonotonicInstant? { nextTick().map(instant(of:)) }

    // MARK: Ticks and slots

    private func tickIndex(of instant: MonotonicInstant) -> Int64 {
        let distance = instant.nanoseconds.subtractingReportingOverflow(start)
        guard !distance.overflow else { return .max / 2 }
        let (quotient, remainder) = distance.partialValue.quotientAndRemainder(dividingBy: tick)
        return remainder > 0 ? quotient + 1 : quotient
    }

    private func instant(of tickIndex: Int64) -> MonotonicInstant {
        let (product, overflow) = tickIndex.multipliedReportingOverflow(by: tick)
        guard !overflow else { return .distantFuture }
        return MonotonicInstant(nanoseconds: start) + .nanoseconds(product)
    }

    /// The next tick at which a slot has to be emptied or moved down.
    private func nextTick() -> Int64? {
        guard count > 0 else { return nil }
        var best: Int64?
        for level in 0..<Self.levels {
            let shift = Int64(level * Self.slotBits)
            let position = current >> shift
            guard let distance = distanceToOccupied(level, after: Int(position & 255)) else {
                continue
            }
            let candidate = (position + Int64(distance)) << shift
            if best.map({ candidate < $0 }) ?? true { best = candidate }
        }
        return best
    }

    /// How many slots after `slot` the next occupied one is, 1 to 256.
    private func distanceToOccupied(_ level: Int, after slot: Int) -> Int? {
        let words = Self.slots / 64
        var index = (slot + 1) & 255
        var passed = 0
        while passed < Self.slots {
            let bits = occupied[level * words + index >> 6] >> UInt64(index & 63)
            if bits != 0 {
                let distance = passed + bits.trailingZeroBitCount + 1
                return distance <= Self.slots ? distance : nil
            }
            let step = 64 - (index & 63)
            passed += step
            index = (index + step) & 255
        }
        return nil
    }

    /// Moves the timers of the upper slots that begin now one level down.
    private mutating func cascade() {
        for level in stride(from: Self.levels - 1, through: 1, by: -1) {
            let shift = Int64(level * Self.slotBits)
            guard current & ((1 << shift) - 1) == 0 else { continue }
            let list = level << Self.slotBits | Int(current >> shift & 255)
            var key = heads[list]
            while key != Self.none {
                let next = timers[Int(key)].next
                unlink(Int(key))
                link(Int(key))
                count += 1
                key = next
            }
        }
    }

    // MARK: Lists

    private mutating func link(_ key: Int) {
        let due = timers[key].tick
        let distance = due - current
        var level = 0
        while level < Self.levels - 1, distance >= 1 << Int64((level + 1) * Self.slotBits) {
            level += 1
        }
        // What is further away than the wheel reaches waits in the last slot and comes round again.
        let reach = Int64(1) << Int64(Self.levels * Self.slotBits)
        let place = distance >= reach ? current + reach - 1 : due
        let slot = Int(place >> Int64(level * Self.slotBits) & 255)
        let list = level << Self.slotBits | slot
        let head = heads[list]
        timers[key].list = Int32(list)
        timers[key].previous = Self.none
        timers[key].next = head
        if head != Self.none { timers[Int(head)].previous = Int32(key) }
        heads[list] = Int32(key)
        occupied[list >> 6] |= 1 << UInt64(list & 63)
    }

    private mutating func unlink(_ key: Int) {
        let timer = timers[key]
        let list = Int(timer.list)
        if timer.previous != Self.none {
            timers[Int(timer.previous)].next = timer.next
        } else {
            heads[list] = timer.next
            if timer.next == Self.none { occupied[list >> 6] &= ~(1 << UInt64(list & 63)) }
        }
        if timer.next != Self.none { timers[Int(timer.next)].previous = timer.previous }
        timers[key].list = Self.none
        count -= 1
    }
}
