import LeakAnalysis
import Measurements
import TestWorlds
import Testing

/// A damaged or foreign file gets a clear error, and never a wrong look.
@Suite struct DamageTests {
    private static func fault(of bytes: [UInt8]) -> RecordingFault? {
        RecordingTests.events(of: bytes).fault
    }

    @Test func `A changed byte is never believed`() {
        let events = RecordingTests.randomEvents(seed: 11, looks: 6, sockets: 5)
        let (bytes, _) = RecordingTests.recording(of: events)
        for offset in bytes.indices {
            for change in [0x01, 0x80, 0xFF] as [UInt8] {
                var damaged = bytes
                damaged[offset] ^= change
                let read = RecordingTests.events(of: damaged)
                #expect(read.fault != nil, "byte \(offset)")
                #expect(read.events == Array(events.prefix(read.events.count)))
            }
        }
    }

    /// Up to eight bytes changed, parts lost, doubled, swapped or filled in.
    @Test func `A hundred thousand damaged recordings are never believed`() {
        for seed in 1...20 as ClosedRange<UInt64> {
            let events = RecordingTests.randomEvents(seed: seed, looks: 8, sockets: 4)
            let (bytes, _) = RecordingTests.recording(of: events)
            var chance = SeededGenerator(seed: seed)
            for round in 0..<5_000 {
                let damaged = Self.damaged(bytes, using: &chance)
                let read = RecordingTests.events(of: damaged)
                let isTrue = read.events == Array(events.prefix(read.events.count))
                if !isTrue { Issue.record("seed \(seed), round \(round): a wrong look") }
                if damaged != bytes, read.fault == nil, read.cutOff == 0,
                    read.events.count == events.count
                {
                    Issue.record("seed \(seed), round \(round): damage was not noticed")
                }
            }
        }
    }

    private static func damaged(_ bytes: [UInt8], using chance: inout SeededGenerator) -> [UInt8] {
        var damaged = bytes
        let start = Int.random(in: 0..<bytes.count, using: &chance)
        let end = min(bytes.count, start + Int.random(in: 1...64, using: &chance))
        switch Int.random(in: 0..<6, using: &chance) {
        case 0:
            for _ in 0..<Int.random(in: 1...8, using: &chance) {
                damaged[Int.random(in: 0..<bytes.count, using: &chance)] =
                    UInt8.random(in: 0...UInt8.max, using: &chance)
            }
        case 1: damaged.removeSubrange(start..<end)
        case 2: damaged.insert(contentsOf: bytes[start..<end], at: start)
        case 3: damaged.replaceSubrange(start..<end, with: bytes[start..<end].reversed())
        case 4:
            let place = Int.random(in: 0..<bytes.count, using: &chance)
            damaged.insert(contentsOf: bytes[start..<end], at: place)
        default:
            for index in start..<end { damaged[index] = index % 2 == 0 ? 0 : 0xFF }
        }
        return damaged
    }

    /// Whoever makes a file can make its checks: then only the limits stand.
    @Test func `Payloads with right checks and wrong contents never crash`() {
        for seed in 1...20 as ClosedRange<UInt64> {
            let events = RecordingTests.randomEvents(seed: seed, looks: 4, sockets: 4)
            let (bytes, ends) = RecordingTests.recording(of: events)
            let head = RecordingEncoder(RecordingTests.header).headBytes.count
            var chance = SeededGenerator(seed: seed)
            for _ in 0..<1_000 {
                var forged = Array(bytes[..<head])
                var check = Forgery.check(of: bytes[..<head])
                var start = head
                for end in ends {
                    var payload = Array(bytes[start + 9..<end - 4])
                    for _ in 0..<Int.random(in: 0...3, using: &chance) where !payload.isEmpty {
                        payload[Int.random(in: 0..<payload.count, using: &chance)] =
                            UInt8.random(in: 0...UInt8.max, using: &chance)
                    }
                    let seedCheck = bytes[start] == 2 ? Forgery.check(of: bytes[..<head]) : check
                    let frame = Forgery.frame(
                        kind: bytes[start], payload: payload, after: seedCheck)
                    check = Forgery.check(of: frame[...])
                    forged += frame
                    start = end
                }
                let read = RecordingTests.events(of: forged)
                #expect(read.events.count <= events.count)
            }
        }
    }

