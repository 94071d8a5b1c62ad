import CallSites
import Foundation
import TestWorlds
import Testing

/// Calls that compilers inlined, as others read them.
@Suite struct InlinedCallTests {
    private static func isComparable(_ purpose: String) -> Bool {
        let isHere = ChildProcess.isInstalled("llvm-symbolizer")
        if !isHere { print("not run: \(purpose), there is no llvm-symbolizer") }
        return isHere
    }

    @Test(arguments: 2...5)
    func `A call within a call is told with the lines that both were made at`(
        version: Int
    ) throws {
        guard let compiler = Compilers.c(for: "inlined calls in C") else { return }
        let directory = try TemporaryDirectory("inlined")
        let source = """
            volatile int sink;
            #define INLINE static inline __attribute__((always_inline))
            #line 100
            INLINE void innermost(int a) { sink = a * 3; sink = a ^ sink; }
            #line 200 "middle.c"
            INLINE void middle(int a) { sink = a; innermost(a + 1); sink = a + 7; }
            #line 300 "program.c"
            int main(int c, char **v) {
                (void)v;
                middle(c);
                return 0;
            }
            """
        try directory.write(source, to: "program.c")
        let program = try DebugProgram(
            "\(compiler) -gdwarf-\(version) -O2 -o program program.c", in: directory)
        var calls = try #require(InlinedCalls(program.image))
        var (inner, outer) = (0, 0)
        for address in try program.addresses() {
            let chain = calls.calls(at: address)
            guard let last = chain.last else { continue }
            #expect(last.function == "middle" && last.line == 302)
            #expect(last.file == directory.file("program.c"))
            outer += 1
            guard chain.count > 1 else { continue }
            inner += 1
            #expect(chain[0].function == "innermost" && chain[0].line == 200)
            #expect(chain.count == 2 && chain[0].file == directory.file("middle.c"))
        }
        #expect(inner > 5 && outer > inner)
        #expect(calls.calls(at: 0).isEmpty && calls.calls(at: .max).isEmpty)
    }

    @Test(arguments: ["g++", "clang++"])
    func `Inlined calls of C++ are those that the reference tells`(compiler: String) throws {
        let purpose = "inlined calls in C++ of \(compiler)"
        guard ChildProcess.isInstalled(compiler) else {
            return print("not run: \(purpose), it is not here")
        }
        guard Self.isComparable(purpose) else { return }
        let directory = try TemporaryDirectory("inlined")
        try directory.write(DebugSources.cpp, to: "program.cpp")
        for options in ["-gdwarf-4 -O2", "-gdwarf-5 -O2", "-gdwarf-5 -O1 -ffunction-sections"] {
            let program = try DebugProgram(
                "\(compiler) -std=c++17 \(options) -o program program.cpp", in: directory)
            let inlined = try program.compareInlinedCalls("\(purpose) \(options)")
            #expect(inlined > 1_000, "\(purpose) \(options)")
        }
    }

    @Test func `Inlined calls of Rust are those that the reference tells`() throws {
        let purpose = "inlined calls in Rust"
        guard ChildProcess.isInstalled("rustc") else {
            return print("not run: \(purpose), there is no rustc")
        }
        guard Self.isComparable(purpose) else { return }
        let directory = try TemporaryDirectory("inlined")
        try directory.write(DebugSources.rust, to: "program.rs")
        for options in ["-g -O", "-g -O -C lto=fat -C codegen-units=1"] {
            let program = try DebugProgram(
                "rustc \(options) -o program program.rs", in: directory)
            let inlined = try program.compareInlinedCalls(step: 151, "\(purpose) \(options)")
            #expect(inlined > 200, "\(purpose) \(options)")
        }
    }

    @Test func `Inlined calls of Swift are those that the reference tells`() throws {
        let purpose = "inlined calls in Swift"
        guard ChildProcess.isInstalled("swiftc") else {
            return print("not run: \(purpose), there is no swiftc")
        }
        guard Self.isComparable(purpose) else { return }
        let directory = try TemporaryDirectory("inlined")
        let source = """
            var counts: [String: Int] = [:]
            for word in CommandLine.arguments { counts[word, default: 0] += word.utf8.count }
            func total(_ list: some Sequence<Int>) -> Int { list.reduce(0) { $0 &+ $1 } }
            print(counts.sorted { $0.value < $1.value }.map(\\.key), total(counts.values))
            """
        try directory.write(source, to: "program.swift")
        let program = try DebugProgram("swiftc -g -O -o program program.swift", in: directory)
        let tools = LineReference.installed(for: purpose)
        #expect(try program.compareLines(with: tools.filter { $0 == .symbolizer }, purpose) > 500)
        #expect(try program.compareInlinedCalls(purpose) > 100)
    }
}
