import KernelFormats
import TestWorlds
import Testing

/// Records of a perf ring, as perf_event_open(2) lays them out.
@Suite struct PerfRecordTests {
    /// Makes the bytes of records.
    struct Maker {
        var bytes: [UInt8] = []

        mutating func record(_ type: UInt32, misc: UInt16 = 0, _ body: [UInt8]) {
            KernelInteger.append(type, to: &bytes)
            KernelInteger.append(misc, to: &bytes)
            KernelInteger.append(UInt16(8 + body.count), to: &bytes)
            bytes += body
        }

        static func words(_ values: UInt64...) -> [UInt8] {
            var bytes: [UInt8] = []
            for value in values { KernelInteger.append(value, to: &bytes) }
            return bytes
        }

        static func halves(_ values: UInt32...) -> [UInt8] {
            var bytes: [UInt8] = []
            for value in values { KernelInteger.append(value, to: &bytes) }
            return bytes
        }
    }

    static let full = PerfSampleLayout(
        hasCallChain: true, hasRaw: true, registers: 1 << 1 | 1 << 22, hasStack: true)

    /// A sample of event 7 with all parts.
    static func sample(chain: [UInt64] = [UInt64.max - 511, 0x1000, 0x2000]) -> [UInt8] {
        var body = Maker.words(7) + Maker.halves(100, 101) + Maker.words(5_000)
        body += Maker.words(UInt64(chain.count))
        for address in chain { body += Maker.words(address) }
        body += Maker.halves(4) + [1, 2, 3, 4]
        body += Maker.words(2, 0xB, 0xE) + Maker.words(16, 0xAA, 0xBB, 8)
        return body
    }

    static func all(_ bytes: [UInt8]) -> (records: [PerfRecord], isBroken: Bool) {
        var reader = PerfRecordReader(bytes, layouts: [7: full])
        var records: [PerfRecord] = []
        while let record = reader.next() { records.append(record) }
        return (records, reader.isBroken)
    }

    @Test func `A sample has its parts, without the marks of contexts`() throws {
        var maker = Maker()
        maker.record(9, Self.sample())
        let (records, isBroken) = Self.all(maker.bytes)
        guard case .sample(let sample)? = records.first else {
            Issue.record("no sample: \(records)")
            return
        }
        #expect(!isBroken && records.count == 1)
        #expect(sample.identifier == 7 && sample.pid == 100 && sample.tid == 101)
        #expect(sample.time == 5_000)
        #expect(sample.callChain == [0x1000, 0x2000])
        #expect(sample.raw == [1, 2, 3, 4])
        #expect(sample.registers == [0xB, 0xE])
        // Of 16 bytes that were asked for 8 could be copied.
        #expect(sample.stack == Maker.words(0xAA))
    }

    @Test func `What is no sample tells who and when`() {
        var maker = Maker()
        maker.record(7, Maker.halves(5, 1, 6, 2) + Maker.words(77))
        maker.record(4, Maker.halves(5, 1, 6, 2) + Maker.words(78))
        maker.record(2, Maker.words(7, 42))
        maker.record(
            3, misc: 0x2000,
            Maker.halves(5, 5) + [0x61, 0, 0, 0, 0, 0, 0, 0]
                + Maker.words(0, 79, 7))
        maker.record(3, Maker.halves(5, 5) + Maker.words(0, 0, 80, 7))
        maker.record(10, Maker.words(1, 2, 3))
        let (records, isBroken) = Self.all(maker.bytes)
        #expect(!isBroken)
        let task = { (time: UInt64) in PerfTask(pid: 5, parent: 1, tid: 6, time: time) }
        #expect(
            records == [
                .fork(task(77)), .exit(task(78)), .lost(42), .executed(pid: 5, tid: 5, time: 79),
                .other(type: 3), .other(type: 10),
            ])
    }

    @Test func `A chain or a part that is longer than its record ends the reading`() {
        for body in [
            Maker.words(7) + Maker.halves(1, 1) + Maker.words(0, 1 << 40),
            Maker.words(7) + Maker.halves(1, 1) + Maker.words(0, 5, 1),
            Maker.words(8) + Maker.halves(1, 1) + Maker.words(0, 0), Maker.words(7),
        ] {
            var maker = Maker()
            maker.record(9, body)
            maker.record(2, Maker.words(7, 42))
            let (records, isBroken) = Self.all(maker.bytes)
            #expect(records.isEmpty && isBroken)
        }
    }

    @Test func `Damaged records are read or refused, and never beyond their end`() {
        var maker = Maker()
        for _ in 0..<4 { maker.record(9, Self.sample()) }
        maker.record(7, Maker.halves(5, 1, 6, 2) + Maker.words(77))
        var chance = SeededGenerator(seed: 3)
        var broken = 0
        for _ in 0..<20_000 {
            var bytes = maker.bytes
            for _ in 0..<Int.random(in: 1...6, using: &chance) {
                bytes[Int.random(in: 0..<bytes.count, using: &chance)] = UInt8.random(
                    in: 0...255, using: &chance)
            }
            bytes.removeLast(Int.random(in: 0...8, using: &chance))
            let (records, isBroken) = Self.all(bytes)
            #expect(records.count <= bytes.count / 8)
            if isBroken { broken += 1 }
        }
        #expect((100..<20_000).contains(broken))
    }

    @Test func `System calls are read from what their tracepoints record`() {
        let enter = Maker.words(0, 3, 11, 12, 13, 14, 15, 16)
        #expect(
            SystemCallEvent(enter: enter)
                == .enter(number: 3, arguments: [11, 12, 13, 14, 15, 16]))
        // The tracepoint of one call records its own arguments only, after a number of four bytes.
        #expect(
            SystemCallEvent(enter: Maker.words(0, 0xFFFF_0000_0000_0003, 11))
                == .enter(number: 3, arguments: [11, 0, 0, 0, 0, 0]))
        #expect(SystemCallEvent(enter: Array(enter.prefix(23))) == nil)
        let exit = Maker.words(0, 41, UInt64(bitPattern: -24))
        #expect(SystemCallEvent(exit: exit) == .exit(number: 41, result: -24))
        #expect(SystemCallEvent(exit: Array(exit.dropLast())) == nil)
    }
}
