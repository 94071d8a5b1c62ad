import ConnectionPooling
import HTTPProbing
import Logging
import Monitor
import Testing

@Suite struct MonitorServiceTests {
    /// Whoever runs services describes them for a log, whatever the log then keeps.
    @Test func `A service that is described tells nothing of its targets`() async throws {
        let configuration = try ConfigurationFixtures.read(
            """
            targets:
              - url: https://a.test/
                basic_auth: {username: u, password: hush-password}
                headers: {Cookie: hush-cookie}
            """)
        let board = StatusBoard()
        let engine = try await ProbeEngine(
            configuration: EngineConfiguration(limits: PoolLimits(descriptorBudget: 64)),
            sink: board)
        let service = MonitorService(
            initial: configuration, engine: engine, board: board, load: nil,
            logger: Logger(label: "test"))
        let text = "\([service]) \(service) \(String(reflecting: service))"
        #expect(!text.contains("hush"), "\(text)")
        #expect(!text.contains("a.test"), "\(text)")
        try await engine.shutdown()
    }
}
