import Foundation
import FoundationXML
import Measurements
import Testing

@testable import Lab

/// The picture is well-formed and says what the samples say.
@Suite struct PlotTests {
    @Test func `The picture is XML with a line for each client`() throws {
        let runs = LabClient.allCases.enumerated().map { index, client in
            run(client, sockets: (0..<20).map { $0 * (index + 1) })
        }
        let svg = SocketPlot(title: "a < b & \"c\"", subtitle: "d\u{1}'\u{1B}", runs: runs).svg
        let seen = try Elements(svg)
        #expect(seen.names.filter { $0 == "polyline" }.count == 5)
        #expect(seen.text.contains("a < b & \"c\""))
        for client in LabClient.allCases { #expect(seen.text.contains(client.rawValue)) }
        #expect(seen.text.contains("in seconds"))
        #expect(seen.text.contains("95 at most"))
    }

    @Test func `A picture of nothing is a picture`() throws {
        let seen = try Elements(SocketPlot(title: "", subtitle: "", runs: []).svg)
        #expect(!seen.names.contains("polyline"))
        let empty = LabRun(client: .shared, result: LabResult(client: "shared"), samples: [])
        #expect(throws: Never.self) {
            try Elements(SocketPlot(title: "", subtitle: "", runs: [empty]).svg)
        }
    }

    @Test func `Long runs are thinned and keep their highest point`() {
        var counts = [Int](repeating: 1, count: 36_000)
        counts[17_123] = 99
        let thin = SocketPlot.thinned(run(.shared, sockets: counts).samples)
        #expect(thin.count <= 1000)
        #expect(thin.map(\.sockets).max() == 99)
        #expect(thin.map(\.time) == thin.map(\.time).sorted())
    }

    @Test(
        arguments: [
            (8.0, 8, [0, 1, 2, 3, 4, 5, 6, 7, 8]), (1600, 6, [0, 500, 1000, 1500, 2000]),
            (0, 6, [0, 0.0002]), (64, 6, [0, 20, 40, 60, 80]),
        ] as [(Double, Int, [Double])])
    func `Axes have round ticks and hold the largest value`(
        largest: Double, count: Int, ticks: [Double]
    ) {
        let scale = PlotScale(largest: largest, about: count)
        #expect(scale.ticks == ticks)
        #expect(scale.share(of: scale.end) == 1)
        #expect(scale.share(of: -1) == 0)
    }

    @Test func `Ticks have commas and only the digits that say something`() {
        #expect(PlotScale.label(1_234_500) == "1,234,500")
        #expect(PlotScale.label(0.25) == "0.25")
        #expect(PlotScale.label(2.5) == "2.5")
        #expect(PlotScale.label(0) == "0")
    }

    private func run(_ client: LabClient, sockets: [Int]) -> LabRun {
        var result = LabResult(client: client.rawValue)
        result.peakSockets = sockets.max() ?? 0
        return LabRun(
            client: client, result: result,
            samples: sockets.enumerated().map {
                LabRun.Sample(time: .milliseconds(100 * $0), sockets: $1)
            })
    }
}

/// The elements of a well-formed text.
private final class Elements: NSObject, XMLParserDelegate {
    private(set) var names: [String] = []
    private(set) var text = ""

    init(_ xml: String) throws {
        super.init()
        let parser = XMLParser(data: Data(xml.utf8))
        parser.delegate = self
        try #require(parser.parse(), "\(String(describing: parser.parserError)): \(xml)")
    }

    func parser(
        _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?,
        qualifiedName qName: String?, attributes attributeDict: [String: String]
    ) {
        names.append(elementName)
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}
