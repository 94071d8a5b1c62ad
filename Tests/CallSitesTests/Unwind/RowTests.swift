import CallSites
import Foundation
import TestWorlds
import Testing

/// Rows of real files beside those that readelf of binutils finds.
@Suite struct RowTests {
    /// What is compared: the row of the first address, and up to the next row's.
    private struct ExpectedRow {
        var address: UInt64
        var frame: String
        var rules: [Int: String]
    }

    private static let names = [
        "rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12",
        "r13", "r14", "r15", "ra",
    ]

    /// The functions of `readelf --debug-dump=frames-interp`, each with its rows and its end.
    private static func functions(in text: String) -> [(rows: [ExpectedRow], end: UInt64)] {
        var found: [(rows: [ExpectedRow], end: UInt64)] = []
        var columns: [Int?] = []
        var isFunction = false
        for line in text.split(separator: "\n") {
            // Another register is written with its number and its name: `r6 (rbp)`.
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
                .reduce(into: [Substring]()) { fields, field in
                    if field.hasPrefix("("), field.hasSuffix(")"), !fields.isEmpty {
                        fields[fields.count - 1] = field.dropFirst().dropLast()
                    } else {
                        fields.append(field)
                    }
                }
            if line.contains(" CIE ") || line.hasPrefix("Contents") { isFunction = false }
            if let place = fields.first(where: { $0.hasPrefix("pc=") }) {
                let ends = place.dropFirst(3).split(separator: ".").compactMap {
                    UInt64($0, radix: 16)
                }
                isFunction = ends.count == 2
                if isFunction { found.append(([], ends[1])) }
            } else if fields.first == "LOC" {
                columns = fields.dropFirst(2).map { names.firstIndex(of: String($0)) }
            } else if isFunction, let first = fields.first, first.count == 16,
                let address = UInt64(first, radix: 16), fields.count == columns.count + 2
            {
                var rules: [Int: String] = [:]
                for (column, rule) in zip(columns, fields.dropFirst(2)) {
                    if let column { rules[column] = String(rule) }
                }
                let row = ExpectedRow(address: address, frame: String(fields[1]), rules: rules)
                let last = found.count - 1
                if found[last].rows.last?.address == address { found[last].rows.removeLast() }
                found[last].rows.append(row)
            }
        }
        return found
    }

    private static func signed(_ value: Int64) -> String { value < 0 ? "\(value)" : "+\(value)" }

    /// A row in readelf's own words: what is not told is `u`, as what is lost.
    private static func words(_ row: UnwindRow) -> (frame: String, rules: [Int: String]) {
        var rules: [Int: String] = [:]
        for saved in row.saved {
            let words =
                switch saved.rule {
                case .undefined: "u"
                case .atOffset(let offset): "c" + signed(offset)
                case .isOffset(let offset): "v" + signed(offset)
                case .register(let other): names[Int(other)]
                case .atExpression: "exp"
                case .isExpression: "vexp"
                }
            rules[Int(saved.register)] = words
        }
        switch row.frameAddress {
        case .register(let register, let offset):
            return (names[Int(register)] + signed(offset), rules)
        case .expression: return ("exp", rules)
        }
    }

    /// Compares as many functions as there are, and gives how many rows were the same.
    private static func compare(
        _ table: UnwindTable, with functions: [(rows: [ExpectedRow], end: UInt64)], _ name: String
    ) -> Int {
        var same = 0
        for function in functions {
            for (index, expected) in function.rows.enumerated() {
                let isLast = index == function.rows.count - 1
                let end = isLast ? function.end : function.rows[index + 1].address
                guard expected.address < function.end, end > expected.address else { continue }
                for address in Set([expected.address, end - 1]) {
                    let found = table.row(at: address).map(words)
                    let isSame =
                        found?.frame == expected.frame
                        && (0..<17).allSatisfy { register in
                            let rule = expected.rules[register] ?? "u"
                            return (found?.rules[register] ?? "u") == (rule == "s" ? "u" : rule)
                        }
                    guard isSame else {
                        Issue.record(
                            """
                            \(name) at \(String(address, radix: 16)): \(expected) is expected, \
                            not \(found.map { "\($0)" } ?? "nothing")
                            """)
                        return same
                    }
                    same += 1
                }
            }
        }
        return same
    }

