import Measurements
import NIOCore
import NIOPosix
import ProbeScheduling

/// Starts the probes of a client that leaks or wastes and counts what comes of them.
///
/// Bound to its event loop; it must outlive its connections.
final class WastefulLoop {
    /// How long a place of the closed loop rests after a failure, so that a server that is gone
    /// is not asked as fast as it can refuse.
    private static let rest = TimeAmount.milliseconds(10)
    /// How often the deadlines of probes are looked at.
    private static let sweepInterval = TimeAmount.milliseconds(250)

    let client: LabClient
    let request: ByteBuffer
    private let load: ClientLoad
    private let bounds: LeakBounds
    private let address: NIOCore.SocketAddress
    private let eventLoop: any EventLoop
    private var tally = ClientTally()
    private var underWay: [ObjectIdentifier: WastefulProbe] = [:]
    /// Connections that are kept and will never be used again.
    private var held = 0
    private var mayStart = true
    private var sweeping: RepeatedTask?

    init(
        load: ClientLoad, bounds: LeakBounds, address: NIOCore.SocketAddress, request: ByteBuffer,
        eventLoop: any EventLoop
    ) {
        client = load.client
        self.load = load
        self.bounds = bounds
        self.address = address
        self.request = request
        self.eventLoop = eventLoop
    }

    // MARK: What the client's owner asks for

    /// Starts the load.
    func begin() {
        let me = NIOLoopBound(self, eventLoop: eventLoop)
        sweeping = eventLoop.scheduleRepeatedTask(
            initialDelay: Self.sweepInterval, delay: Self.sweepInterval
        ) { _ in me.value.sweep() }
        if let pace = client.pace {
            let nanoseconds = 1e9 / bounds.pace(pace)
            tick(at: .now(), every: .nanoseconds(Int64(nanoseconds)))
        } else {
            for _ in 0..<load.concurrency { startProbe() }
        }
    }

    /// Gives what was counted until now.
    ///
    /// The load goes on: what a client does wrong can only be seen while it does it, and a leak
    /// that has stopped looks like a pool.
    func endMeasuring() -> ClientTally { tally }

    /// Starts nothing more.
    func stop() {
        mayStart = false
        sweeping?.cancel()
    }

    // MARK: Starting

    private func tick(at time: NIODeadline, every interval: TimeAmount) {
        guard mayStart else { return }
        if held + underWay.count < bounds.connections { startProbe() }
        let me = NIOLoopBound(self, eventLoop: eventLoop)
        // From the planned time, not from now: the pace does not drift.
        eventLoop.scheduleTask(deadline: time + interval) {
            me.value.tick(at: time + interval, every: interval)
        }
    }

    private func startProbe() {
        let probe = WastefulProbe(owner: self, started: .now())
        underWay[ObjectIdentifier(probe)] = probe
        let bound = NIOLoopBound(probe, eventLoop: eventLoop)
        let isUnread = client == .unreadBody
        let limit = load.target.network.connectTimeout.nanoseconds
        var bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(.nanoseconds(limit))
            .channelOption(.autoRead, value: !isUnread)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(bound.value)
                }
            }
        if isUnread {
            // Spares the machine: without a limit each connection would pin far more memory of
            // the kernel, and show nothing more.
            bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: 16 << 10)
        }
        bootstrap.connect(to: address).whenFailure { error in
            bound.value.connectFailed(error)
        }
    }

    // MARK: What probes tell

    func connected() { tally.connects += 1 }

    /// A probe has its result; a failure gives its class.
    func ended(_ probe: WastefulProbe, _ failure: ProbeErrorClass?) {
        guard underWay.removeValue(forKey: ObjectIdentifier(probe)) != nil else { return }
        tally.probes += 1
        tally.latency.record(.nanoseconds((NIODeadline.now() - probe.started).nanoseconds))
        if let failure { tally.errors[failure, default: 0] += 1 }
        guard client.pace == nil, mayStart else { return }
        if failure == nil {
            startProbe()
        } else {
            let me = NIOLoopBound(self, eventLoop: eventLoop)
            eventLoop.scheduleTask(in: Self.rest) {
                if me.value.mayStart { me.value.startProbe() }
            }
        }
    }

    /// A connection stays open for nothing.
    func keeps() { held += 1 }

    /// The server ended a connection that was kept.
    func keptOneEnded() { held -= 1 }

    private func sweep() {
        let limit = TimeAmount.nanoseconds(load.target.timeout.nanoseconds)
        let now = NIODeadline.now()
        for probe in Array(underWay.values) where now - probe.started > limit {
            probe.timeOut()
        }
    }
}
