import HTTPWire
import Measurements
import NIOCore
import NIOPosix
import ProbeScheduling

/// Runs one of the clients that leak or waste on an event loop of its own, and measures it.
struct WastefulClient: Sendable {
    var load: ClientLoad
    var bounds: LeakBounds

    func run(started: () -> Void, holding: ClientLoad.Holding?) async throws -> LabResult {
        let request = try encodedRequest()
        let address = try NIOCore.SocketAddress.makeAddressResolvingHost(
            load.target.address, port: load.target.port)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            let eventLoop = group.next()
            let load = load
            let bounds = bounds
            let loop = try await eventLoop.submit {
                NIOLoopBound(
                    WastefulLoop(
                        load: load, bounds: bounds, address: address, request: request,
                        eventLoop: eventLoop),
                    eventLoop: eventLoop)
            }.get()
            let result = try await measure(loop, started: started, holding: holding)
            try await group.shutdownGracefully()
            return result
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
    }

    private func measure(
        _ loop: NIOLoopBound<WastefulLoop>, started: () -> Void, holding: ClientLoad.Holding?
    ) async throws -> LabResult {
        let processorStart = ProcessUsage.processorTime
        let clock = ContinuousClock()
        let start = clock.now
        started()
        try await loop.eventLoop.submit { loop.value.begin() }.get()
        try await Task.sleep(until: start + load.duration, clock: clock)
        let (tally, processorEnd, sockets) = try await loop.eventLoop.submit {
            // At one moment: nothing starts or ends meanwhile, and the count costs the client
            // nothing.
            let end = ProcessUsage.processorTime
            return (loop.value.endMeasuring(), end, ProcessUsage.sockets())
        }.get()
        var result = LabResult(client: load.client.rawValue)
        result.duration = clock.now - start
        result.processorTime = processorEnd - processorStart
        result.peakSockets = sockets
        result.timeWait = TimeWaitTable.count(port: load.target.port)
        result.maximumResidentBytes = ProcessUsage.maximumResidentBytes
        result.probes = tally.probes
        result.connects = tally.connects
        result.p50 = tally.latency.quantile(0.5)
        result.p99 = tally.latency.quantile(0.99)
        result.errors = ProbeErrorClass.allCases.compactMap { error in
            tally.errors[error].map { (class: error, count: $0) }
        }
        try await holding?(&result)
        try await loop.eventLoop.submit { loop.value.stop() }.get()
        return result
    }

    private func encodedRequest() throws -> ByteBuffer {
        let target = load.target
        do throws(RequestFault) {
            let bytes = try RequestEncoder.encode(
                method: target.request.method, target: target.path, authority: target.authority,
                fields: [(name: "User-Agent", value: target.request.userAgent)]
                    + target.request.headers.map { (name: $0.name, value: $0.value) },
                body: target.request.body, closeAfter: load.client == .noKeepalive)
            return ByteBuffer(bytes: bytes)
        } catch {
            throw ClientLoadFault("\(error)")
        }
    }
}

/// What a client has done so far.
struct ClientTally: Sendable {
    var probes = 0
    var connects = 0
    var latency = LatencyHistogram()
    var errors: [ProbeErrorClass: Int] = [:]
}
