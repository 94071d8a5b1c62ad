import CallSites
import Foundation
import TestWorlds
import Testing

/// The table of offsets that CPython has from 3.13 on.
@Suite(.serialized) struct PythonTableTests {
    /// A process of 3.13 that is read as if another table stood in it.
    private struct Process {
        let id: Int32
        let image: (image: ELFImage, bias: UInt64, path: String)
        let real: (UInt64, Int) -> [UInt8]
        /// Where the table is, in the memory and on its page.
        let page: UInt64
        let place: Int
        /// The table's first 64 words.
        let words: [[UInt8]]

        init(_ id: Int32) throws {
            self.id = id
            image = try #require(try PythonWorld.image(of: id))
            let memory = PythonWorld.memory(of: id)
            real = memory
            var start: UInt64?
            var runtime = try PythonRuntime(
                image: image.image, bias: image.bias, fileName: image.path
            ) {
                // The first read is of the table's first page.
                if start == nil { start = $0 }
                return memory($0, $1)
            }
            #expect(!runtime.frames(ofThread: id).isEmpty)
            page = try #require(start)
            let bytes = memory(page, 4_096)
            let found = try #require(
                (0..<4_096 - 512).first { bytes[$0..<$0 + 8].elementsEqual("xdebugpy".utf8) })
            place = found
            words = (0..<64).map { Array(bytes[found + 8 * $0..<found + 8 * $0 + 8]) }
        }

        /// The runtime with these words in place of the table's first, and this `Py_Version`.
        func runtime(_ table: [[UInt8]], minor: UInt8) throws -> PythonRuntime {
            let other = minor == 13 ? image.image : try Self.image(image.path, minor: minor)
            let (page, place, real) = (page, place, real)
            let content = table.flatMap { $0 }
            return try PythonRuntime(
                image: other, bias: image.bias, fileName: image.path
            ) { address, count in
                var bytes = real(address, count)
                if address == page, bytes.count >= place + content.count {
                    bytes.replaceSubrange(place..<place + content.count, with: content)
                }
                return bytes
            }
        }

        /// The same file with another `Py_Version`.
        private static func image(_ path: String, minor: UInt8) throws -> ELFImage {
            let file = try BinaryFile.reader(path)
            return try #require(
                ELFImage { offset, count in
                    var bytes = file(offset, count)
                    // Py_Version is the one thing that is read by four bytes.
                    if count == 4, bytes[2...] == [13, 3] { bytes[2] = minor }
                    return bytes
                })
        }

        static func version(_ minor: UInt8) -> [UInt8] { [0xF0, 0, minor, 3, 0, 0, 0, 0] }
    }

    private static func program() throws -> WaitingPython? {
        guard let python = PythonWorld.readable.first(where: { $0.hasSuffix("3.13") }) else {
            print("not run: tables of CPython 3.13 and 3.14, there is no Python 3.13")
            return nil
        }
        return try WaitingPython(python, PythonPrograms.kinds)
    }

    @Test func `A table that is arranged as that of 3.14 tells the same frames`() throws {
        guard let program = try Self.program() else { return }
        let process = try Process(program.process.id)
        let words = process.words
        let none = [UInt8](repeating: 0, count: 8)
        // Include/internal/pycore_debug_offsets.h of 3.14: the main thread and two generations
        // of the interpreter, two words of a frame and one of code are new.
        var table: [[UInt8]] = [words[0], Process.version(14), words[2]]
        table += words[3..<10] + [none] + words[10..<19] + [none, none]
        table += words[19..<34] + [none, none] + words[34..<44] + [none] + words[44..<58]
        var runtime = try process.runtime(table, minor: 14)
        #expect(runtime.version == PythonVersion(3, 14))
        for thread in program.threads {
            let frames = runtime.frames(ofThread: thread.number).map(WaitingPython.Frame.init)
            #expect(frames == thread.frames, "\(thread.name)")
        }
    }

    @Test func `Tables of other versions and builds are refused with the reason`() throws {
        guard let program = try Self.program() else { return }
        let process = try Process(program.process.id)
        let words = process.words
        #expect(throws: PythonUnreadable.memory) {
            try process.runtime([words[0], Process.version(14)], minor: 13)
        }
        #expect(throws: PythonUnreadable.memory) {
            // 3.13's arrangement is not 3.14's.
            try process.runtime([words[0], Process.version(14)], minor: 14)
        }
        #expect(throws: PythonUnreadable.version(PythonVersion(3, 15))) {
            try process.runtime([words[0], Process.version(15)], minor: 15)
        }
        #expect(throws: PythonUnreadable.freeThreaded(PythonVersion(3, 13))) {
            try process.runtime([words[0], words[1], [1, 0, 0, 0, 0, 0, 0, 0]], minor: 13)
        }
        #expect(throws: PythonUnreadable.memory) {
            try process.runtime([[0, 0, 0, 0, 0, 0, 0, 0]], minor: 13)
        }
    }

    @Test func `Any offset may be anything`() throws {
        guard let program = try Self.program() else { return }
        let process = try Process(program.process.id)
        var chance = SeededGenerator(seed: 4)
        var (refused, told) = (0, 0)
        for round in 0..<1_000 {
            var words = process.words
            for _ in 0..<Int.random(in: 1...3, using: &chance) {
                let value: UInt64 =
                    switch round % 3 {
                    case 0: .random(in: 0...(.max), using: &chance)
                    case 1: .random(in: 0..<4_096, using: &chance)
                    default: 8 * .random(in: 0..<64, using: &chance)
                    }
                words[Int.random(in: 3..<58, using: &chance)] = (0..<8).map {
                    UInt8(truncatingIfNeeded: value >> (8 * $0))
                }
            }
            do {
                var runtime = try process.runtime(words, minor: 13)
                told += runtime.frames(ofThread: process.id).isEmpty ? 0 : 1
            } catch {
                refused += 1
                #expect(error as? PythonUnreadable == .memory, "seed 4, round \(round)")
            }
        }
        #expect(refused > 50 && told > 50, "\(refused) refused, \(told) told")
    }
}
