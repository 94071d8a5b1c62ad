import ConnectionPooling
import Measurements
import TestWorlds
import Testing

@testable import HTTPProbing

@Suite struct OriginTableTests {
    /// What is kept up to date says the same as what could be counted anew.
    @Test func `Origins without a target are known at every moment`() {
        for seed in 0..<20 as Range<UInt64> {
            var chance = SeededGenerator(seed: seed)
            var table = OriginTable()
            for step in 0..<400 {
                let number = Int32.random(in: 0..<20, using: &chance)
                let id = OriginID(index: number)
                switch Int.random(in: 0..<4, using: &chance) {
                case 0: table.insert(Self.origin(number), as: id)
                case 1: table.remove(id)
                default:
                    guard table[id] != nil else { continue }
                    table[id]?.targets = Int.random(in: 0...2, using: &chance)
                }
                let counted = table.entries.indices.filter { table.entries[$0]?.targets == 0 }
                #expect(
                    Set(table.untargeted.map { Int($0.index) }) == Set(counted),
                    "seed \(seed), step \(step)")
            }
        }
    }

    private static func origin(_ number: Int32) -> Origin {
        loopbackTarget(UInt16(8_000 + number)).origin
    }
}
