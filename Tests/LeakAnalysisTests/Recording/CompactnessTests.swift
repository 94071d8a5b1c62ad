import LeakAnalysis
import Measurements
import TestWorlds
import Testing

/// How large recordings become.
@Suite struct CompactnessTests {
    /// Clocks as the kernel gives them at 250 ticks a second, read within 40 ms of each other.
    @Test func `Sixty looks at 18,000 steady sockets take a few megabytes`() throws {
        var chance = SeededGenerator(seed: 42)
        var snapshot = Snapshot(
            time: WallTime(unixSeconds: 1_764_000_000), bootTime: .seconds(90_000),
            process: ProcessFacts(pid: 4_711))
        let server = IPEndpoint(bytes: [10, 0, 0, 7], port: 443)
        snapshot.sockets = (0..<18_000).map { index in
            var record = SocketRecord(descriptor: Int32(index + 3), inode: UInt64(index * 3 + 900))
            record.family = .inet
            record.type = .stream
            record.transport = .tcp
            record.direction = .outbound
            let local = IPEndpoint(
                bytes: [10, 0, 0, 1], port: UInt16.random(in: 32_768...60_999, using: &chance))
            record.local = .ip(local)
            record.peer = .ip(server)
            // A third are ghosts, which are read one by one, in order.
            record.state = index % 3 == 0 ? .closed : .established
            record.ghost = index % 3 == 0 ? .reset : nil
            var activity = TCPActivity()
            activity.wasEstablished = true
            activity.segmentsOut = 4
            activity.dataSegmentsOut = 1
            activity.dataSegmentsIn = 2
            activity.bytesAcknowledged = 90
            activity.bytesReceived = 1_400
            activity.sinceDataSent = UInt32.random(in: 0...900_000, using: &chance) / 4 * 4
            activity.sinceDataReceived = activity.sinceDataSent - activity.sinceDataSent % 8
            activity.sinceAcknowledged = activity.sinceDataReceived
            activity.roundTrip = UInt32.random(in: 100...900, using: &chance)
            record.activity = activity
            return record
        }
        var encoder = RecordingEncoder(RecordingTests.header)
        let first = encoder.encode(.snapshot(snapshot)).count
        var total = encoder.headBytes.count + first
        var bytes = 0
        let start = snapshot.sockets
        for look in 1..<60 {
            snapshot.bootTime += .milliseconds(1_000)
            snapshot.time = snapshot.time + .milliseconds(1_000)
            for index in snapshot.sockets.indices {
                let jitter =
                    index % 3 == 0
                    ? UInt32(index / 1_800) : UInt32.random(in: 0...10, using: &chance)
                let passed = UInt32(look) * 1_000 + 4 * jitter
                guard let old = start[index].activity else { continue }
                snapshot.sockets[index].activity?.sinceDataSent = old.sinceDataSent + passed
                snapshot.sockets[index].activity?.sinceDataReceived =
                    old.sinceDataReceived + passed
                snapshot.sockets[index].activity?.sinceAcknowledged =
                    old.sinceAcknowledged + passed
            }
            bytes = encoder.encode(.snapshot(snapshot)).count
            total += bytes
        }
        print("18,000 sockets: first look \(first) bytes, a later one \(bytes), 60 looks \(total)")
        #expect(first < 18_000 * 32 && bytes < 18_000 * 5 / 4)
        #expect(total < 2_000_000)
    }
}
