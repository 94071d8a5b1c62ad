/// An axis from zero: where its ticks are and where a value falls.
struct PlotScale: Equatable {
    /// The values of the ticks, the first 0, the last the end of the axis.
    let ticks: [Double]

    /// An axis that reaches `largest`, with about `count` steps of 1, 2 or 5 times a power of ten.
    init(largest: Double, about count: Int) {
        let wanted = max(largest, 0.001) / Double(max(count, 1))
        var step = 0.0001
        // Bounded: 10^15 is beyond any count of sockets or seconds.
        search: for _ in 0..<20 {
            for factor in [1.0, 2, 5] where step * factor >= wanted {
                step *= factor
                break search
            }
            step *= 10
        }
        let steps = max(1, Int((largest / step).rounded(.up)))
        ticks = (0...steps).map { Double($0) * step }
    }

    /// The end of the axis.
    var end: Double { ticks.last ?? 1 }

    /// Where a value falls, 0 to 1.
    func share(of value: Double) -> Double { min(max(value / end, 0), 1) }

    /// A tick in words, with commas between thousands.
    static func label(_ value: Double) -> String {
        let thousandths = Int((value * 1000).rounded())
        let (whole, rest) = thousandths.quotientAndRemainder(dividingBy: 1000)
        guard rest > 0 else { return grouped(whole) }
        let digits = String(rest + 1000).dropFirst()
        return "\(grouped(whole)).\(digits.trimmingZeros)"
    }

    /// A whole number with commas between thousands.
    static func grouped(_ value: Int) -> String {
        var digits = Array(String(value))
        var place = digits.count - 3
        while place > 0 {
            digits.insert(",", at: place)
            place -= 3
        }
        return String(digits)
    }
}

extension Substring {
    /// The text without zeros at its end.
    fileprivate var trimmingZeros: Substring {
        var text = self
        while text.last == "0" { text.removeLast() }
        return text
    }
}
