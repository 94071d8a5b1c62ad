import Measurements
import Testing

@testable import Monitor

@Suite struct RenderingTests {
    @Test(arguments: ["valid-full.yml", "valid-discovery.yml"])
    func `What is shown can be loaded again and means the same`(name: String) throws {
        let configuration = try ConfigurationFixtures.load(name)
        let again = try ConfigurationFixtures.read(configuration.yaml)
        #expect(again.targets == configuration.targets)
        #expect(again.worker == configuration.worker)
        #expect(again.dns == configuration.dns)
        #expect(
            again.pool.limits(descriptorBudget: 1 << 20)
                == configuration.pool.limits(descriptorBudget: 1 << 20))
        #expect(again.yaml == configuration.yaml)
    }

    @Test(arguments: [
        "plain", "true", "null", "12", "", " a", "a: b", "- a", "#", "\"q\"", "a\nb", "\u{7F}",
        "é 🐟", "*x", "?", "~", "a\\b", "2001-01-01", "on",
    ])
    func `Every text survives being shown`(text: String) throws {
        var configuration = MonitorConfiguration(targets: [Target(address: "a.test")])
        configuration.targets[0].tags = ["key": text]
        let again = try ConfigurationFixtures.read(configuration.yaml)
        #expect(again.targets.first?.tags["key"] == text)
    }

    @Test func `JSON has the keys of YAML`() throws {
        let configuration = try ConfigurationFixtures.load("valid-full.yml")
        var json = JSONWriter()
        configuration.write(to: &json)
        let again = try ConfigurationFixtures.read(json.text)
        #expect(again.targets == configuration.targets)
    }
}
