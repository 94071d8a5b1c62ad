import Foundation
import LeakAnalysis
import LinuxKernel
import TestWorlds
import Testing

/// What runs in a process.
@Suite(.serialized, .noLeakedDescriptors) struct RuntimeTests {
    /// A program that only waits, and what it is.
    struct Program: CustomTestStringConvertible, Sendable {
        var words: [String]
        var runtime: Runtime

        var testDescription: String { words[0] }
    }

    static let programs = [
        Program(words: ["sleep", "60"], runtime: .native),
        Program(words: ["sh", "-c", "read line </dev/zero"], runtime: .native),
        Program(words: ["node", "-e", "setInterval(() => {}, 1000)"], runtime: .node),
    ]

    @Test(arguments: programs)
    func `A runtime is known by its program`(program: Program) async throws {
        guard Rights.isInstalled(program.words[0], for: "telling what it runs") else { return }
        let directory = try TemporaryDirectory("runtime")
        let child = try ChildProcess(program.words, outputPath: directory.file("output"))
        // Between fork and exec it is us.
        let clock = ContinuousClock()
        let limit = clock.now + .seconds(10)
        while ProcessFinder.describe(child.id)?.words.first != program.words[0], clock.now < limit {
            try await Task.sleep(for: .milliseconds(5))
        }
        var inventory = try SocketInventory(pid: child.id)
        #expect(try inventory.look().process.runtime == program.runtime)
        child.stop(signal: SIGKILL, grace: .zero)
    }

    @Test func `We are of Swift`() throws {
        var inventory = try SocketInventory(pid: getpid())
        #expect(try inventory.look().process.runtime == .swift)
    }
}
