import ConnectionPooling
import Dispatch
public import Measurements
import NIOCore
import NIOPosix
import ProbeScheduling

/// Probes targets, on a schedule or one at a time, on one shared and bounded pool of connections.
///
/// The engine owns its event loops, its resolver thread and every socket. ``shutdown()`` gives
/// all of them back; an engine that is dropped without it is a programmer's error.
///
/// A target belongs to the event loop that its origin hashes to, so targets of one origin always
/// share connections.
public final class ProbeEngine: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let loops: [NIOLoopBound<ProbeLoop>]
    private let configuration: EngineConfiguration
    private let worlds: EngineWorlds

    /// Starts the event loops.
    ///
    /// Nothing is probed yet.
    ///
    /// - Parameters:
    ///   - configuration: The limits; they are divided among the loops.
    ///   - sink: Where the outcomes of scheduled probes go.
    public init(
        configuration: EngineConfiguration, sink: any ProbeOutcomeSink,
        resolver: ResolverConfiguration = ResolverConfiguration()
    ) async throws {
        precondition(configuration.loops >= 1, "an engine has at least one event loop")
        self.configuration = configuration
        let worlds = EngineWorlds(
            sink: sink, tlsContexts: TLSContexts(), resolver: Resolver(configuration: resolver),
            matchers: RE2MatcherFactory(), wallClock: { WallClock.now() })
        self.worlds = worlds
        let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.loops)
        self.group = group
        let limits = configuration.limits.divided(by: configuration.loops)
        let maxInFlight = max(1, configuration.maxInFlight / configuration.loops)
        var loops: [NIOLoopBound<ProbeLoop>] = []
        for _ in 0..<configuration.loops {
            let eventLoop = group.next()
            let loop = try await eventLoop.submit {
                NIOLoopBound(
                    ProbeLoop(
                        eventLoop: eventLoop, configuration: configuration, limits: limits,
                        maxInFlight: maxInFlight, worlds: worlds),
                    eventLoop: eventLoop)
            }.get()
            loops.append(loop)
        }
        self.loops = loops
    }

    /// Makes the scheduled targets exactly these, on the fly.
    ///
    /// Unchanged targets keep their schedule and their connections; identifiers must be unique.
    public func setTargets(_ targets: [TargetReference]) async throws {
        var shares = [[TargetReference]](repeating: [], count: loops.count)
        for target in targets { shares[share(of: target.value.origin)].append(target) }
        let firstRound: FirstProbe =
            configuration.firstRound.map { .soon(within: $0) } ?? .spread
        for (loop, share) in zip(loops, shares) {
            try await on(loop) { $0.setTargets(share, firstRound: firstRound) }
        }
    }

    /// Probes one target now and waits for the outcome.
    ///
    /// - Parameter fresh: Ask for fresh DNS, TCP and TLS; otherwise an idle connection is used.
    public func probe(_ target: Target, fresh: Bool = false) async throws -> ProbeOutcome {
        let loop = loops[share(of: target.origin)]
        return try await withCheckedThrowingContinuation { continuation in
            loop.eventLoop.execute {
                let loop = loop.value
                guard !loop.isDraining else {
                    continuation.resume(throwing: ProbeEngineClosed())
                    return
                }
                let compiled = loop.adHocTarget(target)
                loop.start(
                    compiled, wantsFresh: fresh, lateness: .zero,
                    origination: .caller { continuation.resume(returning: $0) }, at: loop.now())
            }
        }
    }

    /// Keeps `concurrency` probes under way on every loop together for a time; outcomes go to
    /// the sink.
    public func drive(
        _ targets: [Target], concurrency: Int, for duration: Duration, fresh: Bool = false
    ) async throws {
        precondition(!targets.isEmpty && concurrency >= loops.count, "a load needs targets")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, loop) in loops.enumerated() {
                let share =
                    concurrency / loops.count + (index < concurrency % loops.count ? 1 : 0)
                group.addTask {
                    await withCheckedContinuation { continuation in
                        loop.eventLoop.execute {
                            let loop = loop.value
                            let load = ClosedLoop(
                                targets: targets.map { loop.adHocTarget($0) },
                                ends: loop.now() + duration, wantsFresh: fresh,
                                completion: { continuation.resume() })
                            loop.run(load, concurrency: share)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// What the engine has done and holds, all loops together.
    public func statistics() async throws -> EngineStatistics {
        var sum = EngineStatistics()
        for loop in loops {
            sum.merge(try await on(loop) { $0.currentStatistics() })
        }
        return sum
    }

    /// Hands every waiting outcome to the sink.
    public func flush() async throws {
        for loop in loops { try await on(loop) { $0.flush() } }
    }

    /// Reads certificate files again at the next handshake.
    public func reloadCertificates() { worlds.tlsContexts.invalidate() }

    /// Stops: nothing new starts, what is under way ends within its own deadline, every
    /// connection is closed, and the threads are given back.
    ///
    /// - Parameter cancelling: Do not wait for the probes under way; they end as `cancelled`.
    public func shutdown(cancelling: Bool = false) async throws {
        for loop in loops {
            await withCheckedContinuation { continuation in
                loop.eventLoop.execute {
                    loop.value.drain(cancelling: cancelling) { continuation.resume() }
                }
            }
        }
        await withCheckedContinuation { continuation in
            let resolver = worlds.resolver
            // Joining a thread blocks; the concurrency pool's threads must not.
            DispatchQueue.global().async {
                resolver.shutdown()
                continuation.resume()
            }
        }
        try await group.shutdownGracefully()
    }

    private func share(of origin: Origin) -> Int {
        loops.count == 1 ? 0 : Int(stableHash(of: origin) % UInt64(loops.count))
    }

    private func on<Value: Sendable>(
        _ loop: NIOLoopBound<ProbeLoop>, _ body: @escaping @Sendable (ProbeLoop) -> Value
    ) async throws -> Value {
        try await loop.eventLoop.submit { body(loop.value) }.get()
    }
}

/// The engine was shut down.
public struct ProbeEngineClosed: Error, CustomStringConvertible {
    /// A sentence for people.
    public var description: String { "the probe engine is shut down" }
}
