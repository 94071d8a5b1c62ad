import FoundationXML
import Foundation
import Testing

/// A flame graph as a parser of XML reads it.
final class SVGReader: NSObject, XMLParserDelegate {
    /// A box: where it is, how many sockets are left of it and in it, and its texts.
    struct Box {
        var style: Set<Substring>
        var x: Double
        var y: Double
        var width: Double
        var start: Int
        var count: Int
        var tooltip = ""
        /// What is written in it: the name with the place, and the count.
        var texts: [String] = []

        var end: Int { start + count }
        /// The first line of the tooltip.
        var name: Substring { tooltip.prefix { $0 != "\n" } }
    }

    private(set) var boxes: [Box] = []
    /// Texts outside of boxes.
    private(set) var notes: [String] = []
    private(set) var elements: Set<String> = []
    private var open: [String] = []
    private var isInBox = false

    /// Throws when it is not well-formed.
    init(_ svg: String) throws {
        super.init()
        let parser = XMLParser(data: Data(svg.utf8))
        parser.delegate = self
        try #require(parser.parse(), "\(String(describing: parser.parserError))")
    }

    func parser(
        _ parser: XMLParser, didStartElement element: String, namespaceURI: String?,
        qualifiedName: String?, attributes: [String: String] = [:]
    ) {
        elements.insert(element)
        open.append(element)
        if element == "svg", let start = attributes["data-a"] {
            isInBox = true
            func number(_ key: String) -> Double { Double(attributes[key] ?? "") ?? .nan }
            boxes.append(
                Box(
                    style: Set((attributes["class"] ?? "").split(separator: " ")),
                    x: number("x"), y: number("y"), width: number("width"),
                    start: Int(start) ?? -1, count: Int(attributes["data-n"] ?? "") ?? -1))
        } else if element == "text" {
            if isInBox { boxes[boxes.count - 1].texts.append("") } else { notes.append("") }
        }
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        switch (isInBox, open.last) {
        case (true, "title"): boxes[boxes.count - 1].tooltip += text
        case (true, "tspan"):
            boxes[boxes.count - 1].texts[boxes[boxes.count - 1].texts.count - 1] += "  " + text
        case (true, "text"):
            boxes[boxes.count - 1].texts[boxes[boxes.count - 1].texts.count - 1] += text
        case (false, "text"): notes[notes.count - 1] += text
        default: break
        }
    }

    func parser(
        _ parser: XMLParser, didEndElement element: String, namespaceURI: String?,
        qualifiedName: String?
    ) {
        open.removeLast()
        if element == "svg" { isInBox = false }
    }
}
