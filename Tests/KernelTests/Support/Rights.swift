import Foundation

/// What this process may do (capabilities(7)).
enum Rights {
    /// A right that a test needs, with its number.
    enum Capability: Int, CaseIterable {
        case setGroups = 6
        case setUser = 7
        case networkAdministration = 12
        case rawSockets = 13
        case traceOthers = 19
        case administration = 21
    }

    /// Whether a test that needs them can run; prints the reason when it cannot.
    static func has(_ needed: [Capability], for purpose: String) -> Bool {
        let missing = needed.filter { effective >> UInt64($0.rawValue) & 1 == 0 }
        if !missing.isEmpty {
            print("not run: \(purpose), this user lacks \(missing)")
        }
        return missing.isEmpty
    }

    private static let effective: UInt64 = {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        return line?.split(whereSeparator: \.isWhitespace).last
            .flatMap { UInt64($0, radix: 16) } ?? 0
    }()
}
