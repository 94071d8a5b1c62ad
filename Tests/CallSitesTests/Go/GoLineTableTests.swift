import CallSites
import Foundation
import TestWorlds
import Testing

/// Go's own table of lines, read as Go's own tools read it.
@Suite struct GoLineTableTests {
    private static let source = """
        package main

        import (
        	"fmt"
        	"net/http"
        	"os"
        )

        func inner(a int) int { return a*3 + len(os.Args) }

        func outer(a int) int { return inner(a) + inner(a+1) }

        //go:noinline
        func target(a int) int {
        	return outer(a)
        }

        func main() {
        	_, err := http.Get("http://" + os.Args[1])
        	fmt.Println(target(len(os.Args)), err)
        }
        """

    /// A program of Go with symbols and one without; nil when Go is not there.
    private static func programs(
        _ directory: TemporaryDirectory
    ) throws -> (go: String, whole: String, stripped: String)? {
        guard let go = Compilers.go(for: "the table of lines of a program in Go") else {
            return nil
        }
        return (
            go,
            try Compilers.buildGo(source, in: directory, name: "whole", stripped: false, with: go),
            try Compilers.buildGo(source, in: directory, name: "stripped", stripped: true, with: go)
        )
    }

    @Test func `Functions, files and lines are those of go tool addr2line`() throws {
        let directory = try TemporaryDirectory("gotable")
        guard let (go, whole, _) = try Self.programs(directory) else { return }
        let image = try #require(ELFImage(read: try BinaryFile.reader(whole)))
        let table = try #require(GoLineTable(image))
        let text = try #require(image[".text"])
        var chance = SeededGenerator(seed: 1)
        let addresses = (0..<4_000).map { _ in
            UInt64.random(in: text.address..<text.address + text.size, using: &chance)
        }
        let list = try directory.write(
            addresses.map { String($0, radix: 16) + "\n" }.joined(), to: "addresses")
        let answer = try ChildProcess.run(
            [
                "/bin/sh", "-c", "exec \"$0\" tool addr2line \"$1\" < \"$2\"",
                go.contains("/") ? FileManager.default.currentDirectoryPath + "/" + go : go, whole,
                list,
            ],
            environment: [
                "HOME": directory.file("home"), "GOTOOLCHAIN": "local",
                "GOCACHE": Compilers.goCache,
            ],
            outputPath: directory.file("answer"))
        let lines = answer.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var compared = 0
        for (index, address) in addresses.enumerated() where 2 * index + 1 < lines.count {
            let frames = table.frames(at: address)
            // It names the outermost function, and the line within the innermost.
            let place = lines[2 * index + 1]
            guard lines[2 * index] != "?", let outer = frames.last, let inner = frames.first else {
                continue
            }
            compared += 1
            #expect(outer.function == lines[2 * index], "\(String(address, radix: 16))")
            // Between functions there is no line.
            #expect(
                "\(inner.file):\(inner.line > 0 ? inner.line : -1)" == place,
                "\(String(address, radix: 16))")
        }
        #expect(compared > 3_000, "\(compared)")
    }

    @Test func `A stripped program says the same, and inlined calls are told`() throws {
        let directory = try TemporaryDirectory("gotable")
        guard let (_, whole, stripped) = try Self.programs(directory) else { return }
        for path in [whole, stripped] {
            let image = try #require(ELFImage(read: try BinaryFile.reader(path)))
            let table = try #require(GoLineTable(image))
            let range = try #require(table.range(ofFunction: "main.target"))
            let stacks = Set(range.map { table.frames(at: $0).map(\.function) })
            #expect(stacks.contains(["main.inner", "main.outer", "main.target"]), "\(stacks)")
            #expect(stacks.allSatisfy { $0.last == "main.target" })
            #expect(table.range(ofFunction: "net/http.(*Transport).queueForDial") != nil)
            #expect(table.range(ofFunction: "main.nowhere") == nil)
            #expect(table.frames(at: 0).isEmpty && table.frames(at: .max).isEmpty)
            #expect(GoBuildInfo(image)?.version.hasPrefix("go1.") == true)
            #expect(GoBuildInfo(image)?.module == "tracee")
        }
    }

    @Test func `A damaged table is read or refused`() throws {
        let directory = try TemporaryDirectory("gotable")
        guard let (_, _, stripped) = try Self.programs(directory) else { return }
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: stripped)))
        let image = try #require(ELFImage(read: BinaryFile.reader(whole)))
        let section = try #require(image[".gopclntab"])
        let text = try #require(image[".text"])
        var chance = SeededGenerator(seed: 7)
        for round in 0..<300 {
            var bytes = whole
            for _ in 0..<(round < 100 ? 3 : 3_000) {
                let reach = round < 100 ? 72 : Int(section.size)
                let place = Int(section.offset) + Int.random(in: 0..<reach, using: &chance)
                bytes[place] = UInt8.random(in: 0...255, using: &chance)
            }
            guard let damaged = ELFImage(read: BinaryFile.reader(bytes)),
                let table = GoLineTable(damaged)
            else { continue }
            for _ in 0..<200 {
                let address = UInt64.random(
                    in: text.address..<text.address + text.size, using: &chance)
                #expect(table.frames(at: address).count <= 65)
            }
            _ = table.range(ofFunction: "main.nowhere")
        }
    }
}