    /// Real files of several compilers, as far as they are here.
    private static func files() -> [String] {
        let libraries = [
            "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64",
        ]
        var wanted = ["/bin/bash", "/usr/bin/python3", "/usr/bin/perl"].map { [$0] }
        for name in ["libc.so.6", "libstdc++.so.6", "libcrypto.so.3", "ld-linux-x86-64.so.2"] {
            wanted.append(libraries.map { $0 + "/" + name })
        }
        let machines = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/jvm")) ?? []
        wanted.append(machines.sorted().map { "/usr/lib/jvm/\($0)/lib/server/libjvm.so" })
        return wanted.compactMap { places in
            let found = places.first { FileManager.default.isReadableFile(atPath: $0) }
            if found == nil { print("not run: rows of \(places), there is no such file") }
            return found
        }
    }

    @Test func `Every row of real files is the one that readelf finds`() throws {
        guard ChildProcess.isInstalled("readelf") else {
            return print("not run: rows of real files, there is no readelf")
        }
        let directory = try TemporaryDirectory("rows")
        for path in Self.files() {
            // The first 60,000 lines are some thousands of functions.
            let text = try ChildProcess.run(
                [
                    "/bin/sh", "-c",
                    "readelf --debug-dump=frames-interp \"$0\" 2>/dev/null | head -n 60000", path,
                ], outputPath: directory.file("rows"))
            let image = try #require(ELFImage(read: try BinaryFile.reader(path)))
            guard image.machine == 62 else {
                print("not run: rows of \(path), it is not of x86-64")
                continue
            }
            let table = try #require(UnwindTable(image), "\(path)")
            // What was cut off by `head` is the last one.
            let functions = Self.functions(in: text).dropLast().filter { !$0.rows.isEmpty }
            let same = Self.compare(table, with: Array(functions), path)
            print("\(path): \(functions.count) functions, \(same) rows are the same")
            #expect(functions.count > 50 && same > functions.count)
        }
    }

    private static let source = """
        #include <stdlib.h>
        #include <string.h>
        static volatile int kept;
        __attribute__((noinline)) int ordered(const void *a, const void *b) {
            char room[200]; memset(room, kept, sizeof room);
            return *(const int *)a - *(const int *)b + room[kept]; }
        __attribute__((noinline)) int growing(int n) {
            char *room = __builtin_alloca(n); memset(room, n, n); return room[n / 2]; }
        int main(int c, char **v) { (void)v;
            int numbers[16] = {4, 2, c};
            qsort(numbers, 16, sizeof(int), ordered);
            for (int i = 0; i < 16; i++) kept += numbers[i] ^ growing(numbers[i] + 100);
            return kept == 1; }
        """

    /// The reader of a file some of whose bytes are others.
    private static func patched(
        _ path: String, _ change: (ELFImage, inout [UInt8]) -> Void
    ) throws -> ELFImage {
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        change(try #require(ELFImage(read: BinaryFile.reader(bytes))), &bytes)
        return try #require(ELFImage(read: BinaryFile.reader(bytes)))
    }

    @Test func `Tables are found without their header, without sections, and in debug data`() throws
    {
        guard let compiler = Compilers.c(for: "tables of frames of other kinds"),
            ChildProcess.isInstalled("readelf")
        else { return print("not run: tables of frames of other kinds, there is no readelf") }
        let directory = try TemporaryDirectory("tables")
        let source = try directory.write(Self.source, to: "program.c")
        for (name, options) in [
            ("ordinary", []), ("old", ["-Wl,--no-eh-frame-hdr"]),
            ("debug", ["-g", "-fno-asynchronous-unwind-tables", "-fno-exceptions"]),
            ("growing", ["-mstackrealign", "-fstack-protector-all"]),
        ] {
            let program = directory.file(name)
            try ChildProcess.run(
                [compiler, "-O2", "-o", program, source] + options,
                outputPath: directory.file("build"))
            let text = try ChildProcess.run(
                ["readelf", "--debug-dump=frames-interp", program],
                outputPath: directory.file("rows"))
            let functions = Self.functions(in: text).filter { !$0.rows.isEmpty }
            var images = [try Self.patched(program) { _, _ in }]
            if name == "ordinary" {
                images.append(
                    try Self.patched(program) { image, bytes in
                        // The header's table is of an unknown kind.
                        if let header = image[".eh_frame_hdr"] {
                            bytes[Int(header.offset) + 3] = 0xFF
                        }
                    })
                images.append(
                    try Self.patched(program) { _, bytes in
                        // No sections.
                        for place in 40..<48 { bytes[place] = 0 }
                    })
                #expect(images.last?.sections.isEmpty == true)
            }
            for image in images {
                let table = try #require(UnwindTable(image), "\(name)")
                #expect(Self.compare(table, with: functions, name) > 10, "\(name)")
                #expect(table.row(at: 1) == nil && table.row(at: .max) == nil)
            }
        }
    }
}