    @Test func `A kind of frame and parts that are not known are skipped`() {
        let events = RecordingTests.randomEvents(seed: 12, looks: 1, sockets: 4)
        let (bytes, ends) = RecordingTests.recording(of: events)
        let head = RecordingEncoder(RecordingTests.header).headBytes.count
        let seed = Forgery.check(of: bytes[..<head])
        // Before the look a frame of kind 200; in the look a part 99, and one more byte at the
        // end of the part with the sockets, which is the last one.
        var file = bytes[..<head] + Forgery.frame(kind: 200, payload: [1, 2, 3], after: seed)
        let payload = Array(bytes[head + 9..<ends[0] - 4]) + [99, 2, 7, 7]
        file += Forgery.frame(kind: 2, payload: payload, after: seed)
        #expect(RecordingTests.events(of: Array(file)).events == [events[0]])
        #expect(RecordingTests.events(of: Array(file)).fault == nil)
    }

    @Test func `Foreign files are told what they are not`() {
        #expect(Self.fault(of: []) == .empty)
        #expect(
            Self.fault(of: Array("{\"schema\":1}".utf8))
                == .foreign(found: Array("{\"schema".utf8.prefix(8))))
        var (bytes, _) = RecordingTests.recording(of: [])
        #expect(Self.fault(of: bytes) == nil)
        #expect(!RecordingDecoder.isRecording(Array("\u{7F}ELF".utf8)))
        #expect(RecordingDecoder.isRecording(bytes))
        bytes[12] = 2
        #expect(Self.fault(of: bytes) == .newerVersion(found: 2, known: 1))
        // Copied as text: the carriage return is lost.
        bytes[12] = 1
        bytes.remove(at: 8)
        #expect(Self.fault(of: bytes) == .mangled)
        bytes[0] = 0x09
        #expect(Self.fault(of: bytes) == .mangled)
    }

    @Test func `A claim beyond the limits is refused with its number`() {
        let (bytes, _) = RecordingTests.recording(of: [])
        let seed = Forgery.check(of: bytes[...])
        // A frame that says it is 4 GB long; the rest of the file could be that long.
        var frame: [UInt8] = [2, 0xFF, 0xFF, 0xFF, 0xFF]
        frame += Forgery.little(Forgery.value(of: frame[...], after: seed))
        #expect(
            Self.fault(of: bytes + frame)
                == .beyondLimit(
                    offset: bytes.count, what: "bytes of a frame", value: 0xFFFF_FFFF,
                    limit: 1 << 28, wholeLooks: 0))
        // Look 0 after 0 ends, with a part of sockets (5) that claims 2³² of them.
        let claim: [UInt8] = [0, 0, 5, 6, 0x80, 0x80, 0x80, 0x80, 0x10, 0]
        #expect(
            Self.fault(of: bytes + Forgery.frame(kind: 2, payload: claim, after: seed))
                == .beyondLimit(
                    offset: bytes.count + 13, what: "sockets", value: 1 << 32, limit: 1 << 22,
                    wholeLooks: 0))
    }

    @Test func `Errors name the byte and what to do`() {
        let fault = RecordingFault.damaged(
            offset: 4_711, what: "the check of a frame fails", wholeLooks: 12)
        #expect(
            fault.description
                == "the recording is damaged at byte 4711: the check of a frame fails; the 12 looks"
                + " before it are whole, and `head -c 4711 FILE` keeps them")
        #expect(RecordingFault.foreign(found: [0x7F, 5]).description.contains("bytes 7f 05;"))
        #expect(RecordingFault.newerVersion(found: 3, known: 1).description.contains("version 3"))
    }
}
