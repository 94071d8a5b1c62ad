// A URLSession for each request that is never invalidated: it keeps its connection.
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@main
struct SessionPerRequest {
    static func main() async throws {
        let name = CommandLine.arguments[1]
        let rate = Double(CommandLine.arguments[2]) ?? 5
        guard let url = URL(string: "http://\(name)/") else { return }
        var kept: [URLSession] = []
        let begin = Date()
        var written = Date.distantPast
        while true {
            if Date().timeIntervalSince(written) >= 1 {
                written = Date()
                let seconds = max(Date().timeIntervalSince(begin), 0.001)
                try append(
                    "{\"time\":\(written.timeIntervalSince1970),\"opened\":\(kept.count),"
                        + "\"closed\":0,\"leaked\":{\"socket\":\(kept.count)},"
                        + "\"rate\":\(Double(kept.count) / seconds),"
                        + "\"mistake\":\"a URLSession per request, never invalidated\"}\n")
            }
            let session = URLSession(configuration: .ephemeral)
            _ = try await session.data(from: url)
            kept.append(session)
            let due = begin.addingTimeInterval(Double(kept.count) / rate)
            try await Task.sleep(for: .seconds(max(0, due.timeIntervalSinceNow)))
        }
    }
}

/// Adds a line to the file that SOCKEYE_TRUTH names.
func append(_ line: String) throws {
    guard let path = ProcessInfo.processInfo.environment["SOCKEYE_TRUTH"] else { return }
    if !FileManager.default.fileExists(atPath: path) {
        _ = FileManager.default.createFile(atPath: path, contents: nil)
    }
    guard let file = FileHandle(forWritingAtPath: path) else { return }
    try file.seekToEnd()
    try file.write(contentsOf: Data(line.utf8))
    try file.close()
}
