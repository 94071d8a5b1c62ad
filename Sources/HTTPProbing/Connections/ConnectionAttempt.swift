import ConnectionPooling
import Glibc
import Measurements
import NIOCore
import NIOPosix

/// The making of one TCP connection: names resolved, addresses raced (RFC 8305), the first that
/// answers taken.
///
/// Performs what ``ConnectionRace`` decides.
///
/// Bound to its loop. Exactly one of `won` and `lost` is called, unless the attempt is cancelled.
final class ConnectionAttempt {
    /// What the owner is told.
    struct Callbacks {
        /// The first attempt on an address begins: the resolve phase is over.
        var connecting: () -> Void
        /// A connection is made and DNS has not said everything yet: what it said so far.
        var partlyResolved: (DNSFacts) -> Void
        /// DNS said everything it will say; at any time, after the end of the race too.
        var resolved: (DNSFacts) -> Void
        var won: (any Channel, ResolvedAddress) -> Void
        var lost: (ProbeFailure) -> Void
    }

    private let eventLoop: any EventLoop
    private let origin: Origin
    private let callbacks: Callbacks
    private var race: ConnectionRace
    private var channels: [Int: any Channel] = [:]
    private var addresses: [ResolvedAddress] = []
    private var resolution: ResolutionHandle?
    private var resolutionDelay: Scheduled<Void>?
    private var attemptDelay: Scheduled<Void>?
    private var hasBegunConnecting = false
    /// What DNS has said before it said everything.
    private var answers: [FamilyAnswer] = []
    private var isResolved = false
    private var isCancelled = false

    init(origin: Origin, eventLoop: any EventLoop, callbacks: Callbacks) {
        self.origin = origin
        self.eventLoop = eventLoop
        self.callbacks = callbacks
        race = ConnectionRace(families: Self.families(of: origin))
    }

    /// Begins.
    ///
    /// An address that is a literal is not resolved.
    func start(resolver: Resolver, fresh: Bool, at now: MonotonicInstant) {
        if let literal = ResolvedAddress(literal: origin.address) {
            race = ConnectionRace(families: [literal.family])
            perform(race.handle(.familyAnswered(literal.family, [literal])))
            return
        }
        let me = NIOLoopBound(self, eventLoop: eventLoop)
        let eventLoop = eventLoop
        resolution = resolver.resolve(
            origin.address, settings: origin.network, fresh: fresh, now: now
        ) { event in
            if eventLoop.inEventLoop {
                me.value.take(event)
            } else {
                eventLoop.execute { me.value.take(event) }
            }
        }
    }

    /// Closes whatever there is; nothing is called back any more.
    func cancel() {
        guard !isCancelled else { return }
        isCancelled = true
        perform(race.handle(.abandoned))
        stopWaiting()
    }

    private func stopWaiting() {
        resolution?.cancel()
        resolution = nil
        resolutionDelay?.cancel()
        attemptDelay?.cancel()
    }

    private func take(_ event: ResolutionEvent) {
        guard !isCancelled else { return }
        switch event {
        case .answered(let answer):
            answers.append(answer)
            guard !race.isOver else { return }
            perform(race.handle(.familyAnswered(answer.family, answer.addresses)))
        case .failed(let family, let failure):
            guard !race.isOver else { return }
            perform(
                race.handle(
                    .familyFailed(
                        family,
                        ProbeFailure(
                            failure.errorClass, phase: .resolve, fault: failure.fault,
                            detail: failure.detail))))
        case .done(.success(let facts)):
            isResolved = true
            callbacks.resolved(facts)
        case .done(.failure):
            break
        }
    }

