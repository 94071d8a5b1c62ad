import Glibc
import Testing
import TestWorlds

@testable import Profiles

/// Profiles as `go tool pprof` reads them.
@Suite(.serialized) struct PprofTests {
    private static let program = "/srv/shop"

    private static func own(_ function: String, _ line: Int) -> ProfileFrame {
        ProfileFrame(
            function: function, file: "/src/shop/main.go", line: line, isOwn: true,
            module: program)
    }

    private static let dial = [
        ProfileFrame(function: "socket", isOwn: false, module: "/usr/lib/libc.so.6"),
        ProfileFrame(
            function: "net.(*Dialer).Dial", file: "/go/net/dial.go", line: 500, isOwn: false,
            module: program),
    ]

    /// Two authors behind one caller; the second one's sockets are all closed again.
    private static func shop(leaked: Int) -> SocketProfile {
        let leak = dial + [own("main.leak", 58), own("main.main", 80)]
        let churn = dial + [own("main.churn", 70), own("main.main", 81)]
        return SocketProfile(
            samples: [
                ProfileSample(stack: leak, opened: leaked, surviving: leaked - 5),
                ProfileSample(stack: churn, opened: 30, surviving: 0),
                ProfileSample(stack: leak, opened: 7, surviving: 5),
                ProfileSample(stack: [], opened: 2, surviving: 1),
            ],
            startNanoseconds: 1_764_000_000_000_000_000, durationNanoseconds: 6_000_000_000,
            comments: ["two sockets have no stack"])
    }

    /// `go tool pprof`, built once: `go tool` would build it anew for every cache.
    private struct Pprof {
        let directory: TemporaryDirectory
        let program: String

        /// Nil with the reason printed.
        init?(for purpose: String) throws {
            guard let go = Compilers.go(for: purpose) else { return nil }
            directory = try TemporaryDirectory("pprof")
            program = directory.file("pprof")
            do {
                try ChildProcess.run(
                    [go, "build", "-o", program, "cmd/pprof"],
                    environment: [
                        "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOPROXY": "off",
                        "GOCACHE": Compilers.goCache, "HOME": directory.file("home"),
                    ], outputPath: directory.file("build"))
            } catch {
                print("not run: \(purpose), this Go has no pprof: \(error)")
                return nil
            }
        }

        func write(_ bytes: [UInt8], to name: String) throws -> String {
            let path = directory.file(name)
            let file = try #require(fopen(path, "w"))
            defer { fclose(file) }
            #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
            return path
        }

        /// What it prints, with each run of blanks as one.
        func run(_ arguments: String...) throws -> String {
            let output = try ChildProcess.run(
                [program] + arguments, environment: ["HOME": directory.file("home")],
                outputPath: directory.file("output"))
            return output.split(separator: "\n").map { line in
                line.split(separator: " ").joined(separator: " ")
            }.joined(separator: "\n")
        }
    }

    @Test func `go tool pprof reads what was written, compressed or not, and compares it`() throws {
        guard let pprof = try Pprof(for: "reading profiles back") else { return }
        let profile = PprofProfile(Self.shop(leaked: 192))
        let plain = try pprof.write(profile.bytes, to: "plain.pb")
        let file = try pprof.write(try profile.gzipped(), to: "shop.pb.gz")
        try Self.checkTables(pprof, file, plain: plain)
        try Self.checkContent(pprof, file)
        try Self.checkHostileNames(pprof)

        let later = try pprof.write(
            try PprofProfile(Self.shop(leaked: 202)).gzipped(), to: "later.pb.gz")
        let difference = try pprof.run("-top", "-cum", "-diff_base", file, later)
        #expect(difference.contains("0 0% 0% 10 5.18% main.leak"), "\(difference)")
        #expect(!difference.contains("main.churn"), "\(difference)")
        let none = try pprof.run("-top", "-cum", "-diff_base", file, plain)
        #expect(none.contains("Showing nodes accounting for 0, 0%"), "\(none)")

        let empty = try pprof.write(
            try PprofProfile(SocketProfile(samples: [])).gzipped(), to: "empty.pb.gz")
        #expect(try pprof.run("-top", empty).contains("Showing nodes accounting for 0"))
    }

