public import Measurements

/// A probe whose time has come.
public struct DueProbe: Hashable, Sendable {
    /// The target's slot.
    public var slot: Int
    /// When it was to start; the start minus this is its lateness.
    public var scheduled: MonotonicInstant
}

/// When each target is probed.
///
/// Every target has its place in its interval (``Spread``) and is due there once in each interval.
/// A target whose last probe is still under way is not started again; rounds that time has run
/// past are left out. Both are counted, and nothing ever queues.
public struct ProbeSchedule: Sendable {
    private struct Entry {
        var interval: Duration
        var offset: Duration
        var due: MonotonicInstant
        var isUnderWay = false
    }

    /// Due probes that were left out, by reason.
    public struct Skipped: Hashable, Sendable {
        /// The target's last probe was still under way.
        public var overlap = 0
        /// Time had run past a whole interval.
        public var missed = 0
    }

    private var wheel: TimerWheel
    private var entries: [Entry?] = []
    private var fired: [Int] = []
    /// Due probes that were left out so far.
    public private(set) var skipped = Skipped()

    /// Makes an empty schedule.
    public init(startingAt now: MonotonicInstant) {
        wheel = TimerWheel(startingAt: now)
    }

    /// Adds a target under a slot that is free.
    public mutating func add(
        _ slot: Int, id: TargetID, interval: Duration, firstProbe: FirstProbe,
        at now: MonotonicInstant
    ) {
        precondition(interval > .zero, "an interval takes time")
        while entries.count <= slot { entries.append(nil) }
        precondition(entries[slot] == nil, "a slot holds one target")
        let offset = Spread.offset(of: id, in: interval)
        let due: MonotonicInstant
        switch firstProbe {
        case .spread:
            due = Spread.next(from: now, offset: offset, period: interval)
        case .soon(let limit):
            due = now + Spread.offset(of: id, in: min(limit, interval))
        }
        entries[slot] = Entry(interval: interval, offset: offset, due: due)
        wheel.schedule(slot, at: due)
    }

    /// Changes a target's interval.
    ///
    /// The next probe comes at the target's place in the new one.
    public mutating func update(
        _ slot: Int, id: TargetID, interval: Duration, at now: MonotonicInstant
    ) {
        precondition(interval > .zero, "an interval takes time")
        guard var entry = entries[slot] else { preconditionFailure("the slot is empty") }
        entry.interval = interval
        entry.offset = Spread.offset(of: id, in: interval)
        entry.due = Spread.next(from: now, offset: entry.offset, period: interval)
        entries[slot] = entry
        wheel.schedule(slot, at: entry.due)
    }

    /// Removes a target.
    ///
    /// The slot is free then.
    public mutating func remove(_ slot: Int) {
        wheel.cancel(slot)
        entries[slot] = nil
    }

    /// Appends the probes that are due, in the order of their times, and plans their next.
    public mutating func takeDue(at now: MonotonicInstant, into due: inout [DueProbe]) {
        fired.removeAll(keepingCapacity: true)
        wheel.advance(to: now, into: &fired)
        for slot in fired {
            guard var entry = entries[slot] else { continue }
            let scheduled = entry.due
            entry.due = Spread.next(
                from: scheduled + .nanoseconds(1), offset: entry.offset, period: entry.interval)
            if entry.due <= now {
                let missed = (now - entry.due).nanoseconds / entry.interval.nanoseconds + 1
                skipped.missed += Int(missed)
                entry.due = entry.due + entry.interval * Int(missed)
            }
            wheel.schedule(slot, at: entry.due)
            entries[slot] = entry
            if entry.isUnderWay {
                skipped.overlap += 1
            } else {
                due.append(DueProbe(slot: slot, scheduled: scheduled))
            }
        }
    }

    /// A scheduled probe of the slot started.
    public mutating func started(_ slot: Int) {
        entries[slot]?.isUnderWay = true
    }

    /// The slot's probe ended.
    public mutating func finished(_ slot: Int) {
        guard entries.indices.contains(slot) else { return }
        entries[slot]?.isUnderWay = false
    }

    /// The earliest moment at which something may be due; nil when there are no targets.
    public var nextDue: MonotonicInstant? { wheel.nextExpiry }

    /// When the slot's target is due next; nil when the slot is empty.
    public func nextDue(of slot: Int) -> MonotonicInstant? {
        entries.indices.contains(slot) ? entries[slot]?.due : nil
    }
}
