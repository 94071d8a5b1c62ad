public import Measurements

/// Everything that a worker is told: what to probe, and what it may use for it.
public struct MonitorConfiguration: Hashable, Sendable {
    /// What is probed, in the order of the text; identities and names are unique.
    public var targets: [Target]
    /// What the pool may hold.
    public var pool: PoolSettings
    /// How the worker is sized.
    public var worker: WorkerSettings
    /// How names are resolved.
    public var dns: DNSSettings
    /// What is allowed and yet should be known, one sentence each, with its place.
    public var warnings: [String]

    /// Makes a configuration of targets, with the default for everything else.
    public init(targets: [Target] = []) {
        self.targets = targets
        pool = PoolSettings()
        worker = WorkerSettings()
        dns = DNSSettings()
        warnings = targets.compactMap(Self.insecurityWarning)
    }

    /// What has to be said at every start of a target whose certificates are not verified.
    static func insecurityWarning(_ target: Target) -> String? {
        guard target.tls.insecureSkipVerify else { return nil }
        return "\(target.name): certificates are not verified (insecure_skip_verify); every "
            + "result is marked verified: false"
    }
}