    private static func checkTables(_ pprof: Pprof, _ file: String, plain: String) throws {
        let surviving = try pprof.run("-top", "-cum", "-sample_index=surviving", file)
        #expect(surviving.contains("File: shop\n"), "\(surviving)")
        #expect(surviving.contains("Type: surviving"), "\(surviving)")
        #expect(surviving.contains("Duration: 6s"), "\(surviving)")
        #expect(surviving.contains("0 0% 0% 192 99.48% main.leak"), "\(surviving)")
        #expect(surviving.contains("1 0.52% 100% 1 0.52% [unknown]"), "\(surviving)")
        #expect(try pprof.run("-top", "-cum", file) == surviving, "it is not the default")
        #expect(try pprof.run("-top", "-cum", plain) == surviving)

        let opened = try pprof.run("-top", "-cum", "-sample_index=opened", file)
        #expect(opened.contains("Type: opened"), "\(opened)")
        #expect(opened.contains("229 99.13% main.main"), "\(opened)")
        #expect(opened.contains("199 86.15% main.leak"), "\(opened)")
        #expect(opened.contains("30 12.99% main.churn"), "\(opened)")
        #expect(opened.contains("229 99.13% 99.13% 229 99.13% socket"), "\(opened)")

        let lines = try pprof.run("-top", "-lines", "-cum", file)
        #expect(lines.contains("192 99.48% main.leak /src/shop/main.go:58"), "\(lines)")

        let authors = try pprof.run("-top", "-tagleaf=author", file)
        #expect(authors.contains("192 99.48% 99.48% 192 99.48% main.leak"), "\(authors)")
    }

    private static func checkContent(_ pprof: Pprof, _ file: String) throws {
        let traces = try pprof.run("-traces", "-sample_index=opened", file)
        let leak = "199 socket\nnet.(*Dialer).Dial\nmain.leak\nmain.main"
        #expect(traces.contains(leak), "\(traces)")
        #expect(traces.contains("author: main.churn"), "\(traces)")

        let raw = try pprof.run("-raw", file)
        #expect(raw.contains("PeriodType: sockets count\nPeriod: 1\n"), "\(raw)")
        #expect(raw.contains("opened/count surviving/count[dflt]"), "\(raw)")
        #expect(raw.contains("\n199 192: 1 2 3 4"), "\(raw)")
        #expect(raw.contains("\n30 0: 1 2 5 6"), "\(raw)")
        #expect(raw.contains("main.leak /src/shop/main.go:58"), "\(raw)")
        #expect(raw.contains("1: 0x0/0x0/0x0 /srv/shop [FN][FL][LN][IN]"), "\(raw)")
        #expect(raw.contains("2: 0x0/0x0/0x0 /usr/lib/libc.so.6"), "\(raw)")
        #expect(
            try pprof.run("-comments", file).contains("two sockets have no stack"))
    }

    /// Each name comes back as it was given.
    private static func checkHostileNames(_ pprof: Pprof) throws {
        let names = ["<script>alert(1)</script>", "a\"b'&", "naïve 中文 \u{202E}abc", "", "x\u{0}y"]
        let samples = names.map { name in
            ProfileSample(
                stack: [ProfileFrame(function: name, isOwn: true)], opened: 3, surviving: 2)
        }
        let file = try pprof.write(
            try PprofProfile(SocketProfile(samples: samples)).gzipped(), to: "hostile.pb.gz")
        let raw = try pprof.run("-raw", file)
        for name in names { #expect(raw.contains(name), "\(raw)") }
    }

    @Test func `Numbers take the bytes that the format says`() {
        var writer = ProtobufWriter()
        writer.number(1, 150)
        #expect(writer.bytes == [0x08, 0x96, 0x01])
        writer = ProtobufWriter()
        writer.number(9, 0)
        writer.flag(9, false)
        writer.numbers(9, [])
        #expect(writer.bytes.isEmpty)
        writer.numbers(16, [0, -1])
        #expect(
            writer.bytes
                == [0x82, 0x01, 11, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1])
        writer = ProtobufWriter()
        writer.text(6, "")
        writer.message(4) { $0.text(2, "testing") }
        #expect(writer.bytes == [0x32, 0, 0x22, 9, 0x12, 7] + Array("testing".utf8))
    }

    @Test func `Equal profiles give equal bytes, and sums do not overflow`() throws {
        let profile = Self.shop(leaked: 9)
        #expect(try PprofProfile(profile).gzipped() == PprofProfile(profile).gzipped())
        let huge = ProfileSample(stack: [], values: [.max])
        #expect(!PprofProfile(SocketProfile(samples: [huge, huge])).bytes.isEmpty)
    }
}
