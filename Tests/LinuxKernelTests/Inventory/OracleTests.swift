import Foundation
import LeakAnalysis
import LinuxKernel
import Measurements
import TestWorlds
import Testing

/// ss(8) and we say the same of every socket that ss knows.
@Suite(.serialized, .noLeakedDescriptors) struct OracleTests {
    /// What both say of a socket.
    struct Row: Equatable, CustomStringConvertible {
        var state: String
        var receiveQueue: UInt32
        var sendQueue: UInt32
        var local: String
        var peer: String

        var description: String { "\(state) \(receiveQueue) \(sendQueue) \(local) \(peer)" }
    }

    static let script = """
        held = []
        for host in ("127.0.0.1", "::1"):
            server = listen(host, backlog=7)
            held.append(server)
            for unread in (0, 1, 1000):
                client, accepted = connect(server)
                if unread: client.sendall(b"x" * unread)
                held += [client, accepted]
            closing, peer = connect(server)
            peer.close()
            half, other = connect(server)
            half.shutdown(socket.SHUT_WR)
            held += [closing, half, other]
            # Not accepted: it waits in the listener's queue.
            queued = socket.create_connection(server.getsockname()[:2])
            held.append(queued)
        nobody = socket.socket()
        nobody.setblocking(False)
        # TEST-NET-1 answers nobody (RFC 5737); where there is no way there, it is a ghost.
        nobody.connect_ex(("192.0.2.1", 9))
        held.append(nobody)
        for host, family in (("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)):
            bound = socket.socket(family, socket.SOCK_DGRAM)
            bound.bind((host, 0))
            joined = socket.socket(family, socket.SOCK_DGRAM)
            joined.connect(bound.getsockname()[:2])
            joined.send(b"datagram")
            held += [bound, joined]
        time.sleep(0.1)
        say({"held": len(held)})
        hold()
        """

    /// What ss says of the sockets of some inodes.
    static func oracle(_ option: String, inodes: Set<UInt64>) throws -> [UInt64: Row] {
        let directory = try TemporaryDirectory("oracle")
        let text = try ChildProcess.run(
            ["ss", "-H", "-n", "-a", "-e", option], outputPath: directory.file("ss"))
        var rows: [UInt64: Row] = [:]
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count >= 5, let received = UInt32(fields[1]), let sent = UInt32(fields[2]),
                let inode = fields.first(where: { $0.hasPrefix("ino:") })
                    .flatMap({ UInt64($0.dropFirst(4)) }), inodes.contains(inode)
            else { continue }
            rows[inode] = Row(
                state: String(fields[0]), receiveQueue: received, sendQueue: sent,
                local: String(fields[3]), peer: String(fields[4]))
        }
        return rows
    }

    /// The same in our words, written as ss writes them.
    static func ours(_ socket: SocketRecord) -> Row {
        let states: [SocketState: String] = [
            .established: "ESTAB", .synSent: "SYN-SENT", .synReceived: "SYN-RECV",
            .finWait1: "FIN-WAIT-1", .finWait2: "FIN-WAIT-2", .timeWait: "TIME-WAIT",
            .closed: "UNCONN", .closeWait: "CLOSE-WAIT", .lastAck: "LAST-ACK",
            .listening: "LISTEN", .closing: "CLOSING", .unconnected: "UNCONN",
        ]
        let nobody = socket.family == .inet6 ? "[::]:*" : "0.0.0.0:*"
        return Row(
            state: socket.state.flatMap { states[$0] } ?? "?", receiveQueue: socket.receiveQueue,
            sendQueue: socket.sendQueue, local: socket.local?.description ?? "",
            peer: socket.peer?.description ?? nobody)
    }

    @Test(.enabled(if: Rights.isInstalled("ss", for: "the comparison with ss")))
    func `States, ends and queues are those of ss`() async throws {
        let (child, facts) = try await PythonChild.start(Self.script, says: [String: Int].self)
        var inventory = try SocketInventory(pid: child.id)
        let sockets = try inventory.look().sockets
        #expect(sockets.count == facts["held"])
        let inodes = Set(sockets.map(\.inode))
        let tcp = try Self.oracle("-t", inodes: inodes)
        let udp = try Self.oracle("-u", inodes: inodes)
        #expect(tcp.count >= 22 && udp.count == 4)
        var compared = 0
        for socket in sockets {
            guard let row = (socket.transport == .udp ? udp : tcp)[socket.inode] else {
                #expect(socket.ghost != nil, "ss does not list descriptor \(socket.descriptor)")
                continue
            }
            compared += 1
            #expect(socket.ghost == nil, "descriptor \(socket.descriptor)")
            #expect(Self.ours(socket) == row, "descriptor \(socket.descriptor)")
        }
        #expect(compared == tcp.count + udp.count)
        child.end()
    }
}
