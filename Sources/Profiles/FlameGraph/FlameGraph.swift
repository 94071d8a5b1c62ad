import Measurements

/// A picture of who asked for the sockets of a process: SVG 1.1 in one file.
///
/// A box is a function, below it are those that it called, and it is as wide as its share of the
/// sockets. The user's own code is in warm colours and libraries are pale. Everything can be read
/// without a script, in each box's tooltip; a browser that runs the one inside can enlarge a box
/// and search. After Brendan Gregg's flame graphs: https://www.brendangregg.com/flamegraphs.html
public struct FlameGraph: Sendable {
    /// Above the picture.
    public var title: String
    /// Below the title, in smaller letters.
    public var subtitle: String
    /// What the width of a box is.
    public var value: ProfileValue
    /// The stacks.
    public var profile: SocketProfile

    /// Makes a flame graph.
    public init(
        _ profile: SocketProfile, title: String, subtitle: String,
        value: ProfileValue = .surviving
    ) {
        self.profile = profile
        self.title = title
        self.subtitle = subtitle
        self.value = value
    }

    /// Boxes that are narrower are left out and counted, in pixels.
    static let narrowest = 0.2
    /// The most boxes that are drawn, the widest ones; about 400 bytes each.
    static let mostBoxes = 10_000
    /// The middle of this is for the boxes.
    static let width = 1200.0
    static let margin = 20.0
    static let row = 19.0
    private static let top = 100.0

