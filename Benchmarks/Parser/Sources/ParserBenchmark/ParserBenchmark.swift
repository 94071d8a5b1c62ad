/// Prints nanoseconds a response for both readers, alternating, and the median of their ratios.
@main
struct ParserBenchmark {
    private static let rounds = 9
    /// How long one reader reads in one round.
    private static let slice = Duration.milliseconds(60)

    static func main() throws {
        print("response         bytes   ours ns    NIO ns   ours / NIO")
        for (name, bytes) in responses {
            var ours = OurReader(bytes)
            var theirs = try NIOReader(bytes)
            guard ours.read(times: 1) == theirs.read(times: 1) else {
                fatalError("\(name): the bodies differ")
            }
            let ourTimes = times(&ours)
            let theirTimes = times(&theirs)
            var rows: [(ours: Double, theirs: Double)] = []
            for _ in 0..<rounds {
                rows.append(
                    (
                        nanoseconds(&ours, times: ourTimes),
                        nanoseconds(&theirs, times: theirTimes)
                    ))
            }
            let line = [
                left(name, 14), right("\(bytes.count)", 8),
                right(rounded(median(rows.map(\.ours))), 10),
                right(rounded(median(rows.map(\.theirs))), 10),
                right(hundredths(median(rows.map { $0.ours / $0.theirs })), 13),
            ]
            print(line.joined())
        }
    }

    /// How often a response is read in one slice; this also warms what it measures.
    private static func times(_ reader: inout some Reader) -> Int {
        var times = 16
        while nanoseconds(&reader, times: times) * Double(times) < 1e9 * seconds(slice) / 2 {
            times *= 2
        }
        return times
    }

    private static func nanoseconds(_ reader: inout some Reader, times: Int) -> Double {
        let start = ContinuousClock.now
        let bodyBytes = reader.read(times: times)
        let elapsed = ContinuousClock.now - start
        // The count is used, so that the reading cannot be left out.
        guard bodyBytes >= 0 else { fatalError("no bytes") }
        return seconds(elapsed) * 1e9 / Double(times)
    }

    private static func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }

    private static func median(_ numbers: [Double]) -> Double {
        numbers.sorted()[numbers.count / 2]
    }

    private static func rounded(_ number: Double) -> String { "\(Int(number.rounded()))" }

    private static func hundredths(_ number: Double) -> String {
        let count = Int((number * 100).rounded())
        return "\(count / 100).\(count % 100 < 10 ? "0" : "")\(count % 100)"
    }

    private static func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
