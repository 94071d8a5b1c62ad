import Measurements
import Testing

@testable import Monitor

@Suite struct DifferenceTests {
    @Test func `A reload is told apart target by target`() throws {
        let old = try ConfigurationFixtures.read(
            "targets: [http://a.test/, http://b.test/, http://c.test/]\n")
        let new = try ConfigurationFixtures.read(
            """
            targets:
              - http://d.test/
              - {url: "http://b.test/", timeout: 1s}
              - http://a.test/
            """)
        let difference = ConfigurationDifference(from: old, to: new)
        #expect(difference.added.map(\.rawValue) == ["http://d.test/"])
        #expect(difference.removed.map(\.rawValue) == ["http://c.test/"])
        #expect(difference.changed.map(\.rawValue) == ["http://b.test/"])
        #expect(difference.unchanged == 1)
        #expect("\(difference)" == "1 added, 1 removed, 1 changed, 1 unchanged")
    }

    @Test func `What a reload cannot take in is said`() throws {
        let old = try ConfigurationFixtures.read("targets: [http://a.test/]\n")
        let new = try ConfigurationFixtures.read("pool: {mode: fixed}\ntargets: [http://a.test/]\n")
        #expect(
            "\(ConfigurationDifference(from: old, to: new))"
                == "0 added, 0 removed, 0 changed, 1 unchanged; the settings of pool, worker or "
                + "dns changed too and need a restart")
    }
}
