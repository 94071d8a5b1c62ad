/// Looks at a process as `sockeye inspect` does; the lab asks for it and does not know how.
public protocol ProcessInspecting: Sendable {
    /// Looks at a process of this machine now.
    ///
    /// - Parameter pid: A child of this process that is alive and goes on with its load.
    /// - Throws: Whatever kept it from looking; its description is a sentence for people.
    func inspect(pid: Int32) async throws -> LabInspection
}

/// What an inspection said of a client.
public struct LabInspection: Sendable, Equatable {
    /// One thing that was found.
    public struct Finding: Sendable, Equatable {
        /// The name of the rule, such as `unread-body`.
        public var rule: String
        /// What is wrong, in one sentence without a full stop.
        public var title: String

        /// Makes a finding.
        public init(rule: String, title: String) {
            self.rule = rule
            self.title = title
        }
    }

    /// Sockets of the process.
    public var sockets: Int
    /// Sockets that are in no table of the kernel.
    public var ghosts: Int
    /// What was found, the most harmful first; empty for a healthy process.
    public var findings: [Finding]

    /// Makes an inspection.
    public init(sockets: Int, ghosts: Int, findings: [Finding]) {
        self.sockets = sockets
        self.ghosts = ghosts
        self.findings = findings
    }
}