    /// The picture as text; equal stacks in any order give equal pictures.
    public var svg: String {
        let tree = FlameTree(profile.samples, value: value)
        let (boxes, leftOut) = Self.drawn(tree)
        let rows = max((boxes.map(\.depth).max() ?? 0) + 1, 3)
        let bottom = Self.top + Double(rows) * Self.row
        let notes = notes(leftOut, tree)
        let height = Int(bottom) + 20 + notes.count * 18
        let width = Int(Self.width)
        let empty =
            tree.total > 0
            ? ""
            : "<text class=\"note\" x=\"\(Self.number(Self.margin))\" "
                + "y=\"\(Self.number(Self.top + 24))\">No socket "
                + "\(value == .surviving ? "is still open" : "was opened"): there is nothing to show.</text>"
        let lines = notes.enumerated().map { index, note in
            "<text class=\"note\" x=\"\(Self.number(Self.margin))\" "
                + "y=\"\(Self.number(bottom + 22 + Double(index) * 18))\">\(Self.escaped(note))</text>"
        }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
            viewBox="0 0 \(width) \(height)" class="graph">
            <title>\(Self.escaped(title))</title>
            \(Self.style)
            <rect class="page" width="100%" height="100%"/>
            \(head)
            \(tree.total > 0 ? boxes.map { draw($0, tree) }.joined(separator: "\n") : empty)
            \(lines.joined(separator: "\n"))
            \(Self.script)
            </svg>

            """
    }

    /// What is wide enough, and how many boxes are not and the sockets in them.
    private static func drawn(
        _ tree: FlameTree
    ) -> (boxes: [FlameTree.Box], leftOut: (boxes: Int, sockets: Int64)) {
        let all = tree.boxes()
        let wide = all.indices.filter {
            pixels(tree.nodes[all[$0].node].count, of: tree.total) >= narrowest
        }
        // A caller is as wide as what it called or wider, and less deep: it is kept with it.
        let kept = wide.sorted { one, other in
            let counts = (tree.nodes[all[one].node].count, tree.nodes[all[other].node].count)
            if counts.0 != counts.1 { return counts.0 > counts.1 }
            return all[one].depth != all[other].depth
                ? all[one].depth < all[other].depth : one < other
        }.prefix(mostBoxes)
        let shown = Set(kept.map { all[$0].node })
        var sockets: Int64 = 0
        for node in shown {
            for child in tree.nodes[node].children where !shown.contains(child) {
                sockets += tree.nodes[child].count
            }
        }
        return (kept.sorted().map { all[$0] }, (all.count - kept.count, sockets))
    }

    private func notes(_ leftOut: (boxes: Int, sockets: Int64), _ tree: FlameTree) -> [String] {
        var notes: [String] = []
        if tree.total > 0, leftOut.boxes > 0 {
            notes.append(
                "Left out: \(Self.counted(Int64(leftOut.boxes), "box", "boxes")) too narrow to "
                    + "draw, with \(Self.counted(leftOut.sockets, "socket", "sockets")).")
        }
        if tree.cutShort > 0 {
            notes.append(
                "The stacks of \(Self.counted(tree.cutShort, "socket", "sockets")) are deeper "
                    + "than \(FlameTree.mostDepth) calls; the innermost are left out.")
        }
        return notes
    }

    private func draw(_ box: FlameTree.Box, _ tree: FlameTree) -> String {
        let node = tree.nodes[box.node]
        let wide = Self.pixels(node.count, of: tree.total)
        let x = Self.number(Self.margin + Self.pixels(box.start, of: tree.total), 3)
        let y = Self.number(Self.top + Double(box.depth) * Self.row)
        let style = Self.style(of: node, depth: box.depth) + (wide < 3 ? " n" : "")
        let label = Self.label(of: node, depth: box.depth, of: tree.total, words)
        return "<svg class=\"b \(style)\" x=\"\(x)\" y=\"\(y)\" "
            + "width=\"\(Self.number(wide, 3))\" height=\"\(Self.number(Self.row))\" "
            + "data-a=\"\(box.start)\" data-n=\"\(node.count)\"\(label.attributes)>"
            + "<title>\(Self.escaped(tooltip(node, depth: box.depth, tree)))</title>"
            + "<rect width=\"100%\" height=\"100%\"/>\(label.texts(width: wide))</svg>"
    }

    /// What is written in a box: the user's own have their place and their sockets with them.
    private static func label(
        of node: FlameTree.Node, depth: Int, of total: Int64, _ words: String
    ) -> FlameLabel {
        let count = Decimals.grouped(Int(node.count))
        if depth == 0 { return FlameLabel(name: "all sockets \(words)", place: "", count: count) }
        let name = FlameText.shown(node.function.name)
        guard node.function.isOwn else { return FlameLabel(name: name, place: "", count: "") }
        let share = Decimals.text(Double(node.count) / Double(total) * 100, 1)
        return FlameLabel(
            name: name, place: place(of: node, whole: false), count: "\(count) · \(share) %")
    }

    /// What a box says of itself: the function, its place, its share, and whose code it is.
    private func tooltip(_ node: FlameTree.Node, depth: Int, _ tree: FlameTree) -> String {
        let share = Decimals.text(Double(node.count) / Double(tree.total) * 100, 1)
        let all = Self.counted(tree.total, "socket", "sockets")
        if depth == 0 { return "all\n\(all) \(words)" }
        let place = Self.place(of: node, whole: true)
        let count = Decimals.grouped(Int(node.count))
        var lines = [FlameText.shown(node.function.name)]
        if !place.isEmpty { lines.append(place) }
        lines.append("\(count) of \(all) \(words), \(share) %")
        lines.append(node.function.isOwn ? "your code" : "library or runtime")
        return lines.joined(separator: "\n")
    }

    private var words: String { value == .surviving ? "still open" : "opened" }

    /// The file and the lines that were called from; the module where no file is known.
    private static func place(of node: FlameTree.Node, whole: Bool) -> String {
        guard let file = node.function.file ?? node.function.module else { return "" }
        let name = FlameText.shown(whole ? file : String(FlameText.lastPart(file)))
        let lines = node.lines.sorted()
        if lines.isEmpty || node.function.file == nil { return name }
        let most = whole ? 8 : 2
        return name + ":" + lines.prefix(most).map { "\($0)" }.joined(separator: ",")
            + (lines.count > most ? ",…" : "")
    }

    private static func style(of node: FlameTree.Node, depth: Int) -> String {
        if depth == 0 { return "r" }
        let name = node.function.name
        return node.function.isOwn
            ? "own o\(FlameText.shade(name, of: 6))" : "lib l\(FlameText.shade(name, of: 4))"
    }

    private var head: String {
        let left = Self.number(Self.margin)
        let room = Int((Self.width - 2 * Self.margin - 260) / FlameText.cell)
        let measure = value == .surviving ? "the sockets still open" : "the sockets opened"
        let shownTitle = FlameText.cutEnd(FlameText.shown(title), cells: room * 7 / 10)
        let shownSubtitle = FlameText.cutEnd(FlameText.shown(subtitle), cells: room)
        return """
            <text class="title" x="\(left)" y="34">\(Self.escaped(shownTitle))</text>
            <text class="note" x="\(left)" y="57">\(Self.escaped(shownSubtitle))</text>
            <rect class="key o2" x="\(left)" y="72" width="14" height="14" rx="2"/>
            <text class="note" x="40" y="84">your code</text>
            <rect class="key l1" x="116" y="72" width="14" height="14" rx="2"/>
            <text class="note" x="136" y="84">libraries, runtime</text>
            <text class="note told" x="264" y="84">A box is as wide as its share of \(measure); \
            below it is what it called.</text>
            """
    }

    private static func pixels(_ count: Int64, of total: Int64) -> Double {
        total > 0 ? Double(count) / Double(total) * (width - 2 * margin) : 0
    }

    private static func counted(_ count: Int64, _ one: String, _ many: String) -> String {
        "\(Decimals.grouped(Int(count))) \(count == 1 ? one : many)"
    }

    private static func escaped(_ text: String) -> String { XMLText.escaped(text) }

    /// A coordinate; zeros at its end are not written.
    private static func number(_ value: Double, _ places: Int = 1) -> String {
        var text = Decimals.text(value, places)
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }
}
