import Measurements
import ProbeScheduling
import Testing

/// Where in its interval a target is probed.
struct SpreadTests {
    func id(_ number: Int) -> TargetID { TargetID(rawValue: "http://target-\(number).test/") }

    @Test func `An offset is within its period and equal in every run`() {
        for number in 0..<1000 {
            let offset = Spread.offset(of: id(number), in: .seconds(10))
            #expect(offset >= .zero && offset < .seconds(10))
        }
        #expect(
            Spread.offset(of: id(1), in: .seconds(10)) == Spread.offset(of: id(1), in: .seconds(10))
        )
        // A constant: a hash that changed between versions would move every target of a fleet.
        #expect(
            Spread.offset(of: TargetID(rawValue: ""), in: .seconds(1)).nanoseconds == 936_769_448)
        #expect(Spread.offset(of: id(0), in: .zero) == .zero)
        #expect(Spread.offset(of: id(0), in: .nanoseconds(1)) == .zero)
    }

    @Test(arguments: [1000, 10_000])
    func `Targets are spread evenly`(count: Int) {
        // With 20 slots, six standard deviations of a fair throw on either side.
        var slots = [Int](repeating: 0, count: 20)
        for number in 0..<count {
            let offset = Spread.offset(of: id(number), in: .seconds(10))
            slots[Int(offset.nanoseconds * 20 / 10_000_000_000)] += 1
        }
        let expected = Double(count) / 20
        let bound = 6 * expected.squareRoot()
        for slot in slots { #expect(abs(Double(slot) - expected) < bound, "\(slots)") }
    }

    @Test func `A place scales with its period`() {
        for number in 0..<100 {
            let short = Spread.offset(of: id(number), in: .seconds(1)).nanoseconds
            let long = Spread.offset(of: id(number), in: .seconds(10)).nanoseconds
            #expect(abs(long - 10 * short) <= 10)
        }
    }
}
