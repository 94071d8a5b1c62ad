import CallSites
import TestWorlds
import Testing

/// Which file an address is of.
@Suite struct AddressSpaceTests {
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `Mappings over mappings come out as page by page`(seed: UInt64) {
        var chance = SeededGenerator(seed: seed)
        var space = AddressSpace()
        var pages: [UInt64: (path: String, offset: UInt64)] = [:]
        for round in 0..<300 {
            let start = UInt64.random(in: 0..<100, using: &chance)
            let count = UInt64.random(in: 1..<20, using: &chance)
            let offset = UInt64.random(in: 0..<50, using: &chance)
            space.add(
                MappedFile(
                    range: start * 4_096..<(start + count) * 4_096, offset: offset * 4_096,
                    path: "/file\(round)"))
            for page in 0..<count { pages[start + page] = ("/file\(round)", offset + page) }
        }
        for page in 0..<130 as Range<UInt64> {
            let address = page * 4_096 + UInt64.random(in: 0..<4_096, using: &chance)
            let found = space.mapping(of: address)
            #expect(found?.path == pages[page]?.path, "seed \(seed), page \(page)")
            if let found, let expected = pages[page] {
                let offset = page * 4_096 - found.range.lowerBound + found.offset
                #expect(offset == expected.offset * 4_096, "seed \(seed), page \(page)")
            }
        }
        let ends = zip(space.mappings, space.mappings.dropFirst())
        #expect(ends.allSatisfy { $0.range.upperBound <= $1.range.lowerBound })
    }

    @Test func `An empty mapping is none`() {
        var space = AddressSpace()
        space.add(MappedFile(range: 5..<5, offset: 0, path: "/a"))
        #expect(space.mappings.isEmpty && space.mapping(of: 5) == nil)
    }
}

/// Functions that runtimes compile while they run.
@Suite struct GeneratedCodeTests {
    private static func frame(_ name: String) -> StackFrame? {
        let code = GeneratedCode("1000 100 \(name)\n")
        let images = ProgramImages(program: "/usr/bin/node", cache: ImageCache { _ in nil })
        return Symbolizer(images: images, generated: code, isRuntime: true)
            .frames(at: 0x1080).first
    }

    @Test(
        arguments: [
            (
                "LazyCompile:*fetchAll file:///srv/shop/app.js:41:7", "fetchAll",
                "/srv/shop/app.js",
                41, true
            ),
            ("JS:~fetchAll /srv/shop/app.js:41:7", "fetchAll", "/srv/shop/app.js", 41, true),
            ("JS:^ /srv/shop/app.js:1:1", "(anonymous)", "/srv/shop/app.js", 1, true),
            ("JS:*connect node:net:1056:17", "connect", "node:net", 1_056, false),
            ("JS:*a /srv/node_modules/x/i.js:3:4", "a", "/srv/node_modules/x/i.js", 3, false),
            ("py::fetch:/srv/shop/app.py", "fetch", "/srv/shop/app.py", nil, true),
            (
                "py::create_connection:/usr/lib/python3.12/socket.py", "create_connection",
                "/usr/lib/python3.12/socket.py", nil, false
            ),
            ("Lcom/example/Shop;::fetch", "com.example.Shop.fetch", nil, nil, true),
            (
                "com.example.Shop::fetch(Ljava/lang/String;)V", "com.example.Shop.fetch", nil, nil,
                true
            ),
            (
                "void com.example.Shop.fetch(java.lang.String, int)", "com.example.Shop.fetch", nil,
                nil, true
            ),
            (
                "void java.net.Socket.connect(java.net.SocketAddress)", "java.net.Socket.connect",
                nil, nil, false
            ),
            ("StubRoutines (1)", "StubRoutines (1)", nil, nil, false),
            ("java.net.Socket::connect", "java.net.Socket.connect", nil, nil, false),
            (
                "Builtin:ArgumentsAdaptorTrampoline", "Builtin:ArgumentsAdaptorTrampoline", nil,
                nil, false
            ),
        ] as [(String, String, String?, Int?, Bool)])
    func `The names of each runtime are understood`(
        name: String, function: String, file: String?, line: Int?, isOwn: Bool
    ) {
        #expect(
            Self.frame(name)
                == StackFrame(function: function, file: file, line: line, isOwn: isOwn))
    }

    @Test func `Lines that do not fit are passed over, and the latest at an address counts`() {
        let code = GeneratedCode(
            "x y z\n1000\n1000 0 empty\nffffffffffffffff ff wraps\n1000 10 old\n1000 20 new\n")
        let images = ProgramImages(program: nil, cache: ImageCache { _ in nil })
        let symbolizer = Symbolizer(images: images, generated: code)
        #expect(symbolizer.frames(at: 0x101F).map(\.function) == ["new"])
        #expect(symbolizer.frames(at: 0x1020).map(\.function) == ["0x1020"])
        #expect(GeneratedCode("").isEmpty && !code.isEmpty)
    }
}
