import LeakAnalysis
import Measurements
import TestWorlds
import Testing

/// What is written is read again, whatever happens to the file's end.
@Suite struct RecordingTests {
    static let header = RecordingHeader(
        writer: "sockeye test", started: WallTime(unixSeconds: 1_764_000_000),
        interval: .milliseconds(2_500))

    /// A recording, and after how many bytes each of its events is whole.
    static func recording(of events: [RecordingEvent]) -> (bytes: [UInt8], ends: [Int]) {
        var encoder = RecordingEncoder(header)
        var bytes = encoder.headBytes
        var ends: [Int] = []
        for event in events {
            bytes += encoder.encode(event)
            ends.append(bytes.count)
        }
        return (bytes, ends)
    }

    /// All events of a recording, the fault that ended them, and what was cut off.
    static func events(of bytes: [UInt8]) -> (
        events: [RecordingEvent], fault: RecordingFault?, cutOff: Int
    ) {
        var events: [RecordingEvent] = []
        do throws(RecordingFault) {
            var decoder = try RecordingDecoder(bytes)
            do throws(RecordingFault) {
                while let event = try decoder.next() { events.append(event) }
                return (events, nil, decoder.cutOff)
            } catch {
                return (events, error, 0)
            }
        } catch {
            return ([], error, 0)
        }
    }

    static func randomEvents(seed: UInt64, looks: Int, sockets: Int) -> [RecordingEvent] {
        var random = RandomSnapshots(seed: seed)
        var snapshot = random.snapshot(sockets: sockets)
        var events: [RecordingEvent] = [.snapshot(snapshot)]
        for look in 1..<looks {
            snapshot =
                random.rarely() ? random.snapshot(sockets: sockets) : random.later(than: snapshot)
            events.append(.snapshot(snapshot))
            guard look % 37 == 5 else { continue }
            events.append(
                .ended(
                    ProcessEnd(
                        reason: .executed, time: snapshot.time, bootTime: snapshot.bootTime)))
        }
        events.append(
            .ended(
                ProcessEnd(
                    reason: random.pick([.exited, .stoppedWatching, .unknown]),
                    time: snapshot.time, bootTime: snapshot.bootTime)))
        return events
    }

    @Test(arguments: 1...40)
    func `Every field of every look comes back`(seed: UInt64) throws {
        let events = Self.randomEvents(seed: seed, looks: 90, sockets: 30)
        let (bytes, _) = Self.recording(of: events)
        let read = Self.events(of: bytes)
        #expect(read.fault == nil, "seed \(seed)")
        #expect(read.events == events, "seed \(seed)")
        #expect(read.cutOff == 0)
        #expect(try RecordingDecoder(bytes).header == Self.header)
    }

    @Test func `A recording that is cut at any byte gives all whole looks`() throws {
        let events = Self.randomEvents(seed: 7, looks: 12, sockets: 6)
        let (bytes, ends) = Self.recording(of: events)
        let head = RecordingEncoder(Self.header).headBytes.count
        for length in 0..<bytes.count {
            let read = Self.events(of: Array(bytes[..<length]))
            guard length >= head else {
                #expect(read.fault == (length == 0 ? .empty : .headCutOff(bytes: length)))
                continue
            }
            let whole = ends.count { $0 <= length }
            #expect(read.fault == nil, "cut at \(length)")
            #expect(read.events == Array(events[..<whole]), "cut at \(length)")
            #expect(read.cutOff == length - (whole == 0 ? head : ends[whole - 1]))
        }
    }

    @Test func `A recording that was cut can be gone on with`() throws {
        let events = Self.randomEvents(seed: 8, looks: 20, sockets: 6)
        let (bytes, ends) = Self.recording(of: Array(events[..<9]))
        for lost in [0, 1, 5, 12, ends[8] - ends[7]] {
            var file = Array(bytes.dropLast(lost))
            var decoder = try RecordingDecoder(file)
            var kept: [RecordingEvent] = []
            while let event = try decoder.next() { kept.append(event) }
            file.removeLast(file.count - decoder.resumption.bytes)
            var encoder = RecordingEncoder(resuming: decoder.resumption)
            #expect(encoder.headBytes.isEmpty)
            for event in events[9...] { file += encoder.encode(event) }
            let read = Self.events(of: file)
            #expect(read.fault == nil)
            #expect(read.events == kept + events[9...])
        }
    }

    @Test func `A tail of zeros, as after a power cut, is a cut`() {
        let events = Self.randomEvents(seed: 9, looks: 5, sockets: 4)
        let read = Self.events(
            of: Self.recording(of: events).bytes + [UInt8](repeating: 0, count: 4_096))
        #expect(read.fault == nil)
        #expect(read.events == events)
        #expect(read.cutOff == 4_096)
    }

    @Test func `After damage the next whole look is found`() throws {
        let events = Self.randomEvents(seed: 10, looks: 200, sockets: 4).filter {
            if case .snapshot = $0 { true } else { false }
        }
        var (bytes, ends) = Self.recording(of: events)
        bytes[ends[10] + 20] ^= 0x10
        var decoder = try RecordingDecoder(bytes)
        var read: [RecordingEvent] = []
        var faults: [RecordingFault] = []
        var looksAfter = 0
        while true {
            do throws(RecordingFault) {
                guard let event = try decoder.next() else { break }
                if faults.count == 1, looksAfter == 0 { looksAfter = decoder.looks }
                read.append(event)
            } catch {
                faults.append(error)
                guard decoder.skipDamage() else { break }
            }
        }
        #expect(faults.count == 1)
        // A whole look stands at the 1st, 65th, 129th and 193rd place.
        #expect(read == Array(events[...10] + events[64...]))
        #expect(looksAfter == 65)
    }

    @Test func `Times and texts at their limits come back`() {
        var snapshot = Snapshot(
            time: WallTime(unixNanoseconds: .min),
            bootTime: Duration(secondsComponent: 1_000_000_000_000, attosecondsComponent: 0),
            process: ProcessFacts(pid: .max))
        var record = SocketRecord(descriptor: .max, inode: .max)
        record.activity = TCPActivity()
        record.activity?.sinceAcknowledged = .max
        snapshot.sockets = [record, SocketRecord(descriptor: 0, inode: 0)]
        var later = snapshot
        later.time = WallTime(unixNanoseconds: .max)
        later.bootTime = .zero
        later.sockets[0].activity?.sinceAcknowledged = 0
        let events: [RecordingEvent] = [.snapshot(snapshot), .snapshot(later)]
        #expect(Self.events(of: Self.recording(of: events).bytes).events == events)
        // A text that no path can be is written with its beginning only, whole characters.
        snapshot.process.name = String(repeating: "é", count: 9_000)
        let read = Self.events(of: Self.recording(of: [.snapshot(snapshot)]).bytes)
        snapshot.process.name = String(repeating: "é", count: 8_192)
        #expect(read.events == [.snapshot(snapshot)])
    }
}
