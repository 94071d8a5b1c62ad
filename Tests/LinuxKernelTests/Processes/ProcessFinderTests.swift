import Foundation
import LinuxKernel
import TestWorlds
import Testing

/// Processes by name, and their families.
@Suite(.serialized, .noLeakedDescriptors) struct ProcessFinderTests {
    @Test func `A script's name finds the interpreter that runs it`() async throws {
        let name = "sockeye-finder-\(getpid()).py"
        let (child, _) = try await PythonChild.start(
            "say({}); hold()", name: name, says: [String: Int].self)
        let (twin, _) = try await PythonChild.start(
            "say({}); hold()", name: name, says: [String: Int].self)
        let found = try ProcessFinder.named(name)
        #expect(Set(found.map(\.pid)) == [child.id, twin.id])
        for process in found {
            #expect(process.name.hasPrefix("python"))
            #expect(process.words.contains { $0.hasSuffix("/" + name) })
        }
        #expect(try ProcessFinder.named(name + "x").isEmpty)
        child.end()
        #expect(try ProcessFinder.named(name).map(\.pid) == [twin.id])
        twin.end()
        #expect(try ProcessFinder.named(name).isEmpty)
    }

    @Test func `A command's own name and its file's are found`() async throws {
        let (child, facts) = try await PythonChild.start(
            """
            with open("/proc/self/comm", "w") as file: file.write("sockeye (x) %d" % os.getpid())
            say({"comm": open("/proc/self/comm").read().strip()})
            hold()
            """, says: [String: String].self)
        let name = try #require(facts["comm"])
        #expect(try ProcessFinder.named(name).map(\.pid) == [child.id])
        let described = try #require(ProcessFinder.describe(child.id))
        let program = try #require(described.words.first)
        let file = String(program.split(separator: "/").last ?? "")
        #expect(try ProcessFinder.named(file).map(\.pid).contains(child.id))
        child.end()
        #expect(ProcessFinder.describe(child.id) == nil)
    }

    @Test func `We are not among those that are found`() throws {
        let own = try #require(ProcessFinder.describe(getpid()))
        #expect(try !ProcessFinder.named(own.name).contains { $0.pid == getpid() })
        #expect(try ProcessFinder.all().contains(getpid()))
        #expect(try ProcessFinder.all() == ProcessFinder.all().sorted())
    }

    @Test func `A family is a process and all its descendants`() async throws {
        let (child, facts) = try await PythonChild.start(
            """
            reader, writer = os.pipe()
            if os.fork() == 0:
                if os.fork() == 0:
                    os.write(writer, b"%d\\n" % os.getpid())
                    hold()
                os.write(writer, b"%d\\n" % os.getpid())
                hold()
            text = b""
            while text.count(b"\\n") < 2: text += os.read(reader, 100)
            say({"descendants": [int(line) for line in text.split()]})
            hold()
            """, says: [String: [Int32]].self)
        let descendants = try #require(facts["descendants"])
        let family = try ProcessFinder.family(of: child.id)
        #expect(family.first == child.id)
        #expect(Set(family) == Set(descendants + [child.id]))
        #expect(family.count == 3)
        child.end()
    }

    @Test func `A process without children is its whole family`() async throws {
        let (child, _) = try await PythonChild.start("say({}); hold()", says: [String: Int].self)
        #expect(try ProcessFinder.family(of: child.id) == [child.id])
        child.end()
    }
}
