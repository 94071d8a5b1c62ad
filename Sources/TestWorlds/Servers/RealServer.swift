import Glibc

/// How to start a server: its files and its command, once its directory and port are known.
public struct ServerRecipe: Sendable {
    struct Launch {
        var arguments: [String]
        /// The file with the access records; nil when they are on the standard output.
        var accessLog: String?
        var stopSignal = SIGTERM
    }

    /// The program, for ``ChildProcess/isInstalled(_:)``.
    public let program: String
    /// The scheme that the server speaks.
    public let scheme: String
    let address: String
    let prepare: @Sendable (TemporaryDirectory, UInt16) throws -> Launch
}

/// An HTTP server of the distribution that runs on loopback as long as a test needs it.
///
/// Everything it writes is in a temporary directory; it reads nothing below `/etc`. Each server
/// answers 200 to `/`, 204 to `/empty`, 404 to `/missing`, 503 to `/error`, a redirect to `/` on
/// `/moved`, one to itself on `/loop`, and 256 KiB on `/large`.
public final class RealServer: Sendable {
    /// The port it accepts on.
    public let port: UInt16
    /// The address it is bound to.
    public let address: String
    /// `http` or `https`.
    public let scheme: String
    /// Its process.
    public let process: ChildProcess
    private let directory: TemporaryDirectory
    private let accessLog: String?
    private let stopSignal: Int32

    /// Starts a server and returns when it accepts connections, within five seconds.
    ///
    /// Tries another port when the chosen one was taken meanwhile. Throws ``ChildProcessError``.
    public static func start(_ recipe: ServerRecipe) async throws -> RealServer {
        for _ in 0..<2 {
            if let server = try? await RealServer(recipe) { return server }
        }
        return try await RealServer(recipe)
    }

    private init(_ recipe: ServerRecipe) async throws {
        directory = try TemporaryDirectory(recipe.program)
        port = LoopbackPort.free(on: recipe.address)
        address = recipe.address
        scheme = recipe.scheme
        let launch = try recipe.prepare(directory, port)
        accessLog = launch.accessLog
        stopSignal = launch.stopSignal
        process = try ChildProcess(launch.arguments, outputPath: directory.file("output.log"))
        let clock = ContinuousClock()
        let end = clock.now + .seconds(5)
        while !LoopbackPort.accepts(address, port: port) {
            guard process.isRunning, clock.now < end else {
                let output = process.output
                process.stop(grace: .zero)
                throw ChildProcessError.notReady(program: recipe.program, output: output)
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        // Something else may have taken the port; then this process could not bind and ended.
        guard process.isRunning else {
            throw ChildProcessError.notReady(program: recipe.program, output: process.output)
        }
    }

    /// The URL of a path on this server, by its address.
    public func url(_ path: String = "/") -> String { "\(scheme)://\(address):\(port)\(path)" }

    /// The requests answered until now, in the order in which the server logged them.
    public func accessRecords() -> [AccessRecord] {
        let text = accessLog.map(directory.read) ?? process.output
        return text.split(separator: "\n").compactMap { AccessRecord(line: $0) }
    }

    /// The same when at least `count` are there, or what is there after two seconds.
    ///
    /// Servers log a request after its answer has left, so a client can be ahead of the log.
    public func accessRecords(atLeast count: Int) async throws -> [AccessRecord] {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(2)
        while true {
            let records = accessRecords()
            if records.count >= count || clock.now >= end { return records }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// What it printed, for the message of a failed test.
    public var output: String { process.output }

    /// Ends the server and everything it started; again does nothing.
    public func stop() {
        process.stop(signal: stopSignal)
        directory.remove()
    }

    deinit { stop() }
}

/// Starts a server, runs `body` with it, and ends it whatever happens.
public func withRealServer<Result>(
    _ recipe: ServerRecipe, _ body: (RealServer) async throws -> Result
) async throws -> Result {
    let server = try await RealServer.start(recipe)
    defer { server.stop() }
    return try await body(server)
}
