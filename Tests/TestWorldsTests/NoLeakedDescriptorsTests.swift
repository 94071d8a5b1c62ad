import Glibc
import NIOCore
import NIOPosix
import Synchronization
import TestWorlds
import Testing

@Suite(.serialized, .noLeakedDescriptors) struct NoLeakedDescriptorsTests {
    @Test func `a socket left open is found, with its addresses`() async throws {
        let leaked = Mutex<Int32>(-1)
        try await withKnownIssue {
            try await NoLeakedDescriptors(patience: .milliseconds(50)).check {
                leaked.withLock { $0 = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
            }
        } matching: { issue in
            let said = issue.comments.map(\.rawValue).joined()
            return said.contains("1 descriptors") && said.contains("tcp socket (closed)")
                && said.contains("local 0.0.0.0:0 peer none")
        }
        #expect(close(leaked.withLock { $0 }) == 0)
    }

    @Test(arguments: [OpenDescriptor.Kind.pipe, .file])
    func `other kinds left open are found`(kind: OpenDescriptor.Kind) async throws {
        let leaked = Mutex<[Int32]>([])
        try await withKnownIssue {
            try await NoLeakedDescriptors(patience: .milliseconds(50)).check {
                leaked.withLock { $0 = Self.open(kind) }
            }
        } matching: { issue in
            issue.comments.contains { $0.rawValue.contains(": \(kind.rawValue) ") }
        }
        for descriptor in leaked.withLock({ $0 }) { #expect(close(descriptor) == 0) }
    }

    @Test func `a group of event loops left running is found`() async throws {
        let leaked = Mutex<MultiThreadedEventLoopGroup?>(nil)
        try await withKnownIssue {
            try await NoLeakedDescriptors(patience: .milliseconds(50)).check {
                leaked.withLock { $0 = MultiThreadedEventLoopGroup(numberOfThreads: 1) }
            }
        } matching: { issue in
            let said = issue.comments.map(\.rawValue).joined()
            return said.contains(": eventpoll ") && said.contains(": eventfd ")
        }
        try await leaked.withLock { $0 }?.shutdownGracefully()
    }

    @Test func `a channel that NIO closes later is waited for`() async throws {
        try await NoLeakedDescriptors().check {
            let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(host: "127.0.0.1", port: 0).get()
            server.eventLoop.scheduleTask(in: .milliseconds(100)) { server.close(promise: nil) }
        }
    }

    @Test func `the body's own error comes through`() async {
        struct Refused: Error {}
        await #expect(throws: Refused.self) {
            try await NoLeakedDescriptors().check { throw Refused() }
        }
    }

    private static func open(_ kind: OpenDescriptor.Kind) -> [Int32] {
        switch kind {
        case .pipe:
            var ends: [Int32] = [-1, -1]
            _ = pipe(&ends)
            return ends
        default: return [Glibc.open("/dev/null", O_RDONLY)]
        }
    }
}

// Not under the trait itself: its checks are what is counted.
@Suite struct DescriptorGateTests {
    @Test func `two checks never run at the same time`() async throws {
        let visitors = Visitors()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await NoLeakedDescriptors().check {
                        visitors.enter()
                        await Task.yield()
                        visitors.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(visitors.most == 1)
    }

    private final class Visitors: Sendable {
        private let counts = Mutex((inside: 0, most: 0))
        var most: Int { counts.withLock { $0.most } }
        func enter() {
            counts.withLock { $0 = ($0.inside + 1, max($0.most, $0.inside + 1)) }
        }
        func leave() { counts.withLock { $0.inside -= 1 } }
    }
}
