import Foundation
import TestWorlds
import Testing

/// What a user without special rights gets.
@Suite(.serialized) struct RightsTests {
    /// A command that starts another as the user `nobody`, without groups or capabilities.
    private static let nobody = [
        "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups",
    ]

    private static func canBeNobody() -> Bool {
        guard ChildProcess.isInstalled("setpriv") else {
            print("not run: looking without rights, setpriv is not installed")
            return false
        }
        return Rights.has([.setUser, .setGroups], for: "looking without rights")
    }

    /// The program where `nobody` can start it: a checkout may lie in a closed directory.
    private static func program(in directory: TemporaryDirectory) throws -> String {
        let copy = directory.file("sockeye")
        try FileManager.default.copyItem(atPath: Inspector.path, toPath: copy)
        for path in [directory.path, copy] {
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: path)
        }
        return copy
    }

    @Test
    func `what cannot be seen of a foreign process is named with the right that would help`()
        async throws
    {
        guard Self.canBeNobody(),
            Rights.has([.networkAdministration, .rawSockets], for: "looking without rights")
        else { return }
        let directory = try TemporaryDirectory("rights")
        let program = try Self.program(in: directory)
        let child = try await SituationChild.start()
        let run = try await Inspector.run(
            child.process.id, prefix: Self.nobody, program: program)
        // Of a foreign process not even the list of descriptors can be read: nothing was seen.
        #expect(run.status == 3, "\(run.talk)")
        #expect((run.talk + run.output).contains("CAP_SYS_PTRACE"), "\(run.talk)")
        if !run.output.isEmpty {
            let inspection = try run.inspection()
            #expect(!inspection.coverage.complete)
            #expect(inspection.rows.isEmpty)
        }
        try await child.verify()
    }

    @Test
    func `one's own process is seen in full without any right`() async throws {
        guard Self.canBeNobody() else { return }
        let directory = try TemporaryDirectory("rights")
        let program = try Self.program(in: directory)
        let child = try await SituationChild.start(prefix: Self.nobody)
        #expect(child.situations.count { $0.isSocket } >= SituationTests.fewest)
        let run = try await Inspector.run(
            child.process.id, prefix: Self.nobody, program: program)
        let inspection = try run.inspection()
        #expect([0, 1].contains(run.status), "\(run.talk)")
        child.compare(inspection)
        try await child.verify()
    }

    @Test
    func `one's own process in a foreign network namespace is seen as far as the rights go`()
        async throws
    {
        guard Self.canBeNobody(),
            Rights.has(
                [.administration, .networkAdministration, .rawSockets],
                for: "looking without rights into a namespace")
        else { return }
        let directory = try TemporaryDirectory("rights")
        let program = try Self.program(in: directory)
        // The loopback interface is set up by root, which then becomes nobody.
        let script = "ip link set lo up 2>/dev/null; exec \"$@\""
        let child = try await SituationChild.start(
            prefix: ["unshare", "-n", "sh", "-c", script, "sh"] + Self.nobody)
        let run = try await Inspector.run(
            child.process.id, prefix: Self.nobody, program: program)
        let inspection = try run.inspection()
        #expect([0, 1].contains(run.status), "\(run.talk)")
        #expect(!inspection.rows.isEmpty)
        if !inspection.coverage.complete {
            let missing = inspection.coverage.missing.joined(separator: "\n")
            #expect(missing.contains("CAP_SYS_ADMIN"), "\(missing)")
        }
        // What could not be asked may be missing; what is said must be true.
        let truths = Dictionary(
            uniqueKeysWithValues: child.situations.map { ($0.descriptor, $0) })
        for row in inspection.rows {
            let truth = try #require(truths[row.descriptor])
            #expect(
                truth.truths["ghost"]?.values.contains(row.ghost) ?? false, "\(truth.name)")
        }
        try await child.verify()
    }
}
