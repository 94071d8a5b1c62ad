import Measurements

/// What is written in a box, as far as there is room.
///
/// A name, behind it a place, and at the right end a count. The script has the same rules.
struct FlameLabel {
    var name: String
    /// Empty where there is none.
    var place: String
    /// A number, and what may be left out behind a blank; empty where none is to be written.
    var count: String

    /// What the script needs to write it anew in a box of another width.
    var attributes: String {
        [("t", name), ("p", place), ("c", count)].map { key, text in
            text.isEmpty ? "" : " data-\(key)=\"\(XMLText.escaped(text))\""
        }.joined()
    }

    /// The elements for a box of this width in pixels.
    func texts(width: Double) -> String {
        let room = Int((width - 10) / FlameText.cell)
        let text = FlameText.fitted(name, cells: room)
        if text.isEmpty { return "" }
        var used = FlameText.cells(text)
        var more = ""
        if !place.isEmpty, !text.hasSuffix("…"), used + 2 + FlameText.cells(place) <= room {
            used += 2 + FlameText.cells(place)
            more = "<tspan dx=\"12\">\(XMLText.escaped(place))</tspan>"
        }
        var result = "<text x=\"5\" y=\"13.5\">\(XMLText.escaped(text))\(more)</text>"
        let counts = [count, String(count.prefix { $0 != " " })]
        if let told = counts.first(where: {
            !$0.isEmpty && used + 2 + FlameText.cells($0) <= room
        }) {
            result +=
                "<text class=\"c\" x=\"100%\" dx=\"-5\" y=\"13.5\">\(XMLText.escaped(told))</text>"
        }
        return result
    }
}
