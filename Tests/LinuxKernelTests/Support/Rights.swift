import Foundation
import TestWorlds

/// What this process may do, and what is there to be run.
enum Rights {
    /// Whether we have a capability (capabilities(7)); prints the reason when a test cannot run.
    static func has(_ capability: Int, called name: String, for purpose: String) -> Bool {
        let isThere = effective >> UInt64(capability) & 1 != 0
        if !isThere { print("not run: \(purpose), this user lacks \(name)") }
        return isThere
    }

    private static let effective: UInt64 = {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        return line?.split(whereSeparator: \.isWhitespace).last
            .flatMap { UInt64($0, radix: 16) } ?? 0
    }()

    /// Whether another namespace can be made and entered.
    static let mayEnterNamespaces = has(
        21, called: "CAP_SYS_ADMIN", for: "sockets of another network namespace")

    /// Whether a program is installed; prints the reason when a test cannot run.
    static func isInstalled(_ program: String, for purpose: String) -> Bool {
        let places = ["/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/", "/usr/local/bin/"]
        let isThere = places.contains {
            FileManager.default.isExecutableFile(atPath: $0 + program)
        }
        if !isThere { print("not run: \(purpose), \(program) is not installed") }
        return isThere
    }
}
