import Measurements

/// Sockets over time as an SVG 1.1 picture, one line a client: on white, and on black where the
/// viewer prefers that.
///
/// Lines differ in colour and in dashes, so that colour is not the only carrier.
public struct SocketPlot: Sendable {
    /// Above the picture.
    public var title: String
    /// Below the title, in smaller letters.
    public var subtitle: String
    /// The clients, in the order of the legend.
    public var runs: [LabRun]

    /// Makes a plot.
    public init(title: String, subtitle: String, runs: [LabRun]) {
        self.title = title
        self.subtitle = subtitle
        self.runs = runs
    }

    private static let size = (width: 960, height: 500)
    private static let frame = (left: 76.0, top: 78.0, right: 700.0, bottom: 436.0)
    /// The most points of a line; more are joined, the highest of each group kept.
    private static let mostPoints = 1000

    /// The picture as text.
    public var svg: String {
        let seconds = runs.flatMap(\.samples).map(\.time.inSeconds).max() ?? 1
        let sockets = runs.flatMap(\.samples).map(\.sockets).max() ?? 1
        let across = PlotScale(largest: seconds, about: 8)
        let up = PlotScale(largest: Double(max(sockets, 1)), about: 6)
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(Self.size.width)" \
            height="\(Self.size.height)" viewBox="0 0 \(Self.size.width) \(Self.size.height)" \
            role="img" aria-labelledby="title">
            <title id="title">\(XMLText.escaped(title))</title>
            \(Self.style)
            <rect class="page" width="100%" height="100%"/>
            <text class="title" x="24" y="34">\(XMLText.escaped(title))</text>
            <text class="small" x="24" y="56">\(XMLText.escaped(subtitle))</text>
            \(grid(across, up))
            \(lines(across, up))
            \(legend())
            </svg>

            """
    }

    private static let style = """
        <style>
        text { font: 13px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1b1f24; }
        .title { font-size: 18px; font-weight: 600; }
        .small { font-size: 12px; fill: #57606a; }
        .page { fill: #ffffff; }
        .grid { stroke: #d8dee4; stroke-width: 1; }
        .axis { stroke: #57606a; stroke-width: 1; }
        .line { fill: none; stroke-width: 2.5; stroke-linejoin: round; }
        .s0 { stroke: #b35900; stroke-dasharray: 2 3; }
        .s1 { stroke: #8250df; stroke-dasharray: 9 4; }
        .s2 { stroke: #cf222e; }
        .s3 { stroke: #bf3989; stroke-dasharray: 12 4 2 4; }
        .s4 { stroke: #0969da; stroke-width: 5; }
        @media (prefers-color-scheme: dark) {
        text { fill: #e6edf3; }
        .small { fill: #9aa4af; }
        .page { fill: #0d1117; }
        .grid { stroke: #2b323b; }
        .axis { stroke: #9aa4af; }
        .s0 { stroke: #f0a35e; }
        .s1 { stroke: #c297ff; }
        .s2 { stroke: #ff7b72; }
        .s3 { stroke: #ff9bce; }
        .s4 { stroke: #58a6ff; }
        }
        </style>
        """

    private func grid(_ across: PlotScale, _ up: PlotScale) -> String {
        let frame = Self.frame
        var parts: [String] = []
        for tick in up.ticks {
            let y = Self.number(Self.y(up.share(of: tick)))
            parts.append(
                "<line class=\"\(tick == 0 ? "axis" : "grid")\" x1=\"\(Self.number(frame.left))\" "
                    + "x2=\"\(Self.number(frame.right))\" y1=\"\(y)\" y2=\"\(y)\"/>"
                    + "<text class=\"small\" text-anchor=\"end\" dominant-baseline=\"middle\" "
                    + "x=\"\(Self.number(frame.left - 8))\" y=\"\(y)\">"
                    + "\(PlotScale.label(tick))</text>")
        }
        for tick in across.ticks {
            let x = Self.number(Self.x(across.share(of: tick)))
            parts.append(
                "<line class=\"axis\" x1=\"\(x)\" x2=\"\(x)\" y1=\"\(Self.number(frame.bottom))\" "
                    + "y2=\"\(Self.number(frame.bottom + 5))\"/>"
                    + "<text class=\"small\" text-anchor=\"middle\" x=\"\(x)\" "
                    + "y=\"\(Self.number(frame.bottom + 20))\">\(PlotScale.label(tick))</text>")
        }
        let middle = Self.number((frame.left + frame.right) / 2)
        let height = Self.number((frame.top + frame.bottom) / 2)
        parts.append(
            "<text text-anchor=\"middle\" x=\"\(middle)\" y=\"\(Self.number(frame.bottom + 44))\">"
                + "time since the client started, in seconds</text>")
        parts.append(
            "<text text-anchor=\"middle\" transform=\"translate(20 \(height)) rotate(-90)\">"
                + "open sockets of the process</text>")
        return parts.joined(separator: "\n")
    }

    private func lines(_ across: PlotScale, _ up: PlotScale) -> String {
        // The last of the legend first: a dashed line on a solid one shows both.
        runs.reversed().map { run in
            let points = Self.thinned(run.samples).map { sample in
                let x = Self.x(across.share(of: sample.time.inSeconds))
                let y = Self.y(up.share(of: Double(sample.sockets)))
                return "\(Self.number(x)),\(Self.number(y))"
            }
            return "<polyline class=\"line \(Self.style(of: run))\" "
                + "points=\"\(points.joined(separator: " "))\"/>"
        }.joined(separator: "\n")
    }

    private func legend() -> String {
        let x = Self.frame.right + 24
        return runs.enumerated().map { index, run in
            let y = Self.frame.top + 12 + Double(index) * 50
            let text = Self.number(x + 42)
            return "<line class=\"line \(Self.style(of: run))\" x1=\"\(Self.number(x))\" "
                + "x2=\"\(Self.number(x + 32))\" y1=\"\(Self.number(y))\" "
                + "y2=\"\(Self.number(y))\"/>"
                + "<text dominant-baseline=\"middle\" x=\"\(text)\" y=\"\(Self.number(y))\">"
                + "\(XMLText.escaped(run.result.client))</text>"
                + "<text class=\"small\" dominant-baseline=\"middle\" x=\"\(text)\" "
                + "y=\"\(Self.number(y + 18))\">\(XMLText.escaped(Self.note(on: run)))</text>"
        }.joined(separator: "\n")
    }

    private static func note(on run: LabRun) -> String {
        let connects = PlotScale.grouped(Int(run.result.connectsPerSecond.rounded()))
        return "\(PlotScale.grouped(run.result.peakSockets)) at most, \(connects) new/s"
    }

    private static func style(of run: LabRun) -> String {
        "s\(LabClient.allCases.firstIndex(of: run.client) ?? 0)"
    }

    /// At most ``mostPoints`` samples.
    static func thinned(_ samples: [LabRun.Sample]) -> [LabRun.Sample] {
        let group = (samples.count + mostPoints - 1) / mostPoints
        guard group > 1 else { return samples }
        return stride(from: 0, to: samples.count, by: group).compactMap { start in
            samples[start..<min(start + group, samples.count)].max { $0.sockets < $1.sockets }
        }
    }

    private static func x(_ share: Double) -> Double {
        frame.left + share * (frame.right - frame.left)
    }

    private static func y(_ share: Double) -> Double {
        frame.bottom - share * (frame.bottom - frame.top)
    }

    /// A coordinate with one decimal: a tenth of a pixel.
    private static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
    }
}
