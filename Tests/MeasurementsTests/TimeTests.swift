import Measurements
import TestWorlds
import Testing

/// Durations in words, civil time, and instants.
struct TimeTests {
    @Test(arguments: [
        ("0", Duration.zero), ("0s", .zero), ("1ns", .nanoseconds(1)), ("7us", .microseconds(7)),
        ("7µs", .microseconds(7)), ("500ms", .milliseconds(500)), ("5s", .seconds(5)),
        ("0.5s", .milliseconds(500)), ("1.5h", .seconds(5400)), ("1m30s", .seconds(90)),
        ("2h", .seconds(7200)), ("7d", .seconds(604_800)),
        ("1d2h3m4s5ms", .seconds(93_784) + .milliseconds(5)),
        ("36500d", .seconds(36_500 * 86_400)),
    ])
    func `A duration is read`(text: String, duration: Duration) throws {
        #expect(try DurationText.parse(text) == duration)
    }

    @Test(arguments: [
        "", " ", "5", "00", "s", "-5s", "+5s", "5 s", " 5s", "5s ", "5S", "5sec", ".5s", "5.s",
        "1..5s",
        "1.2.3s", "5s5", "1e3s", "nan", "inf", "infs", "0x5s", "36526d", "1000000000000000000000d",
        "٥s",
        "5w", "5M",
    ])
    func `What is no duration is refused`(text: String) {
        #expect(throws: DurationFault(text: text)) { _ = try DurationText.parse(text) }
    }

    @Test func `The exact form is read back exactly`() throws {
        #expect(DurationText.exact(.zero) == "0s")
        #expect(DurationText.exact(.seconds(90)) == "1m30s")
        #expect(DurationText.exact(.milliseconds(1500)) == "1s500ms")
        for seed in 0..<2000 as Range<UInt64> {
            var chance = SeededGenerator(seed: seed)
            // Up to 100 days, where every nanosecond has its own Double.
            let top = Int64(1) << Int64.random(in: 0...52, using: &chance)
            let duration = Duration.nanoseconds(Int64.random(in: 0...top, using: &chance))
            let text = DurationText.exact(duration)
            #expect(try DurationText.parse(text) == duration, "seed \(seed): \(text)")
        }
    }

    @Test(arguments: [
        (Duration.zero, "0 ms"), (.nanoseconds(1), "1 ns"), (.nanoseconds(999), "999 ns"),
        (.microseconds(1), "1 µs"), (.nanoseconds(1250), "1.25 µs"), (.microseconds(12), "12 µs"),
        (.nanoseconds(999_999), "1 ms"), (.microseconds(1250), "1.25 ms"),
        (.microseconds(12_340), "12.3 ms"), (.microseconds(123_400), "123 ms"),
        (.nanoseconds(999_950_000), "1 s"), (.milliseconds(12_500), "12.5 s"),
        (.milliseconds(99_950), "100 s"), (.milliseconds(119_999), "120 s"), (.seconds(120), "2m"),
        (.seconds(125), "2m 5s"), (.seconds(3600), "1h"), (.seconds(12_000), "3h 20m"),
        (.seconds(367_200), "4d 6h"), (.seconds(-5), "-5 s"), (.milliseconds(-1), "-1 ms"),
    ])
    func `A duration is shown in three digits`(duration: Duration, text: String) {
        #expect(DurationText.format(duration) == text)
    }

    @Test func `Civil time goes there and back`() {
        for seed in 0..<5000 as Range<UInt64> {
            var chance = SeededGenerator(seed: seed)
            let seconds = Int64.random(in: -9_000_000_000...9_000_000_000, using: &chance)
            let part = WallTime(unixSeconds: seconds).civil
            #expect((1...12).contains(part.month) && (1...31).contains(part.day))
            let back = WallTime(
                year: part.year, month: part.month, day: part.day, hour: part.hour,
                minute: part.minute, second: part.second)
            #expect(back == WallTime(unixSeconds: seconds), "seed \(seed)")
        }
    }

    @Test func `Every day of four centuries follows the one before`() {
        var previous = WallTime(year: 1799, month: 12, day: 31)
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        for year in 1800..<2200 {
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            for month in 1...12 {
                for day in 1...(lengths[month - 1] + (month == 2 && isLeap ? 1 : 0)) {
                    let time = WallTime(year: year, month: month, day: day)
                    if time - previous != .seconds(86_400) {
                        Issue.record("\(year)-\(month)-\(day)")
                    }
                    previous = time
                }
            }
        }
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_000_000, "1970-01-01T00:00:00.001Z"),
            (-1, "1969-12-31T23:59:59.999Z"), (951_782_400_000_000_000, "2000-02-29T00:00:00.000Z"),
            (1_795_574_582_125_000_000, "2026-11-25T02:43:02.125Z"),
            (Int64.max, "2262-04-11T23:47:16.854Z"),
        ] as [(Int64, String)])
    func `Civil time is written as RFC 3339`(nanoseconds: Int64, text: String) {
        #expect(WallTime(unixNanoseconds: nanoseconds).rfc3339 == text)
    }

    @Test func `A date beyond nanoseconds saturates`() {
        #expect(WallTime(year: 9999, month: 12, day: 31).unixNanoseconds == .max)
        #expect(WallTime(year: 1, month: 1, day: 1).unixNanoseconds == .min)
    }

    @Test func `Instants saturate`() {
        let late = MonotonicInstant(nanoseconds: .max - 1)
        #expect(late + .seconds(1) == .distantFuture)
        #expect(late + .seconds(Int64.max) == .distantFuture)
        #expect(
            MonotonicInstant(nanoseconds: .min) - .seconds(1) == MonotonicInstant(nanoseconds: .min)
        )
        #expect(Duration.seconds(Int64.max).nanoseconds == .max)
        #expect(Duration.seconds(Int64.min).nanoseconds == .min)
    }
}
