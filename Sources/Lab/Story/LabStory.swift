public import Measurements

/// The whole story: each client in a process of its own, one after another, against a server of
/// the lab or one that the user names, watched from outside.
public struct LabStory: Sendable {
    /// Who works, in this order.
    public var clients: [LabClient]
    /// What is probed; nil starts a server for each client, so that none sees another's leavings.
    public var target: Target?
    /// How each client is started.
    public var launch: ClientLaunch
    /// How long each load runs.
    public var duration: Duration
    /// Who says what is wrong with a client; nil leaves that open.
    public var inspector: (any ProcessInspecting)?

    /// From one look at a client's sockets to the next.
    static let sampleInterval = Duration.milliseconds(100)
    /// The same until the client starts.
    static let startInterval = Duration.milliseconds(5)
    /// How long after its time a client may be silent.
    static let patience = Duration.seconds(20)

    /// The soft limit on descriptors of this process, which its clients inherit.
    public static var descriptorLimit: Int { ProcessUsage.descriptorLimit }
    /// The most probes that a client can have under way, with a reserve for everything else.
    public static var mostUnderWay: Int { max(1, descriptorLimit - LeakBounds.reserve) }

    /// Makes a story.
    public init(
        clients: [LabClient], target: Target?, launch: ClientLaunch, duration: Duration,
        inspector: (any ProcessInspecting)?
    ) {
        self.clients = clients
        self.target = target
        self.launch = launch
        self.duration = duration
        self.inspector = inspector
    }

    /// Runs the clients; each is told of when it starts and when it is done.
    ///
    /// No process and no socket of the lab is left when this returns or throws.
    ///
    /// Throws ``ClientProcessFault``, or NIO's error when the server cannot listen.
    public func run(
        beginning: (LabClient) -> Void, done: (LabRun) -> Void
    ) async throws -> [LabRun] {
        var runs: [LabRun] = []
        for client in clients {
            beginning(client)
            let run = try await self.run(client)
            done(run)
            runs.append(run)
        }
        return runs
    }

    private func run(_ client: LabClient) async throws -> LabRun {
        if let target { return try await watch(client, url: target.url) }
        let server = try await LabServer.start()
        do {
            let path = client == .unreadBody ? LabServer.largePath : LabServer.smallPath
            let run = try await watch(client, url: "http://127.0.0.1:\(server.port)\(path)")
            try await server.stop()
            return run
        } catch {
            try? await server.stop()
            throw error
        }
    }

    private func watch(_ client: LabClient, url: String) async throws -> LabRun {
        let child = try ClientProcess(
            client: client.rawValue, program: launch.program,
            arguments: launch.arguments(client, url))
        do {
            let run = try await sample(child, client)
            await child.end()
            return run
        } catch {
            await child.end()
            throw error
        }
    }

    private func sample(_ child: ClientProcess, _ client: LabClient) async throws -> LabRun {
        var samples: [LabRun.Sample] = []
        let clock = ContinuousClock()
        var start: ContinuousClock.Instant?
        let deadline = clock.now + duration + Self.patience
        while true {
            while let message = try child.nextMessage() {
                switch message {
                case .started: start = clock.now
                case .measured(var result):
                    result.peakSockets = max(
                        result.peakSockets, samples.map(\.sockets).max() ?? 0)
                    await result.inspect(pid: child.id, with: inspector)
                    return LabRun(client: client, result: result, samples: samples)
                }
            }
            guard clock.now < deadline else {
                throw ClientProcessFault.silent(client: client.rawValue)
            }
            if let start {
                let time = clock.now - start
                let sockets = ProcessUsage.sockets(of: "\(child.id)")
                // What it does after its time is not part of its line.
                if time <= duration {
                    samples.append(LabRun.Sample(time: time, sockets: sockets))
                }
            }
            // Until it starts it is looked at often, so that both clocks begin together.
            try await Task.sleep(for: start == nil ? Self.startInterval : Self.sampleInterval)
        }
    }
}

/// How the process of a client is started.
public struct ClientLaunch: Sendable {
    /// The path of the program.
    public var program: String
    /// Its arguments, its own name first, for a client and the URL that it probes.
    public var arguments: @Sendable (_ client: LabClient, _ url: String) -> [String]

    /// Makes a launch.
    public init(
        program: String,
        arguments: @escaping @Sendable (_ client: LabClient, _ url: String) -> [String]
    ) {
        self.program = program
        self.arguments = arguments
    }
}

/// What one client did, and how its sockets grew.
public struct LabRun: Sendable {
    /// A look at the client's descriptors.
    public struct Sample: Sendable, Equatable {
        /// Since the load started.
        public var time: Duration
        /// Sockets that the process held.
        public var sockets: Int

        /// Makes a sample.
        public init(time: Duration, sockets: Int) {
            self.time = time
            self.sockets = sockets
        }
    }

    /// Who it was.
    public var client: LabClient
    /// What it did.
    public var result: LabResult
    /// Its sockets over time, in order.
    public var samples: [Sample]

    /// Makes a run.
    public init(client: LabClient, result: LabResult, samples: [Sample]) {
        self.client = client
        self.result = result
        self.samples = samples
    }
}
