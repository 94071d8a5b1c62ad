import Measurements
import ProbeScheduling
import TestWorlds
import Testing

/// The wheel against a list of all timers that is searched each time.
struct TimerWheelTests {
    /// One wheel and the times that its timers have.
    struct Model {
        let tick: Duration
        var wheel: TimerWheel
        var due: [Int: MonotonicInstant] = [:]
        var now: MonotonicInstant

        init(tick: Duration, start: MonotonicInstant) {
            self.tick = tick
            now = start
            wheel = TimerWheel(startingAt: start, tick: tick)
        }

        mutating func schedule(_ key: Int, in delay: Duration) {
            wheel.schedule(key, at: now + delay)
            due[key] = max(now, now + delay)
        }

        mutating func cancel(_ key: Int) {
            wheel.cancel(key)
            due[key] = nil
        }

        /// What is wrong after time went on; nil when nothing is.
        mutating func advance(by step: Duration) -> String? {
            now = now + step
            var fired: [Int] = []
            wheel.advance(to: now, into: &fired)
            var last = MonotonicInstant(nanoseconds: .min)
            for key in fired {
                guard let time = due.removeValue(forKey: key) else {
                    return "\(key) fired without a timer"
                }
                if time > now { return "\(key) fired \(time - now) early" }
                // Within one tick the order is open.
                if time + tick + tick < last { return "\(key) fired out of order" }
                last = max(last, time)
            }
            // A timer of the past or of the current tick fires with the next tick.
            for (key, time) in due where time + tick + tick <= now {
                return "\(key) is \(now - time) late"
            }
            if wheel.count != due.count { return "\(wheel.count) timers, not \(due.count)" }
            if let first = due.values.min() {
                guard let next = wheel.nextExpiry else { return "nothing is due" }
                if next > first + tick + tick { return "the next expiry is late" }
            } else if wheel.nextExpiry != nil {
                return "something is due, and nothing is scheduled"
            }
            return nil
        }
    }

    @Test(arguments: [Duration.milliseconds(1), .microseconds(7), .nanoseconds(10)])
    func `No timer is early, out of order, lost, or more than a tick late`(tick: Duration) {
        for seed in 0..<40 as Range<UInt64> {
            var chance = SeededGenerator(seed: seed)
            let start = Int64.random(in: 0...1 << 50, using: &chance)
            var model = Model(tick: tick, start: MonotonicInstant(nanoseconds: start))
            for event in 0..<1500 {
                let key = Int.random(in: 0..<60, using: &chance)
                // Delays and steps of every size: within a slot, across levels, over the reach.
                let ticks = Int64.random(
                    in: 0...1 << Int64.random(in: 0...33, using: &chance), using: &chance)
                switch Int.random(in: 0..<10, using: &chance) {
                case ..<5: model.schedule(key, in: tick * Int(ticks) - .nanoseconds(3))
                case ..<6: model.cancel(key)
                default:
                    let step =
                        tick
                        * Int(Int.random(in: 0..<8, using: &chance) == 0 ? ticks : ticks & 0xFFFF)
                    if let fault = model.advance(by: step + .nanoseconds(ticks & 1)) {
                        Issue.record("tick \(tick), seed \(seed), event \(event): \(fault)")
                        return
                    }
                }
            }
        }
    }

    @Test func `A timer can be set again, asked for and taken back`() {
        let start = MonotonicInstant(nanoseconds: 5)
        var wheel = TimerWheel(startingAt: start)
        wheel.schedule(3, at: start + .milliseconds(10))
        wheel.schedule(3, at: start + .milliseconds(20))
        #expect(wheel.count == 1)
        #expect(wheel.expiry(of: 3) == start + .milliseconds(20))
        #expect(wheel.expiry(of: 2) == nil)
        wheel.cancel(2)
        wheel.cancel(99)
        var fired: [Int] = []
        wheel.advance(to: start + .milliseconds(19), into: &fired)
        #expect(fired.isEmpty)
        wheel.cancel(3)
        wheel.advance(to: start + .seconds(100), into: &fired)
        #expect(fired.isEmpty)
        #expect(wheel.nextExpiry == nil)
    }

    @Test func `A timer for never does not fire`() {
        var wheel = TimerWheel(startingAt: MonotonicInstant(nanoseconds: 0))
        wheel.schedule(0, at: .distantFuture)
        var fired: [Int] = []
        wheel.advance(to: MonotonicInstant(nanoseconds: 1 << 52), into: &fired)
        #expect(fired.isEmpty)
        #expect(wheel.isScheduled(0))
    }
}
