import CallSites
import KernelFormats
import TestWorlds
import Testing

/// Processes that start each other, become other programs and end.
@Suite struct TraceFamilyTests {
    private static func family(followsChildren: Bool = true) -> TraceFamily {
        TraceFamily(followsChildren: followsChildren) { _ in ImageCache { _ in nil } }
    }

    private static func program(_ path: String) -> ProgramImages {
        ProgramImages(
            space: AddressSpace([MappedFile(range: 0x1000..<0x2000, offset: 0, path: path)]),
            program: path, cache: ImageCache { _ in nil })
    }

    private static func call(
        _ pid: Int32, _ number: Int, _ result: Int, at time: UInt64 = 1, chain: [UInt64] = [0x1100]
    ) -> PerfSample {
        var raw: [UInt8] = []
        for value in [0, UInt64(number), UInt64(bitPattern: Int64(result))] {
            KernelInteger.append(value, to: &raw)
        }
        return PerfSample(
            identifier: 0, pid: pid, tid: pid, time: time, callChain: chain, raw: raw)
    }

    private static func close(_ pid: Int32, _ descriptor: Int) -> PerfSample {
        var raw: [UInt8] = []
        for value in [0, 3, UInt64(descriptor), 0, 0, 0, 0, 0] {
            KernelInteger.append(value, to: &raw)
        }
        return PerfSample(identifier: 0, pid: pid, tid: pid, time: 1, raw: raw)
    }

    private static func fork(_ pid: Int32, by parent: Int32) -> PerfRecord {
        .fork(PerfTask(pid: pid, parent: parent, tid: pid, time: 1))
    }

    private static func survivors(_ family: TraceFamily) -> Set<OpenSiteLedger.Identity> {
        Set(family.members.values.flatMap(\.machine.ledger.survivors).map(\.identity))
    }

    @Test func `Threads are no children, and children are followed only when that is asked`() {
        var family = Self.family(followsChildren: false)
        family.add(100, Self.program("/bin/a"))
        #expect(family.take(Self.fork(101, by: 100)) == nil)
        family.take(Self.call(101, 41, 3), .opening)
        #expect(family.members.keys.sorted() == [100] && Self.survivors(family).isEmpty)
        family = Self.family()
        family.add(100, Self.program("/bin/a"))
        #expect(family.take(.fork(PerfTask(pid: 100, parent: 100, tid: 101, time: 1))) == nil)
        #expect(family.take(Self.fork(101, by: 100)) == .started(101))
        #expect(family.take(Self.fork(900, by: 899)) == nil, "somebody else's child")
        family.take(Self.call(101, 41, 3), .opening)
        #expect(Self.survivors(family).map(\.process) == [101])
    }

    @Test func `What is outside of the times is not taken`() {
        var family = Self.family()
        family.add(100, Self.program("/bin/a"))
        family.times = 2..<3
        for time in [1, 2, 3] as [UInt64] {
            family.take(Self.call(100, 41, Int(time), at: time), .opening)
        }
        #expect(family.members[100]?.machine.ledger.survivors.map(\.descriptor) == [2])
    }

    @Test func `A process that becomes another program has its functions from then on`() throws {
        var family = Self.family()
        family.add(100, Self.program("/bin/before"))
        family.take(Self.call(100, 41, 3), .opening)
        #expect(family.take(.executed(pid: 100, tid: 100, time: 1)) == .executed(100))
        func map(_ path: String, _ start: UInt64) -> TraceFamily.Change? {
            family.take(
                .mapped(
                    PerfMapping(
                        pid: 100, address: start, length: 0x1000, offset: 0, inode: 5, path: path,
                        time: 1)))
        }
        #expect(map("/bin/after", 0x1000) == .loaded(100))
        #expect(map("/lib/libc.so", 0x8000) == nil)
        family.take(Self.call(100, 41, 4), .opening)
        let member = try #require(family.members[100])
        let survivors = member.machine.ledger.survivors
        #expect(survivors.map(\.isUncertain) == [true, false])
        let programs = survivors.map { member.images(of: $0.stack)?.program }
        #expect(programs == ["/bin/before", "/bin/after"])
    }

    @Test func `A number that is given to another process leaves the former one's counts`() {
        var family = Self.family()
        family.add(100, Self.program("/bin/a"))
        _ = family.take(Self.fork(101, by: 100))
        family.take(Self.call(101, 41, 3), .opening)
        _ = family.take(Self.fork(101, by: 100))
        #expect(family.former.count == 1 && Self.survivors(family).isEmpty)
        #expect(family.former[0].machine.ledger.opened.values.reduce(0, +) == 1)
    }

    @Test func `A stranger that has the number of a member is none`() {
        var family = Self.family()
        family.add(100, Self.program("/bin/a"))
        _ = family.take(Self.fork(101, by: 100))
        #expect(family.take(Self.fork(101, by: 900)) == nil)
        family.take(Self.call(101, 41, 3), .opening)
        #expect(family.members.keys.sorted() == [100] && family.former.count == 1)
        #expect(family.take(.executed(pid: 101, tid: 101, time: 1)) == nil)
    }

    /// Tables of descriptors that processes share sockets by, done in the plainest way.
    private struct World {
        var tables: [Int32: [Int: Int]] = [:]
        var next = 0
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `Any order of forks, openings and closes comes out as in the world`(seed: UInt64) {
        var chance = SeededGenerator(seed: seed)
        var family = Self.family()
        family.add(1, Self.program("/bin/a"))
        var world = World()
        world.tables[1] = [:]
        for _ in 0..<3_000 {
            let pid = world.tables.keys.sorted().randomElement(using: &chance) ?? 1
            let descriptor = Int.random(in: 3..<30, using: &chance)
            switch Int.random(in: 0..<20, using: &chance) {
            case 0 where world.tables.count < 30:
                let child = Int32(world.tables.count + 1)
                world.tables[child] = world.tables[pid]
                #expect(family.take(Self.fork(child, by: pid)) == .started(child))
            case 1..<12:
                world.tables[pid]?[descriptor] = world.next
                world.next += 1
                family.take(Self.call(pid, 41, descriptor), .opening)
            default:
                world.tables[pid]?[descriptor] = nil
                family.take(Self.close(pid, descriptor), .entry)
            }
        }
        for (pid, table) in world.tables {
            let open = family.members[pid]?.machine.ledger.openNumbers
            #expect(open == Set(table.keys.map { Int32($0) }), "seed \(seed), process \(pid)")
        }
        let sockets = Set(world.tables.values.flatMap(\.values))
        #expect(Self.survivors(family).count == sockets.count, "seed \(seed)")
    }
}
