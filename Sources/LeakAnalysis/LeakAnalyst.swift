/// Says what is wrong with a process's sockets, from one snapshot.
public enum LeakAnalyst {
    private static var rules: [any LeakRule.Type] {
        [
            NearLimitRule.self, GhostNeverConnectedRule.self, GhostConnectFailedRule.self,
            GhostResetRule.self, GhostClosedRule.self, CloseWaitRule.self, InboundUnclosedRule.self,
            UnreadBodyRule.self, AbandonedConnectionsRule.self, NoResponseTimeoutRule.self,
            UnusedDialRule.self, UnreachablePeerRule.self, ChurnRule.self, SelectorLeakRule.self,
            DescriptorLeakRule.self, ListenOverflowRule.self, ForeignNamespaceRule.self,
        ]
    }

    /// The findings, the most harmful first; empty for a healthy process.
    public static func findings(in snapshot: Snapshot) -> [Finding] {
        let census = Census(snapshot)
        let found = rules.flatMap { $0.findings(census) }.map { finding in
            var advised = finding
            advised.advice = Advice.sentences(finding.rule, snapshot.process.runtime)
            return advised
        }
        return found.sorted(by: isMoreHarmful)
    }

    /// Nearness of the limit first, then certainty, then number.
    private static func isMoreHarmful(_ left: Finding, _ right: Finding) -> Bool {
        if (left.rule == .nearLimit) != (right.rule == .nearLimit) {
            return left.rule == .nearLimit
        }
        if left.confidence != right.confidence { return left.confidence > right.confidence }
        let (soon, later) = (left.secondsToLimit ?? .infinity, right.secondsToLimit ?? .infinity)
        if soon != later { return soon < later }
        if left.count != right.count { return left.count > right.count }
        return left.rule.rawValue < right.rule.rawValue
    }
}
