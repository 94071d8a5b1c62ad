import Foundation

/// The files of this repository, as the rules see them.
enum SourceTree {
    /// The folder of `Package.swift`.
    static let root: URL = {
        var folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<4 { folder.deleteLastPathComponent() }
        return folder
    }()

    /// Every Swift file of the product, its tests and its benchmarks.
    static func swiftFiles() throws -> [SwiftFile] {
        try files(under: ["Sources", "Tests", "Benchmarks"], suffix: ".swift").map {
            SwiftFile(path: $0.path, text: $0.text)
        }
    }

    /// Every page of documentation.
    static func pages() throws -> [TextFile] {
        try files(under: ["docs", "Benchmarks"], suffix: ".md") + rootPages()
    }

    private static func rootPages() throws -> [TextFile] {
        try FileManager.default.contentsOfDirectory(atPath: root.path)
            .filter { $0.hasSuffix(".md") }.sorted().map(read)
    }

    private static func files(under folders: [String], suffix: String) throws -> [TextFile] {
        var paths: [String] = []
        for folder in folders {
            let start = root.appending(path: folder).path
            guard let walk = FileManager.default.enumerator(atPath: start) else { continue }
            for case let path as String in walk {
                // Build folders hold other people's files.
                let isForeign = path.split(separator: "/").contains { $0.hasPrefix(".build") }
                if !isForeign, path.hasSuffix(suffix) { paths.append("\(folder)/\(path)") }
            }
        }
        return try paths.sorted().map(read)
    }

    private static func read(_ path: String) throws -> TextFile {
        let data = try Data(contentsOf: root.appending(path: path))
        return TextFile(path: path, text: String(decoding: data, as: UTF8.self))
    }
}

/// A file by its path from the root.
struct TextFile {
    var path: String
    var text: String
}
