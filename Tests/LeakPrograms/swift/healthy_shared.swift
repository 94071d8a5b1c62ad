// Healthy: URLSession.shared for all requests.
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@main
struct HealthyShared {
    static func main() async throws {
        let name = CommandLine.arguments[1]
        let rate = Double(CommandLine.arguments[2]) ?? 5
        guard let url = URL(string: "http://\(name)/") else { return }
        try append(
            "{\"time\":\(Date().timeIntervalSince1970),\"opened\":0,\"closed\":0,\"leaked\":{},"
                + "\"rate\":0,\"mistake\":null}\n")
        while true {
            _ = try await URLSession.shared.data(from: url)
            try await Task.sleep(for: .seconds(1 / rate))
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
