import Measurements
import Testing

@testable import LeakAnalysis

/// Every rule has something to change, whatever runs there.
@Suite struct AdviceTests {
    @Test(arguments: Rule.allCases, Runtime.allCases)
    func `There is advice for every rule and runtime`(rule: Rule, runtime: Runtime) {
        let sentences = Advice.sentences(rule, runtime)
        #expect(!sentences.isEmpty)
        #expect(Set(sentences).count == sentences.count)
        for sentence in sentences {
            #expect(sentence.count >= 15)
            #expect(!sentence.hasSuffix(".") && !sentence.contains("  "))
        }
    }

    @Test func `A known runtime has its own idiom for what its programs get wrong`() {
        let common: [Rule] = [
            .closeWait, .abandonedConnections, .unreadBody, .noResponseTimeout, .keepaliveDisabled,
            .poolTooSmall,
        ]
        for runtime in [Runtime.go, .python, .node, .jvm, .dotnet, .swift, .rust] {
            for rule in common {
                #expect(
                    Advice.sentences(rule, runtime) != Advice.sentences(rule, .unknown),
                    "\(runtime) has nothing of its own on \(rule.rawValue)")
            }
        }
    }

    @Test func `A finding carries the advice for its runtime`() throws {
        for runtime in Runtime.allCases {
            var world = SnapshotBuilder(seed: 1, runtime: runtime)
            for _ in 0..<20 { world.addGhost(.neverConnected, to: nil, direction: .none) }
            let finding = try #require(world.findings.first)
            #expect(finding.advice == Advice.sentences(.ghostNeverConnected, runtime))
        }
    }
}
