import Foundation
import LeakAnalysis
import Measurements
import Testing

/// What version 1 wrote can be read for ever: the file here is never made anew.
@Suite struct VersionOneTests {
    @Test func `A recording of version 1 opens`() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Files/version-1.sockeye")
        let bytes = [UInt8](try Data(contentsOf: path))
        let read = RecordingTests.events(of: bytes)
        #expect(read.fault == nil)
        #expect(read.events == VersionOne.events)
        #expect(read.cutOff == 0)
        #expect(try RecordingDecoder(bytes).header == VersionOne.header)
    }
}

/// What the file holds.
enum VersionOne {
    static let header = RecordingHeader(
        writer: "sockeye 0.3.0", started: WallTime(unixNanoseconds: 1_795_602_000_000_000_001),
        interval: .seconds(1))

    static var events: [RecordingEvent] {
        let (first, second) = (firstLook, secondLook)
        let end = ProcessEnd(
            reason: .executed, time: second.time + .milliseconds(10),
            bootTime: second.bootTime + .milliseconds(10))
        var third = second
        third.process.name = "worker"
        third.process.executable = nil
        third.sockets = [second.sockets[1]]
        var exit = end
        exit.reason = .exited
        return [
            .snapshot(first), .snapshot(second), .ended(end), .snapshot(third), .ended(exit),
        ]
    }

    private static var firstLook: Snapshot {
        var process = ProcessFacts(pid: 4_711)
        process.startTicks = 123_456
        process.name = "probe-é"
        process.executable = "/usr/bin/probe"
        process.runtime = .go
        process.uptime = 12.25
        process.threads = 9
        process.networkNamespace = 4_026_531_840
        process.processors = 4
        var snapshot = Snapshot(
            time: WallTime(unixNanoseconds: 1_795_602_000_123_456_789),
            bootTime: .nanoseconds(98_765_432_101), process: process)
        snapshot.descriptors.open = 17
        snapshot.descriptors.highest = 21
        snapshot.descriptors.softLimit = 1_024
        snapshot.descriptors.hardLimit = 1_048_576
        snapshot.descriptors.byKind = [.socket: 4, .eventpoll: 1, .file: 12]
        snapshot.descriptors.repeated = [
            RepeatedTarget(target: "/var/log/app.log", kind: .file, count: 9)
        ]
        snapshot.sockets = sockets
        let peer = IPEndpoint(bytes: [192, 0, 2, 1], port: 443)
        snapshot.namespace.timeWait = [
            TimeWaitGroup(peer: peer, count: 31, youngest: 120, oldest: 59_000)
        ]
        snapshot.namespace.fullListeners = [IPEndpoint(bytes: [0, 0, 0, 0], port: 8_080)]
        snapshot.namespace.listenOverflows = 2
        snapshot.churn = Churn(seconds: 0.25, looks: 2)
        snapshot.churn?.born = 3
        snapshot.churn?.died = 2
        snapshot.churn?.vanishedGhosts = 1
        snapshot.churn?.passedTo = [PeerCount(peer: peer, count: 3)]
        snapshot.coverage.lacks("The program's file could not be read.")
        return snapshot
    }

    private static var sockets: [SocketRecord] {
        var connection = SocketRecord(descriptor: 5, inode: 70_001)
        connection.family = .inet6
        connection.type = .stream
        connection.transport = .tcp
        connection.state = .established
        connection.local = .ip(IPEndpoint(bytes: [10, 0, 0, 1], port: 40_000))
        connection.peer = .ip(IPEndpoint(high: 0x2001_0DB8 << 32, low: 1, port: 443, isIPv6: true))
        connection.direction = .outbound
        connection.receiveQueue = 4_096
        connection.sendQueue = 1
        var activity = TCPActivity()
        activity.wasEstablished = true
        activity.segmentsOut = 12
        activity.dataSegmentsOut = 5
        activity.dataSegmentsIn = 7
        activity.bytesAcknowledged = 901
        activity.bytesReceived = 70_000
        activity.sinceDataSent = 1_500
        activity.sinceDataReceived = 1_480
        activity.sinceAcknowledged = 1_476
        activity.roundTrip = 250
        activity.retransmissions = 1
        connection.activity = activity
        var ghost = connection
        ghost.descriptor = 6
        ghost.inode = 70_003
        ghost.state = .closed
        ghost.ghost = .reset
        ghost.hasUnreadError = true
        ghost.hasTimeWaitTwin = true
        ghost.foreignNamespace = 4_026_532_000
        var path = SocketRecord(descriptor: 7, inode: 12)
        path.family = .unix
        path.type = .seqpacket
        path.transport = .unix
        path.local = .path("@bus")
        path.direction = .none
        var link = SocketRecord(descriptor: 8, inode: 13)
        link.family = .netlink
        link.type = .raw
        link.transport = .netlink
        link.state = .unconnected
        link.local = .other("port 4711")
        return [connection, ghost, path, link]
    }

    private static var secondLook: Snapshot {
        var snapshot = firstLook
        snapshot.time = snapshot.time + .seconds(1)
        snapshot.bootTime += .seconds(1)
        snapshot.process.uptime += 1
        snapshot.churn = nil
        for index in 0...1 {
            snapshot.sockets[index].activity?.sinceDataSent += 1_004
            snapshot.sockets[index].activity?.sinceDataReceived += 1_004
            snapshot.sockets[index].activity?.sinceAcknowledged += 1_004
        }
        snapshot.sockets[1].hasUnreadError = false
        snapshot.sockets[1].activity?.bytesReceived += 10
        snapshot.sockets.remove(at: 2)
        var born = SocketRecord(descriptor: 9, inode: 80_000)
        born.ghost = .neverConnected
        snapshot.sockets.append(born)
        return snapshot
    }
}
