import CallSites
import Foundation
import TestWorlds
import Testing

/// Functions of real files by their addresses, as others name them.
///
/// Where one address has several names, ours is of those that reach furthest, and of these the last
/// in the file's table, as llvm-symbolizer has it; other versions of it choose otherwise, so any
/// name of the same address will do.
@Suite struct SymbolOracleTests {
    private static let seed: UInt64 = 77

    /// Real files of several linkers, with all symbols or only those for the dynamic linker.
    private static let files: [String] = {
        var files = ["/bin/bash", "/lib/x86_64-linux-gnu/libc.so.6", "/usr/lib64/libc.so.6"]
        for path in ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? [] {
            for name in ["python3", "swift-demangle", "swift-build-tool", "llvm-cov"] {
                files.append("\(path)/\(name)")
            }
        }
        var seen: Set<String> = []
        return files.map { URL(fileURLWithPath: $0).resolvingSymlinksInPath().path }.filter {
            seen.insert($0).inserted && FileManager.default.isReadableFile(atPath: $0)
        }
    }()

    /// A file that names functions, at addresses of its code by chance.
    private struct Subject {
        /// What was read, without what leads to symbols that are kept in another file.
        var bytes: [UInt8]
        var table: SymbolTable
        var addresses: [UInt64]

        /// Nil for a script, and for a file that names nothing.
        init?(_ path: String, _ chance: inout SeededGenerator) throws {
            bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            guard let image = ELFImage(read: BinaryFile.reader(bytes)), image.machine == 62,
                let text = image[".text"], text.size > 0
            else { return nil }
            table = SymbolTable(image)
            guard table.count > 0 else { return nil }
            for name in [".note.gnu.build-id", ".gnu_debuglink", ".gnu_debugaltlink"] {
                guard let section = image[name] else { continue }
                for place in section.offset..<section.offset + section.size {
                    bytes[Int(place)] = 0
                }
            }
            addresses = []
            for _ in 0..<4_000 {
                let address = text.address + .random(in: 0..<text.size, using: &chance)
                addresses.append(address)
                // The ends of functions are where rules differ.
                guard let symbol = table.symbol(at: address) else { continue }
                addresses += [symbol.address, symbol.address &- 1]
                if symbol.size > 0 {
                    addresses += [symbol.address + symbol.size - 1, symbol.address + symbol.size]
                }
            }
        }
    }

    /// The names that a tool knows, `??` where it knows none.
    private static func names(
        _ command: String, _ addresses: [UInt64], _ directory: TemporaryDirectory
    ) throws -> [String] {
        let list = addresses.map { "0x" + String($0, radix: 16) }.joined(separator: "\n")
        try directory.write(list + "\n", to: "addresses")
        let output = try ChildProcess.run(
            [
                "sh", "-c",
                "\(command) < '\(directory.file("addresses"))' "
                    + "2> '\(directory.file("complaints"))'",
            ], outputPath: directory.file("names"))
        // Each address has its name in one line, and its place in the next.
        let lines = output.split(separator: "\n")
        return stride(from: 0, to: lines.count, by: 2).map { String(lines[$0]) }
    }

    @Test func `Functions have the names that llvm-symbolizer finds`() throws {
        guard ChildProcess.isInstalled("llvm-symbolizer") else {
            return print("not run: names beside llvm-symbolizer, which is not there")
        }
        var chance = SeededGenerator(seed: Self.seed)
        var compared = 0
        for path in Self.files {
            guard let subject = try Subject(path, &chance) else { continue }
            let directory = try TemporaryDirectory("names")
            let copy = directory.file("copy")
            try Data(subject.bytes).write(to: URL(fileURLWithPath: copy))
            let theirs = try Self.names(
                "llvm-symbolizer --functions=linkage --no-inlines --no-demangle --obj='\(copy)'",
                subject.addresses, directory)
            try #require(theirs.count == subject.addresses.count, "\(path)")
            compared += try Self.compare(subject, theirs, path)
        }
        if compared == 0 { print("not run: names beside llvm-symbolizer, no file names functions") }
    }

    private static func compare(
        _ subject: Subject, _ theirs: [String], _ path: String
    ) throws -> Int {
        var different: [String] = []
        var (same, aliases, onlyOurs, onlyTheirs) = (0, 0, 0, 0)
        for (address, name) in zip(subject.addresses, theirs) {
            let own = subject.table.symbol(at: address)
            switch (own, name) {
            case (nil, "??"): same += 1
            case (nil, _):
                onlyTheirs += 1
                different.append("0x\(String(address, radix: 16)): none and \(name)")
            case (.some(let own), "??"):
                onlyOurs += 1
                different.append("0x\(String(address, radix: 16)): \(own) and none")
            case (.some(let own), _):
                if own.name == name {
                    same += 1
                } else if subject.table.symbol(named: name)?.address == own.address {
                    aliases += 1
                } else {
                    different.append("0x\(String(address, radix: 16)): \(own) and \(name)")
                }
            }
        }
        print(
            "\(path): \(subject.table.count) functions, \(theirs.count) addresses, \(same) same, "
                + "\(aliases) by another name, \(onlyOurs) only ours, \(onlyTheirs) only theirs")
        let few = different.prefix(8).joined(separator: "\n")
        #expect(different.isEmpty, "seed \(seed), \(path): \(different.count) differ\n\(few)")
        return theirs.count
    }
}
