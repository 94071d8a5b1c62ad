import CallSites
import Foundation
import TestWorlds
import Testing

/// What a process's memory may hold when it is not what CPython puts there.
@Suite(.serialized) struct DamagedPythonTests {
    /// Reads through a generator that several closures share.
    private final class Damage {
        var chance: SeededGenerator
        init(seed: UInt64) { chance = SeededGenerator(seed: seed) }

        /// All bytes by chance, and now and then fewer than asked for.
        func random(_ address: UInt64, _ count: Int) -> [UInt8] {
            let size = Int.random(in: 0..<8, using: &chance) == 0 ? count / 3 : count
            var bytes: [UInt8] = []
            while bytes.count < size {
                withUnsafeBytes(of: chance.next()) { bytes += $0 }
            }
            return bytes
        }

        /// Words that point anywhere in a small place, so that chains and loops come about.
        func pointers(_ address: UInt64, _ count: Int) -> [UInt8] {
            var bytes: [UInt8] = []
            while bytes.count < count {
                let number = chance.next()
                let word = number & 3 == 0 ? number >> 55 : 0x7000_0000 + 8 * (number >> 48)
                withUnsafeBytes(of: word) { bytes += $0 }
            }
            return bytes
        }

        /// A few bytes changed, in about one of `rarity` pages.
        func damaged(_ bytes: [UInt8], rarity: Int) -> [UInt8] {
            var bytes = bytes
            guard !bytes.isEmpty, Int.random(in: 0..<rarity, using: &chance) == 0 else {
                return bytes
            }
            for _ in 0..<Int.random(in: 1...600, using: &chance) {
                let place = Int.random(in: 0..<bytes.count, using: &chance)
                bytes[place] = UInt8.random(in: 0...255, using: &chance)
            }
            return bytes
        }
    }

    @Test(arguments: PythonWorld.readable)
    func `Memory of random bytes gives no frames`(python: String) throws {
        let program = try #require(try WaitingPython(python, PythonPrograms.fork, processes: 2))
        let (image, bias, path) = try #require(try PythonWorld.image(of: program.process.id))
        let real = PythonWorld.memory(of: program.process.id)
        for seed in UInt64(0)..<60 {
            let damage = Damage(seed: seed)
            // The first read finds CPython's table, where there is one; all later are damaged.
            var first = true
            let read: (UInt64, Int) -> [UInt8] = { address, count in
                if first {
                    first = false
                    return real(address, count)
                }
                return seed % 2 == 0
                    ? damage.random(address, count) : damage.pointers(address, count)
            }
            var runtime = try PythonRuntime(
                image: image, bias: bias, fileName: path, read: read)
            for _ in 0..<20 {
                #expect(runtime.frames(ofThread: program.process.id).isEmpty, "seed \(seed)")
            }
        }
    }

    @Test(arguments: PythonWorld.readable)
    func `Damaged memory gives frames or none`(python: String) throws {
        let program = try #require(try WaitingPython(python, PythonPrograms.kinds))
        let (image, bias, path) = try #require(try PythonWorld.image(of: program.process.id))
        let real = PythonWorld.memory(of: program.process.id)
        let threads = program.threads.map(\.number)
        let damage = Damage(seed: 3)
        var (some, refused) = (0, 0)
        for round in 0..<60 {
            let rarity = [2, 10, 40][round % 3]
            do {
                var runtime = try PythonRuntime(image: image, bias: bias, fileName: path) {
                    damage.damaged(real($0, $1), rarity: rarity)
                }
                for thread in threads {
                    let frames = runtime.frames(ofThread: thread)
                    some += frames.isEmpty ? 0 : 1
                    #expect(frames.count <= 256, "seed 3, round \(round)")
                    #expect(frames.allSatisfy { $0.line ?? 1 > 0 })
                }
            } catch {
                refused += 1
            }
        }
        print("\(python): \(some) stacks of \(60 * threads.count) told, \(refused) tables refused")
    }
}
