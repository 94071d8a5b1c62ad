import CallSites
import Foundation
import TestWorlds
import Testing

/// Files and lines of real programs, as others read them.
@Suite struct LineTableTests {
    private static let main = """
        #include <stdio.h>
        #include "shared.h"
        #line 40 "generated/by_hand.c"
        static int generated(int a) { return a * 7; }
        #line 5 "main.c"
        int unused_function(int a) { return a + 5; }
        int main(int c, char **v) {
            int sum = (int)v[0][0];
            for (int i = 0; i < c + 20; i++) {
                sum += shared(i) + other(sum) + generated(i);
                if (sum % 3 == 0) { sum -= deep(sum); }
            }
            printf("%d\\n", sum);
            return sum & 1;
        }
        """
    private static let shared = """
        static inline __attribute__((always_inline)) int shared(int a) {
            int b = a * 3;

            return b ^ (a << 2);
        }
        int other(int a);
        int deep(int a);
        """
    private static let other = """
        #include "../include/shared.h"
        __attribute__((noinline)) int other(int a) {
            switch (a & 7) {
            case 0: return shared(a);
            case 1: return a - 9;
            case 5:
                return shared(a + 1) * 2;
            default: return a;
            }
        }
        int dropped_one(int a) { return a / 3; }
        """
    private static let deep = """
        #include "shared.h"
        int deep(int a) { return a < 2 ? a : deep(a - 1) + deep(a - 2) + shared(a); }
        """

    private static func files() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory("lines")
        for folder in ["include", "sub", "sub/deep"] {
            try FileManager.default.createDirectory(
                atPath: directory.file(folder), withIntermediateDirectories: true)
        }
        try directory.write(main, to: "main.c")
        try directory.write(shared, to: "include/shared.h")
        try directory.write(other, to: "sub/other.c")
        try directory.write(deep, to: "sub/deep/deep.c")
        return directory
    }

    private func compare(_ compiler: String, _ options: String, version: Int) throws {
        let purpose = "\(compiler) -gdwarf-\(version) \(options)"
        let tools = LineReference.installed(for: purpose, version: version)
        guard !tools.isEmpty else { return }
        let directory = try Self.files()
        let program = try DebugProgram(
            "\(compiler) -gdwarf-\(version) \(options) -Iinclude -o program main.c ./sub/other.c "
                + "'\(directory.file("sub/deep/deep.c"))'", in: directory)
        let known = try program.compareLines(with: tools, purpose)
        #expect(known > 150, "\(purpose)")
        let table = try #require(LineTable(program.image))
        #expect(table.location(at: 0) == nil && table.location(at: .max) == nil)
        let paths = Set(try program.addresses().compactMap { table.location(at: $0)?.file })
        #expect(paths.contains(directory.file("main.c")), "\(purpose): \(paths)")
        #expect(paths.contains(directory.file("sub/deep/deep.c")), "\(purpose): \(paths)")
        // A relative folder is put to that of the compilation, and nothing is folded together.
        #expect(paths.contains { $0.hasSuffix("sub/other.c") && $0.hasPrefix("/") }, "\(paths)")
    }

    @Test(arguments: 2...5)
    func `Every address of a program in C has the file and the line that others read`(
        version: Int
    ) throws {
        guard let compiler = Compilers.c(for: "lines of a program in C") else { return }
        for options in [
            "-O0", "-O2", "-O2 -ffunction-sections -Wl,--gc-sections", "-Os -no-pie",
        ] { try compare(compiler, options, version: version) }
    }

    @Test func `Offsets of 8 bytes are read`() throws {
        guard let compiler = Compilers.c(for: "lines in 64-bit DWARF") else { return }
        for version in 3...5 {
            try compare(compiler, "-gdwarf64 -O1", version: version)
        }
    }

    @Test(arguments: 2...5)
    func `What another compiler writes is read as well`(version: Int) throws {
        guard ChildProcess.isInstalled("clang") else {
            return print("not run: lines of clang, there is no clang")
        }
        for options in ["-O0", "-O2 -ffunction-sections"] {
            try compare("clang", options, version: version)
        }
    }

    @Test func `Lines of a program in C++ with templates of the standard library are right`() throws
    {
        let purpose = "lines of a program in C++"
        guard ChildProcess.isInstalled("g++") else { return print("not run: \(purpose), no g++") }
        let directory = try TemporaryDirectory("lines")
        try directory.write(DebugSources.cpp, to: "program.cpp")
        for (version, options) in [(4, "-O0"), (5, "-O2"), (5, "-O0")] {
            let tools = LineReference.installed(for: purpose, version: version)
            guard !tools.isEmpty else { continue }
            let program = try DebugProgram(
                "g++ -std=c++17 -gdwarf-\(version) \(options) -o program program.cpp", in: directory
            )
            let known = try program.compareLines(with: tools, "\(purpose) \(options)")
            #expect(known > 1_000)
        }
    }

    @Test func `Lines of a program in Rust are right, those of its standard library too`() throws {
        let purpose = "lines of a program in Rust"
        let tools = LineReference.installed(for: purpose)
        guard ChildProcess.isInstalled("rustc") else {
            return print("not run: \(purpose), there is no rustc")
        }
        guard !tools.isEmpty else { return }
        let directory = try TemporaryDirectory("lines")
        try directory.write(DebugSources.rust, to: "program.rs")
        for options in ["-g", "-g -O"] {
            let program = try DebugProgram(
                "rustc \(options) -o program program.rs", in: directory)
            let known = try program.compareLines(step: 5, with: tools, "\(purpose) \(options)")
            #expect(known > 10_000)
        }
    }

    @Test func `A program without lines has no table`() throws {
        guard let compiler = Compilers.c(for: "a program without lines") else { return }
        let directory = try Self.files()
        let program = try DebugProgram(
            "\(compiler) -O1 -Iinclude -o program main.c sub/other.c sub/deep/deep.c",
            in: directory)
        #expect(LineTable(program.image) == nil)
    }
}
