import TestWorlds
import Testing

@testable import Profiles

/// Flame graphs, as a parser of XML reads them.
@Suite struct FlameGraphTests {
    private static func frame(_ function: String, _ line: Int? = nil, own: Bool = true)
        -> ProfileFrame
    {
        ProfileFrame(function: function, file: "/src/shop/main.go", line: line, isOwn: own)
    }

    private static let socket = ProfileFrame(function: "syscall.socket", isOwn: false)

    private static let shop = SocketProfile(samples: [
        ProfileSample(
            stack: [socket, frame("main.leak", 58), frame("main.main", 80)], opened: 300,
            surviving: 300),
        ProfileSample(
            stack: [socket, frame("main.churn", 70), frame("main.main", 81)], opened: 590,
            surviving: 90),
        ProfileSample(
            stack: [socket, frame("main.leak", 61), frame("main.main", 80)], opened: 5,
            surviving: 5),
        ProfileSample(stack: [], opened: 5, surviving: 5),
    ])

    private static func read(
        _ profile: SocketProfile, _ value: ProfileValue = .surviving, title: String = "title",
        subtitle: String = ""
    ) throws -> SVGReader {
        try SVGReader(
            FlameGraph(profile, title: title, subtitle: subtitle, value: value).svg)
    }

    /// Each box but the first lies within one of the row above, and boxes of a row do not overlap.
    private static func expectNested(_ boxes: [SVGReader.Box]) {
        let rows = Dictionary(grouping: boxes, by: \.y)
        let ys = rows.keys.sorted()
        #expect(rows[ys[0]]?.count == 1)
        for (above, y) in zip(ys, ys.dropFirst()) {
            let callers = rows[above] ?? []
            let row = (rows[y] ?? []).sorted { $0.start < $1.start }
            for (left, right) in zip(row, row.dropFirst()) {
                #expect(left.end <= right.start)
            }
            for caller in callers {
                let within = row.filter { $0.start >= caller.start && $0.end <= caller.end }
                #expect(within.reduce(0) { $0 + $1.count } <= caller.count)
            }
            #expect(
                row.allSatisfy { box in
                    callers.contains { $0.start <= box.start && box.end <= $0.end }
                })
        }
        let total = Double(boxes[0].count)
        for box in boxes {
            #expect(abs(box.width - 1160 * Double(box.count) / total) < 0.001)
            #expect(abs(box.x - 20 - 1160 * Double(box.start) / total) < 0.001)
            #expect(box.x + box.width <= 1180.002)
        }
    }

    @Test func `A box is as wide as its share, callers above what they called`() throws {
        let graph = try Self.read(Self.shop)
        Self.expectNested(graph.boxes)
        #expect(
            graph.boxes.map { "\($0.name) \($0.start) \($0.count)" } == [
                "all 0 400", "main.main 0 395", "main.leak 0 305", "syscall.socket 0 305",
                "main.churn 305 90", "syscall.socket 305 90", "[unknown] 395 5",
            ])
        let leak = graph.boxes[2]
        #expect(
            leak.tooltip
                == "main.leak\n/src/shop/main.go:58,61\n"
                + "305 of 400 sockets still open, 76.3 %\nyour code")
        #expect(leak.texts == ["main.leak  main.go:58,61", "305 · 76.3 %"])
        #expect(graph.boxes[3].texts == ["syscall.socket"])
        #expect(graph.boxes[0].texts == ["all sockets still open", "400"])
        #expect(!graph.notes.contains { $0.hasPrefix("Left out") })
        #expect(graph.elements.isSuperset(of: ["title", "rect", "text", "style", "script"]))
        #expect(graph.elements.isDisjoint(with: ["a", "image", "use"]))
    }

    @Test func `The width may be what was opened`() throws {
        let graph = try Self.read(Self.shop, .opened)
        Self.expectNested(graph.boxes)
        #expect(graph.boxes[0].count == 900)
        #expect(graph.boxes[2].tooltip.contains("590 of 900 sockets opened, 65.6 %"))
        #expect(graph.notes.contains { $0.contains("share of the sockets opened;") })
    }

    @Test func `The user's own code has colours that libraries have not, the same for a name`()
        throws
    {
        let boxes = try Self.read(Self.shop).boxes
        for box in boxes.dropFirst() {
            #expect(box.style.contains("own") == box.name.hasPrefix("main."), "\(box.name)")
            #expect(box.style.contains("lib") != box.style.contains("own"))
        }
        let opened = try Self.read(Self.shop, .opened).boxes
        for box in boxes {
            let other = try #require(opened.first { $0.name == box.name })
            #expect(box.style.subtracting(["n"]) == other.style.subtracting(["n"]))
        }
        let shades = Set((0..<100).map { FlameText.shade("main.function\($0)", of: 6) })
        #expect(shades == [0, 1, 2, 3, 4, 5])
    }

    @Test(arguments: [
        "<script>alert(1)</script>", "a\"b'c&d", "\"/><image href='x'/>", "]]>", "<!--",
        "]]></script><script>", "&#x202E;", "π.中文.функция", "a/b/../c", "…",
    ])
    func `A hostile name stays a text`(name: String) throws {
        var sample = ProfileSample(
            stack: [ProfileFrame(function: name, file: name, line: 3, isOwn: true, module: name)],
            opened: 1, surviving: 1)
        sample.stack.append(
            ProfileFrame(function: "b", file: nil, line: nil, isOwn: false, module: name))
        let svg = FlameGraph(
            SocketProfile(samples: [sample]), title: name, subtitle: name
        ).svg
        let graph = try SVGReader(svg)
        #expect(graph.boxes.map(\.name) == ["all", "b", name[...]])
        #expect(graph.boxes[2].tooltip.hasPrefix("\(name)\n\(name):3\n"))
        #expect(graph.notes.prefix(2) == [name, name])
        #expect(graph.elements.contains("image") == false)
        #expect(svg.components(of: "<script").count == 2, "there is one script")
    }

    @Test func `Characters that control, turn or hide are shown as such`() throws {
        let codes: [UInt32] = [
            0, 7, 9, 10, 13, 27, 0x7F, 0x85, 0x9B, 0x61C, 0x200B, 0x200E, 0x2028, 0x202E, 0x2066,
            0xFEFF, 0xFFFE, 0xFFFF, 0xE0041,
        ]
        for code in codes {
            let scalar = try #require(Unicode.Scalar(code))
            let name = "a\(Character(scalar))b"
            let svg = FlameGraph(
                SocketProfile(samples: [
                    ProfileSample(
                        stack: [Self.frame(name)], opened: 1, surviving: 1)
                ]), title: name, subtitle: name
            ).svg
            let graph = try SVGReader(svg)
            #expect(graph.boxes.last?.name == "a\u{FFFD}b", "U+\(String(code, radix: 16))")
            #expect(graph.notes[0] == "a\u{FFFD}b")
        }
    }

    @Test func `A name is cut to its box, without the path of its package first`() {
        let name = "example.org/shop/store.(*Cache[go.shape.string/a]).Load"
        #expect(FlameText.fitted(name, cells: 55) == name)
        #expect(FlameText.fitted(name, cells: 54) == "store.(*Cache[go.shape.string/a]).Load")
        #expect(FlameText.fitted(name, cells: 38) == "store.(*Cache[go.shape.string/a]).Load")
        #expect(FlameText.fitted(name, cells: 10) == "store.(*C…")
        #expect(FlameText.fitted(name, cells: 3) == "st…")
        #expect(FlameText.fitted(name, cells: 2) == "")
        #expect(FlameText.fitted("ab", cells: 3) == "ab")
        #expect(FlameText.fitted("中文字", cells: 5) == "中文…")
        #expect(FlameText.fitted("a/", cells: 3) == "a/")
        #expect(FlameText.fitted("path/", cells: 4) == "pat…")
        let long = FlameText.shown(String(repeating: "x", count: 100_000))
        #expect(long.count == 401 && long.hasSuffix("…"))
    }

    @Test func `Written texts fit their boxes`() throws {
        let graph = try Self.read(Self.random(seed: 11, stacks: 400))
        Self.expectNested(graph.boxes)
        #expect(graph.boxes.contains { $0.texts.first?.hasSuffix("…") == true })
        for box in graph.boxes {
            let cells = box.texts.reduce(0) { $0 + FlameText.cells($1) }
            #expect(Double(cells) * FlameText.cell <= box.width, "\(box)")
        }
    }

    @Test func `Thousands of stacks give a picture of bounded size that says what it lacks`() throws
    {
        let profile = Self.random(seed: 12, stacks: 5_000)
        let svg = FlameGraph(profile, title: "many", subtitle: "").svg
        let graph = try SVGReader(svg)
        #expect(graph.boxes.count <= FlameGraph.mostBoxes)
        #expect(graph.boxes.allSatisfy { $0.width >= FlameGraph.narrowest })
        #expect(svg.utf8.count < 8_000_000)
        #expect(graph.boxes[0].count == profile.samples.reduce(0) { $0 + Int($1[.surviving]) })
        let callers = graph.boxes.filter { $0.y == graph.boxes[1].y }
        #expect(callers.reduce(0) { $0 + $1.count } <= graph.boxes[0].count)
        let note = try #require(graph.notes.first { $0.hasPrefix("Left out: ") })
        let tree = FlameTree(profile.samples, value: .surviving)
        let missing = tree.nodes.count - graph.boxes.count
        #expect(note.filter { $0 != "," }.hasPrefix("Left out: \(missing) boxes"), "\(note)")

        var shuffled = profile
        var chance = SeededGenerator(seed: 13)
        shuffled.samples.shuffle(using: &chance)
        #expect(FlameGraph(shuffled, title: "many", subtitle: "").svg == svg)
    }

    @Test func `Deep recursion is cut and said`() throws {
        let stack = Array(repeating: Self.frame("main.again", 3), count: 5_000)
        let samples = [ProfileSample(stack: stack, opened: 7, surviving: 7)]
        let graph = try Self.read(SocketProfile(samples: samples))
        #expect(graph.boxes.count == FlameTree.mostDepth + 1)
        #expect(
            graph.notes.last
                == "The stacks of 7 sockets are deeper than 512 calls; the innermost are left out."
        )
    }

    @Test func `Nothing to show is said, and huge or negative numbers do no harm`() throws {
        let none = try Self.read(SocketProfile(samples: []))
        #expect(none.boxes.isEmpty)
        #expect(none.notes.last == "No socket is still open: there is nothing to show.")
        let odd = SocketProfile(samples: [
            ProfileSample(stack: [Self.frame("a")], values: [.max, .max]),
            ProfileSample(stack: [Self.frame("b")], values: [1, .min]),
            ProfileSample(stack: [Self.frame("c")], values: []),
            ProfileSample(stack: [Self.frame("d")], values: [.max, .max, 3]),
        ])
        #expect(try Self.read(odd).boxes.map(\.name) == ["all", "a", "d"])
    }

    /// Stacks of up to 14 calls, many of them with callers in common.
    private static func random(seed: UInt64, stacks: Int) -> SocketProfile {
        var chance = SeededGenerator(seed: seed)
        return SocketProfile(
            samples: (0..<stacks).map { _ in
                let own = Int.random(in: 0..<8, using: &chance)
                let depth = Int.random(in: 1...14, using: &chance)
                let stack = (0..<depth).reversed().map { level in
                    let choices = Int.random(in: 1...6, using: &chance)
                    let number = Int.random(in: 0..<choices, using: &chance)
                    return ProfileFrame(
                        function: "example.org/level\(level).Function\(number)",
                        file: "/src/level\(level).go",
                        line: Int.random(in: 1...4, using: &chance), isOwn: level < own)
                }
                let surviving = Int.random(in: 1...20, using: &chance)
                return ProfileSample(stack: stack, opened: 20, surviving: surviving)
            })
    }
}

extension String {
    /// What is between the places of a text.
    fileprivate func components(of separator: String) -> [Substring] {
        split(separator: separator, omittingEmptySubsequences: false)
    }
}