    private func perform(_ actions: [ConnectionRace.Action]) {
        for action in actions {
            switch action {
            case .start(let attempt, let address):
                connect(attempt, to: address)
            case .armResolutionDelay(let delay):
                resolutionDelay?.cancel()
                resolutionDelay = arm(delay, .resolutionDelayPassed)
            case .armAttemptDelay(let delay):
                attemptDelay?.cancel()
                attemptDelay = arm(delay, .attemptDelayPassed)
            case .cancel(let attempt):
                channels.removeValue(forKey: attempt)?.close(mode: .all, promise: nil)
            case .won(let attempt):
                guard let channel = channels.removeValue(forKey: attempt) else {
                    preconditionFailure("the winner of a race has a channel")
                }
                if !isResolved, !answers.isEmpty { callbacks.partlyResolved(factsSoFar) }
                callbacks.won(channel, addresses[attempt])
            case .failed(let failure):
                stopWaiting()
                callbacks.lost(failure)
            }
        }
    }

    private var factsSoFar: DNSFacts {
        DNSFacts(
            addresses: answers.flatMap(\.addresses).map(\.text),
            changed: answers.contains(where: \.changed),
            cached: answers.allSatisfy(\.cached))
    }

    private func arm(_ delay: Duration, _ event: ConnectionRace.Event) -> Scheduled<Void> {
        let me = NIOLoopBound(self, eventLoop: eventLoop)
        return eventLoop.scheduleTask(in: .nanoseconds(delay.nanoseconds)) {
            let me = me.value
            if !me.isCancelled { me.perform(me.race.handle(event)) }
        }
    }

    // MARK: One address

    private func connect(_ attempt: Int, to address: ResolvedAddress) {
        if !hasBegunConnecting {
            hasBegunConnecting = true
            callbacks.connecting()
        }
        while addresses.count <= attempt { addresses.append(address) }
        let destination: NIOCore.SocketAddress
        do {
            destination = try SocketAddress(ipAddress: address.text, port: origin.port)
        } catch {
            preconditionFailure("\(address.text) is an address and \(origin.port) a port")
        }
        let me = NIOLoopBound(self, eventLoop: eventLoop)
        let eventLoop = eventLoop
        bootstrap(attempt).connect(to: destination).whenComplete { result in
            // A refusal can come before connect returns: the race hears of it in a later turn.
            eventLoop.preconditionInEventLoop()
            switch result {
            case .success: me.value.succeeded(attempt)
            case .failure(let error):
                let failure = SocketFailures.connecting(error)
                eventLoop.execute { me.value.failed(attempt, failure) }
            }
        }
    }

    private func succeeded(_ attempt: Int) {
        guard channels[attempt] != nil else { return }
        perform(race.handle(.connected(attempt)))
        if race.isOver { stopDelays() }
    }

    private func failed(_ attempt: Int, _ failure: ProbeFailure) {
        channels[attempt] = nil
        guard !isCancelled else { return }
        perform(race.handle(.attemptFailed(attempt, failure)))
    }

    private func stopDelays() {
        resolutionDelay?.cancel()
        attemptDelay?.cancel()
    }

    private func bootstrap(_ attempt: Int) -> ClientBootstrap {
        let me = NIOLoopBound(self, eventLoop: eventLoop)
        let limit = TimeAmount.nanoseconds(origin.network.connectTimeout.nanoseconds)
        var bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(limit)
            .channelInitializer { channel in
                // The channel is known before it connects, so that a deadline can close it.
                me.value.channels[attempt] = channel
                return channel.eventLoop.makeSucceededVoidFuture()
            }
        let idle = origin.network.keepalive.nanoseconds / 1_000_000_000
        if idle > 0 {
            bootstrap =
                bootstrap
                .channelOption(.socketOption(.so_keepalive), value: 1)
                .channelOption(
                    .tcpOption(NIOBSDSocket.Option(rawValue: TCP_KEEPIDLE)), value: Int(idle)
                )
                .channelOption(
                    .tcpOption(NIOBSDSocket.Option(rawValue: TCP_KEEPINTVL)), value: Int(idle))
        }
        return bootstrap
    }

    private static func families(of origin: Origin) -> [ResolvedFamily] {
        switch origin.network.family {
        case .any: [.ipv6, .ipv4]
        case .ipv4: [.ipv4]
        case .ipv6: [.ipv6]
        }
    }
}
