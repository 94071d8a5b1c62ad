public import Measurements

/// One client of the lab and how hard it works: the same for all clients, so that they compare.
public struct ClientLoad: Sendable {
    /// Who works.
    public var client: LabClient
    /// What is probed, over and over.
    public var target: Target
    /// Probes under way at once, 1 or more; a client that leaks is paced instead.
    public var concurrency: Int
    /// How long the load runs.
    public var duration: Duration
    /// Whether each probe of the shared client makes a new connection.
    public var fresh: Bool
    /// Event loops of the shared client; the others have one.
    public var loops: Int

    /// Makes a load.
    public init(
        client: LabClient, target: Target, concurrency: Int, duration: Duration,
        fresh: Bool = false, loops: Int = 1
    ) {
        self.client = client
        self.target = target
        self.concurrency = concurrency
        self.duration = duration
        self.fresh = fresh
        self.loops = loops
    }

    /// Called when the load has been measured; the client goes on and holds what it holds until
    /// it returns.
    public typealias Holding = (inout LabResult) async throws -> Void

    /// Runs the load in this process and measures the process around it.
    ///
    /// Throws ``ClientLoadFault`` when the client cannot probe the target, or NIO's error.
    public func run(
        started: () -> Void = {}, holding: Holding? = nil
    ) async throws -> LabResult {
        try refuseWhatIsUnknown()
        guard client != .shared else {
            return try await SharedClient(
                target: target, concurrency: concurrency, duration: duration, fresh: fresh,
                loops: loops
            ).run(started: started, holding: holding)
        }
        return try await WastefulClient(load: self, bounds: LeakBounds(duration: duration))
            .run(started: started, holding: holding)
    }
}

extension ClientLoad {
    /// Throws ``ClientLoadFault`` when the client cannot probe the target as it is described.
    public func refuseWhatIsUnknown() throws {
        guard client != .shared else { return }
        guard target.scheme == .http, target.request.credentials == .none, target.checks.isEmpty,
            !target.redirects.follow
        else {
            throw ClientLoadFault(
                "the client \(client.rawValue) knows plain HTTP without credentials, redirects "
                    + "and checks; the client shared knows all of it")
        }
    }
}

/// Why a client of the lab cannot probe a target, as a sentence.
public struct ClientLoadFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// What a person reads.
    public var description: String

    init(_ description: String) {
        self.description = description
    }
}

/// How far a leak of the lab may go: it stops before the descriptors of its process do, and
/// grows along a steady line until its time is up.
struct LeakBounds: Sendable, Equatable {
    /// Descriptors that are left for everything else, on both sides.
    static let reserve = 128
    /// Local ports for one destination are about 28,000 (ip_local_port_range); this is below.
    static let ceiling = 20_000
    /// How much of it is used when the measurement ends; the leak still goes on for a while.
    static let shareMeasured = 0.8

    /// The most connections that are held.
    var connections: Int
    private var seconds: Double

    init(duration: Duration, descriptorLimit: Int = ProcessUsage.descriptorLimit) {
        connections = max(1, min(descriptorLimit - Self.reserve, Self.ceiling))
        seconds = max(duration.inSeconds, 0.001)
    }

    /// Probes a second: the client's own pace, or less where the limit would be met before the
    /// end.
    func pace(_ wanted: Double) -> Double {
        min(wanted, Self.shareMeasured * Double(connections) / seconds)
    }
}
