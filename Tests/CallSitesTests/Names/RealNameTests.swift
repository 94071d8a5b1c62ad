import CallSites
import Foundation
import TestWorlds
import Testing

/// Short names of all functions of real programs, and of names that chance damaged.
@Suite struct RealNameTests {
    private static let cpp = """
        #include <algorithm>
        #include <functional>
        #include <future>
        #include <iostream>
        #include <map>
        #include <string>
        #include <vector>
        namespace app {
        struct Pool {
            std::map<std::string, std::vector<int>> kept;
            int operator()(int a) const { return a + rand(); }
            operator bool() const { return rand(); }
            bool operator<(const Pool &o) const { return kept.size() < o.kept.size(); }
            template <class T> std::vector<T> leak(T a, int n) { return std::vector<T>(n, a); }
            virtual int go(int a, const char *b) { return a + *b; }
            virtual ~Pool() {}
        };
        int (*choose(int a))(int) { return a ? (int (*)(int))abs : nullptr; }
        template <class T> int (*chooseOf(T a))(int) { return a ? (int (*)(int))abs : nullptr; }
        template <class F> auto apply(F f) -> decltype(f(3)) { return f(3); }
        int leakAll(int n) {
            auto outer = [n](int a) { auto inner = [a](auto b) { return a + b; }; return inner(n); };
            std::function<int(int)> f = outer;
            auto later = std::async([](int x) { return x + rand(); }, 3);
            return f(3) + later.get() + apply([](int x) { return x; });
        }
        }
        namespace { int hidden(int x) { return x + rand(); } }
        int main(int c, char **v) {
            app::Pool p, q;
            p.kept["a"] = p.leak(c, 3);
            std::vector<app::Pool> all(3, p);
            std::sort(all.begin(), all.end());
            std::cout << p(3) << bool(p) << (p < q) << p.go(c, "x") << hidden(c)
                << app::leakAll(c) << (app::choose(c) != 0) << (app::chooseOf(2.0) != 0);
        }

        """

    private static let swift = """
        struct Plain { var a = 1 }
        protocol Asks { func ask(of port: UInt16) -> Int }
        extension Asks { @inline(never) func twice(_ x: Int) -> Int { ask(of: UInt16(x)) + x } }
        final class Client: Asks, Equatable {
            var name = "a"
            func ask(of port: UInt16) -> Int { Int(port) + name.count }
            static func == (a: Client, b: Client) -> Bool { a.name == b.name }
            subscript(at index: Int) -> Int { index + name.count }
            private func hidden(x: Int) throws -> Int { if x > 9 { throw Failure() }; return x }
            func shown() -> Int { (try? hidden(x: name.count)) ?? 3 }
        }
        struct Failure: Error {}
        struct Pool<A> { var kept: [A] = []
            @inline(never) mutating func keep<B: Sequence>(all: B) where B.Element == A {
                for x in all { kept.append(x) } } }
        @inline(never) func layer(_ body: (Int) -> Int, port: Int) -> Int { body(port) + 1 }
        func inTask(port: Int) async throws -> Int {
            await Task.yield()
            if port > 99_999 { throw Failure() }
            return layer({ $0 + port }, port: port) }
        func outer(_ x: Int) -> Int {
            @inline(never) func inner(y: Int) -> Int { y > 3 ? inner(y: y - 1) : x + y }
            return inner(y: x) }
        @main struct Program { static func main() async throws {
            var pool = Pool<Plain>(); pool.keep(all: [Plain()])
            let client = Client()
            let sums = [1, 2].map { x in layer({ y in x + y }, port: x) }
            print(pool.kept.count, client.twice(3), client == Client(), client[at: 3],
                client.shown(), sums, outer(3), try await inTask(port: 3))
            let task = Task { try await inTask(port: 5) }
            print(try await task.value) } }

        """

    /// The names of all functions of a program, as a demangler prints them.
    private static func names(
        of source: String, file: String, compiler: [String], demangler: String
    ) throws -> Set<String>? {
        let tools = [compiler[0], "nm", String(demangler.split(separator: " ")[0])]
        for tool in tools where !ChildProcess.isInstalled(tool) {
            print("not run: short names of \(file), there is no \(tool)")
            return nil
        }
        let directory = try TemporaryDirectory("names")
        let program = directory.file("program")
        let home = ProcessInfo.processInfo.environment["HOME"] ?? "/"
        try ChildProcess.run(
            compiler + ["-o", program, try directory.write(source, to: file)],
            environment: ["HOME": home], outputPath: directory.file("build"))
        // Functions only: what they have of data has no place on a stack.
        let text = try ChildProcess.run(
            [
                "sh", "-c",
                "nm \(program) | sed -n 's/^[0-9a-f]* [tTwW] //p' | sort -u | \(demangler)",
            ], environment: ["HOME": home], outputPath: directory.file("names"))
        return Set(text.split(separator: "\n").map(String.init))
    }

    /// Holds short names to what all have; gives them.
    private static func short(_ names: Set<String>, _ language: SymbolLanguage) -> Set<String> {
        var short: Set<String> = []
        for name in names {
            let title = NativeName.simplified(name, of: language)
            #expect(NativeName.simplified(title, of: language) == title, "\(name)")
            #expect(!title.isEmpty && title.utf8.count <= name.utf8.count + 8, "\(name)")
            short.insert(title)
        }
        return short
    }

