import ConnectionPooling
import Foundation
import HTTPProbing
import Measurements
import Synchronization
import TestWorlds
import Testing

/// Every fault at once, beside healthy targets, on one pool.
///
/// `SOCKEYE_STORM_PROBES` says how many probes each fault gets; 60 when it does not.
@Suite(.serialized, .noLeakedDescriptors)
struct StormTests {
    /// How many probes of one fault are under way at once.
    private static let shares = 10
    private static var probesPerFault: Int {
        ProcessInfo.processInfo.environment["SOCKEYE_STORM_PROBES"].flatMap(Int.init) ?? 60
    }

    private static func target(_ fault: ServerFault, _ server: MisbehavingServer, root: String)
        -> Target
    {
        var target = loopbackTarget(
            server.port(of: fault), scheme: fault.needsTLS ? .https : .http)
        target.timeout = deadline(of: fault)
        target.tls.caFile = root
        target.limits.bodyBytes = 1 << 20
        target.limits.decodedBytes = 1 << 20
        target.request.compression = [.gzip]
        target.redirects.follow = fault == .redirectLoop || fault == .redirectNowhere
        return target
    }

    /// Long where something else has to end the probe, or has to come first, on a busy machine.
    private static func deadline(of fault: ServerFault) -> Duration {
        guard isEndedByDeadline(fault) else { return .seconds(20) }
        return fault == .fullQueue ? .milliseconds(400) : .seconds(2)
    }

    private static func isEndedByDeadline(_ fault: ServerFault) -> Bool {
        fault.expectation.errors.contains(.timeout)
    }

    /// What was seen of one fault.
    fileprivate struct Sightings {
        var probes = 0
        var wrong: [String] = []
        var latest = Duration.zero
        var reused = 0
        var retried = 0
    }

    /// The sightings of every fault, from all the tasks that probe.
    private final class Ledger: Sendable {
        private let sightings = Mutex<[ServerFault: Sightings]>([:])

        func note(_ outcome: ProbeOutcome, of fault: ServerFault) {
            sightings.withLock { StormTests.note(outcome, fault, &$0[fault, default: .init()]) }
        }

        var all: [ServerFault: Sightings] { sightings.withLock { $0 } }
    }

    @Test func `every fault gets its verdict, and healthy targets stay green`() async throws {
        let certificates = try TestCertificates.make()
        let server = try await MisbehavingServer.start(identity: certificates.identity(.good))
        let sink = OutcomeCollector()
        let seen = Ledger()
        let root = certificates.file(.root)
        try await withEngine(sink: sink) { engine in
            try await engine.setTargets(Self.healthyTargets(port: server.healthyPort))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for fault in ServerFault.allCases {
                    let target = Self.target(fault, server, root: root)
                    for share in 0..<Self.shares {
                        group.addTask {
                            for number in 0..<Self.probesPerFault
                            where number % Self.shares == share {
                                let outcome = try await engine.probe(target)
                                seen.note(outcome, of: fault)
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await engine.flush()
        }
        let sightings = seen.all
        for fault in ServerFault.allCases {
            let sighting = try #require(sightings[fault])
            #expect(sighting.probes == Self.probesPerFault)
            #expect(sighting.wrong.isEmpty, "\(fault): \(sighting.wrong.prefix(3))")
            if fault != .refused, fault != .fullQueue {
                #expect(server.fired(fault) > 0, "\(fault) never happened")
            }
        }
        // What came after a response spoils its connection, and only a stale one is asked again.
        for fault in [ServerFault.lengthTooShort, .extraResponse] {
            #expect(sightings[fault]?.reused == 0, "\(fault)")
        }
        for fault in ServerFault.allCases
        where ![.staleClose, .idleClose, .idleReset].contains(fault) {
            #expect(sightings[fault]?.retried == 0, "\(fault)")
        }
        #expect(sightings[.staleClose]?.retried ?? 0 > 0)
        #expect(!sink.outcomes.isEmpty)
        let red = sink.completed.filter { $0.error != .noError }
        #expect(
            red.isEmpty,
            "\(red.count) healthy probes failed, the first with \(String(describing: red.first?.failure))"
        )
        try await server.stop()
        let latest = sightings.values.map(\.latest).max() ?? .zero
        print(
            "storm: \(ServerFault.allCases.count) faults, \(Self.probesPerFault) probes each, "
                + "\(sink.outcomes.count) healthy probes; the latest end after a deadline was "
                + DurationText.format(latest))
    }

    private static func healthyTargets(port: UInt16) -> [TargetReference] {
        (0..<50).map { index in
            var target = loopbackTarget(port)
            target.id = TargetID(rawValue: "healthy \(index)")
            target.interval = .milliseconds(500)
            target.timeout = .seconds(5)
            return TargetReference(target)
        }
    }

    fileprivate static func note(
        _ outcome: ProbeOutcome, _ fault: ServerFault, _ sighting: inout Sightings
    ) {
        sighting.probes += 1
        if outcome.connection?.reused == true { sighting.reused += 1 }
        if outcome.attempts > 1 { sighting.retried += 1 }
        let expected = fault.expectation
        let phase = outcome.failure?.phase
        let isRight =
            expected.errors.contains(outcome.error)
            && (expected.phases.isEmpty
                ? phase == nil : phase.map(expected.phases.contains) == true)
        if !isRight {
            sighting.wrong.append(
                "\(outcome.error.rawValue) in \(phase?.rawValue ?? "no phase"): "
                    + (outcome.failure?.detail ?? ""))
        }
        if isEndedByDeadline(fault) {
            sighting.latest = max(sighting.latest, outcome.elapsed - deadline(of: fault))
        }
    }
}
