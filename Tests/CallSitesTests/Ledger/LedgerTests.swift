import CallSites
import TestWorlds
import Testing

/// Who opened what is still open.
@Suite struct LedgerTests {
    @Test func `What is opened and closed is no survivor`() {
        var ledger = OpenSiteLedger(process: 7)
        ledger.open(3, stack: 1, at: 10)
        ledger.open(4, stack: 2, at: 20, wasAccepted: true)
        ledger.close(3)
        #expect(ledger.opened == [1: 1, 2: 1])
        let left = ledger.survivors
        #expect(left.map(\.descriptor) == [4] && left.map(\.stack) == [2])
        #expect(left.map(\.opened) == [20] && left.map(\.wasAccepted) == [true])
        ledger.close(9)
        #expect(ledger.survivors == left)
    }

    @Test func `A number that is given out twice was closed meanwhile`() {
        var ledger = OpenSiteLedger(process: 7)
        ledger.open(3, stack: 1, at: 10)
        ledger.open(3, stack: 2, at: 20)
        #expect(ledger.opened == [1: 1, 2: 1])
        #expect(ledger.survivors.map(\.stack) == [2])
    }

    /// Sockets with reference counts, done in the plainest way.
    private struct World {
        var sockets: [Int: (stack: Int, numbers: Set<Int32>)] = [:]
        var next = 0

        mutating func drop(_ number: Int32) {
            for (key, socket) in sockets where socket.numbers.contains(number) {
                sockets[key]?.numbers.remove(number)
                if sockets[key]?.numbers.isEmpty == true { sockets[key] = nil }
            }
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `Any order of openings, duplicates and closes comes out as in the world`(seed: UInt64) {
        var chance = SeededGenerator(seed: seed)
        var ledger = OpenSiteLedger(process: 7)
        var world = World()
        var opened = 0
        for time in 0..<5_000 as Range<UInt64> {
            let (number, other) = (
                Int32.random(in: 3..<40, using: &chance), Int32.random(in: 3..<40, using: &chance)
            )
            switch Int.random(in: 0..<10, using: &chance) {
            case 0..<4:
                let stack = Int.random(in: 0..<5, using: &chance)
                world.drop(number)
                world.sockets[world.next] = (stack, [number])
                world.next += 1
                opened += 1
                ledger.open(number, stack: stack, at: time)
            case 4..<7:
                world.drop(number)
                ledger.close(number)
            case 7..<9:
                if number != other {
                    world.drop(other)
                    let owner = world.sockets.first { $0.value.numbers.contains(number) }?.key
                    if let owner { world.sockets[owner]?.numbers.insert(other) }
                }
                ledger.duplicate(number, as: other)
            default:
                let range = UInt32(number)...UInt32(number + 5)
                for member in range { world.drop(Int32(member)) }
                ledger.close(in: range)
            }
        }
        let survivors = ledger.survivors
        let expected = world.sockets.values.map { [Int32($0.stack), $0.numbers.min() ?? -1] }
        #expect(
            Set(survivors.map { [Int32($0.stack), $0.descriptor] }) == Set(expected), "seed \(seed)"
        )
        #expect(survivors.count == world.sockets.count)
        #expect(ledger.opened.values.reduce(0, +) == opened)
        #expect(Set(survivors.map(\.identity)).count == survivors.count)
    }

    @Test func `An heir has what its parent has, and each closes for itself`() {
        var parent = OpenSiteLedger(process: 7)
        parent.open(3, stack: 1, at: 10)
        parent.open(4, stack: 2, at: 20)
        var child = OpenSiteLedger(process: 8, heirOf: parent)
        #expect(child.opened.isEmpty && child.survivors == parent.survivors)
        parent.close(3)
        child.close(4)
        child.open(5, stack: 9, at: 30)
        #expect(parent.survivors.map(\.descriptor) == [4])
        #expect(child.survivors.map(\.descriptor) == [3, 5])
        #expect(child.survivors.map(\.identity.process) == [7, 8])
        let all = Set((parent.survivors + child.survivors).map(\.identity))
        #expect(all.count == 3)
    }

    @Test func `All numbers of a socket are told, lowest first`() {
        var ledger = OpenSiteLedger(process: 7)
        ledger.open(9, stack: 1, at: 10)
        ledger.duplicate(9, as: 50)
        ledger.duplicate(9, as: 4)
        #expect(ledger.survivors.map(\.descriptors) == [[4, 9, 50]])
        #expect(ledger.survivors.map(\.descriptor) == [4])
    }

    @Test func `At another program it is uncertain what is open, and only that`() {
        var ledger = OpenSiteLedger(process: 7)
        ledger.open(3, stack: 1, at: 10)
        ledger.execute()
        ledger.open(4, stack: 2, at: 20)
        #expect(ledger.survivors.map(\.isUncertain) == [true, false])
    }

    @Test func `The same addresses are another stack in another program`() {
        var table = StackTable()
        let before = table.identity(of: [1, 2])
        table.execute()
        let after = table.identity(of: [1, 2])
        #expect(before != after && table[before] == table[after])
        #expect(table.program(of: before) == 0 && table.program(of: after) == 1)
    }

    @Test func `A stack is kept once`() {
        var table = StackTable()
        #expect(table.identity(of: [1, 2]) == table.identity(of: [1, 2]))
        #expect(table.identity(of: [1]) != table.identity(of: [1, 2]))
        #expect(table.count == 3 && table[0].isEmpty)
        for value in 0..<UInt64(StackTable.limit + 10) { _ = table.identity(of: [value, 9]) }
        #expect(table.count == StackTable.limit && table.overflows == 13)
        #expect(table.identity(of: [7, 7, 7]) == 0, "what has no room is of nobody")
    }
}