    @Test(arguments: ["-O0", "-O2"])
    func `All functions of a program of C++ have short names`(level: String) throws {
        guard
            let names = try Self.names(
                of: Self.cpp, file: "p.cpp", compiler: ["c++", "-std=c++17", "-pthread", level],
                demangler: "c++filt")
        else { return }
        let short = Self.short(names.filter { $0.contains("(") }, .cpp)
        // What a function is in keeps its `()`.
        let tail = short.filter {
            $0.hasSuffix(" const") || $0.hasSuffix("]") || $0.contains("[abi")
        }
        #expect(tail.allSatisfy { $0.contains("operator") }, "\(tail)")
        #expect(!short.contains { $0.contains("std::allocator<char> >") || $0.contains("__cxx11") })
        let expected =
            level == "-O0"
            ? [
                "app::Pool::operator()", "app::Pool::operator bool", "app::Pool::operator<",
                "app::Pool::leak<int>", "app::Pool::go", "app::Pool::~Pool", "app::choose",
                "app::chooseOf<double>", "app::apply<app::leakAll()::{lambda#3}>",
                "app::leakAll()::{lambda#1}", "app::leakAll()::{lambda#1}::{lambda#1}",
                "app::leakAll", "(anonymous namespace)::hidden",
            ] : ["app::leakAll", "app::choose", "app::Pool::go"]
        #expect(short.isSuperset(of: expected), "\(expected.filter { !short.contains($0) })")
    }

    @Test(arguments: ["-Onone", "-O"])
    func `All functions of a program of Swift have short names`(level: String) throws {
        guard
            let names = try Self.names(
                of: Self.swift, file: "p.swift",
                compiler: ["swiftc", "-parse-as-library", "-module-name", "tracee", level],
                demangler: "swift demangle --compact")
        else { return }
        let short = Self.short(
            names.filter { $0.contains("tracee") || $0.contains("Swift.") }, .swift)
        let long = short.filter {
            $0.contains(" -> ") || $0.contains(" : ") || $0.contains("specialization ")
        }
        #expect(long.isEmpty, "\(long)")
        let expected = [
            "tracee.Client.ask(of:)", "tracee.Asks.twice(_:)", "tracee.layer(_:port:)",
            "tracee.inTask(port:)",
            "tracee.Program.main()", "tracee.outer(_:)", "inner #1(y:) in tracee.outer(_:)",
            "tracee.Pool.keep(all:)",
            "tracee.Client.shown()",
        ]
        #expect(short.isSuperset(of: expected), "\(expected.filter { !short.contains($0) })")
        #expect(level == "-O" || short.contains { $0.hasPrefix("closure #1 in ") })
    }

    @Test(arguments: [["-g", "-C", "symbol-mangling-version=v0"], ["-O"]])
    func `All functions of a program of Rust have short names`(options: [String]) throws {
        guard let all = try RustSymbolTests.symbols(options, for: "short names of Rust") else {
            return
        }
        let symbols = all.filter { SymbolLanguage(symbol: $0) == .rust }
        // Those of the older form, which some versions of rustc make unless they are told.
        let older = symbols.filter { $0.hasPrefix("_Z") }
        let names =
            symbols.compactMap { RustSymbol.demangle($0) }
            + (try RustSymbolTests.filtered(older, isV0: false))
        let short = Self.short(Set(names), .rust)
        #expect(short.contains("names::main") && short.contains("names::array"))
        #expect(short.contains("<names::Square as names::Shape>::area"))
        #expect(older.count > 100 || short.contains("names::straße::東京::größe"))
        let long = short.filter { $0.contains("::<") && !$0.contains("<impl ") }
        #expect(long.isEmpty, "\(long)")
    }

    @Test func `Names that chance damaged have some short name`() {
        let parts = [
            "tracee.f(a: Swift.Int) -> ()", " in ", "closure #1 ", "(extension in M):",
            "<A where B: C>",
            "generic specialization <", "> of ", "(1) await resume partial function for ",
            "merged ",
            "protocol witness for ", " in conformance ", " : ", "Swift.Equatable.== infix(A, A)",
            "std::__cxx11::", "basic_string<char, std::allocator<char> >", "operator()",
            "operator<",
            "operator bool", "{lambda(int)#1}", "::", "(anonymous namespace)", " const", "[abi:",
            "]",
            "decltype (", "(*", " [clone .cold]", ".cold", ".isra.0", "_$LT$", "$GT$", "$u7b$",
            "$u",
            "..", "<T as U>", "<impl A for B>", "{{closure}}", "{", "}", "(", ")", "<", ">", "->",
            ", ",
            "@", "::h0123456789abcdef", "é", "", ".", "#1", " ", "*", "&", "[", "a", "b::c",
        ]
        var chance = SeededGenerator(seed: 14)
        for round in 0..<15_000 {
            var name = ""
            for _ in 0..<Int.random(in: 1...14, using: &chance) {
                name += parts.randomElement(using: &chance) ?? ""
            }
            for language in SymbolLanguage.allCases {
                let short = NativeName.simplified(name, of: language)
                #expect(
                    short.utf8.count <= 2 * name.utf8.count + 16, "seed \(chance.seed), \(round)")
            }
        }
    }

    @Test(arguments: [
        "<", "(", "{", "[", "a<", "(a", "f(x: ", "<a as ", "A<B, ", "operator()", "{lambda(",
        "a::{lambda(", " in ",
        "closure #1 in ", "generic specialization <", "merged ", "*(", "<>", "()::", "()", "$LT$",
        ".cold",
        "(extension in M):", "protocol witness for ", ".0",
    ])
    func `Long names that nest deep come to an end`(part: String) {
        for name in [
            String(repeating: part, count: 65_536 / part.utf8.count),
            String(repeating: part, count: 4_000)
                + String(
                    repeating: part.contains("(") ? ")" : part.contains("{") ? "}" : ">",
                    count: 4_000),
        ] {
            for language in SymbolLanguage.allCases {
                #expect(!NativeName.simplified(name, of: language).isEmpty)
            }
        }
    }
}
