import Foundation
import Measurements
import Testing

@testable import Monitor

/// Where the files of these tests are, and how they are read.
enum ConfigurationFixtures {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Files").path(percentEncoded: false)

    static let environment = ["SECRET_VARIABLE": "hush-variable"]

    static func path(_ name: String) -> String { "\(folder)/\(name)" }

    static func names(prefix: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(".yml") }.sorted()
    }

    static func load(_ name: String) throws -> MonitorConfiguration {
        try ConfigurationReader(environment: environment).load(path: path(name))
    }

    static func read(_ text: String) throws -> MonitorConfiguration {
        try ConfigurationReader(environment: environment).read(text, file: path("memory.yml"))
    }
}
