import CallSites
import Foundation
import TestWorlds
import Testing

/// The tools that others read lines with.
enum LineReference: String, CaseIterable {
    case symbolizer = "llvm-symbolizer"
    case binutils = "addr2line"

    /// Those that are here and can be trusted; the reason is printed when there is none.
    ///
    /// addr2line of binutils 2.40 gives many addresses of DWARF 5 the name of the unit's first file.
    static func installed(for purpose: String, version: Int = 4) -> [LineReference] {
        let found = allCases.filter {
            ChildProcess.isInstalled($0.rawValue) && ($0 == .symbolizer || version < 5)
        }
        if found.isEmpty {
            print("not run: \(purpose), there is no llvm-symbolizer and no addr2line that is right")
        }
        return found
    }

    /// `file:line` of each address, `??:0` where there is none.
    func locations(
        of addresses: [UInt64], in program: String, _ directory: TemporaryDirectory
    ) throws -> [String] {
        let input = addresses.map { "0x" + String($0, radix: 16) }.joined(separator: "\n")
        let list = try directory.write(input + "\n", to: "addresses")
        let command =
            self == .symbolizer
            ? "llvm-symbolizer --no-inlines --functions=none --obj='\(program)' < '\(list)'"
            : "addr2line -e '\(program)' < '\(list)'"
        let output = try ChildProcess.run(
            ["sh", "-c", command + " 2> '\(directory.file("complaints"))'"],
            outputPath: directory.file("locations"))
        return output.split(separator: "\n").map { line in
            // addr2line tells branches of a line apart, llvm-symbolizer has the column last.
            let location = line.split(separator: " (discriminator")[0].split(separator: ":")
            return "\(location[0]):\(Int(location.count > 1 ? location[1] : "") ?? 0)"
        }
    }

    /// The frames of each address with the calls that were inlined there, innermost first.
    ///
    /// Each is a function and a place, the outermost only a place. By `llvm-symbolizer` alone.
    static func frames(
        of addresses: [UInt64], in program: String, _ directory: TemporaryDirectory
    ) throws -> [[String]] {
        let input = addresses.map { "0x" + String($0, radix: 16) }.joined(separator: "\n")
        let list = try directory.write(input + "\n", to: "addresses")
        let output = try ChildProcess.run(
            [
                "sh", "-c",
                "llvm-symbolizer --inlines --no-demangle --obj='\(program)' < '\(list)' "
                    + "2> '\(directory.file("complaints"))'",
            ], outputPath: directory.file("frames"))
        // A function, its place with a column, and so on; an empty line ends an address.
        var frames: [[String]] = []
        var lines: [Substring] = []
        for line in output.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.isEmpty else {
                lines.append(line)
                continue
            }
            guard !lines.isEmpty else { continue }
            var own: [String] = []
            for index in stride(from: 1, to: lines.count, by: 2) {
                let place = lines[index].split(separator: ":").dropLast().joined(separator: ":")
                own.append(index + 1 == lines.count ? place : "\(lines[index - 1]) \(place)")
            }
            frames.append(own)
            lines = []
        }
        return frames
    }
}

/// Programs that are built for tests of their debugging information.
struct DebugProgram {
    let path: String
    let image: ELFImage
    let directory: TemporaryDirectory

    /// Runs a shell command in the directory that is to make `program` there.
    init(_ command: String, in directory: TemporaryDirectory) throws {
        try ChildProcess.run(
            ["sh", "-c", "cd '\(directory.path)' && \(command)"],
            environment: ["HOME": ProcessInfo.processInfo.environment["HOME"] ?? "/"],
            outputPath: directory.file("build"))
        path = directory.file("program")
        image = try #require(ELFImage(read: try BinaryFile.reader(path)))
        self.directory = directory
    }

    /// Every `step`th address of the code, and the neighbours of each end.
    func addresses(step: Int = 1) throws -> [UInt64] {
        let text = try #require(image[".text"])
        return Array(stride(from: text.address, to: text.address + text.size, by: step))
            + [text.address - 1, text.address + text.size]
    }

    /// Compares the table with every tool that is here: how many addresses have a line.
    @discardableResult
    func compareLines(
        step: Int = 1, with tools: [LineReference], _ purpose: String
    ) throws -> Int {
        let table = try #require(LineTable(image))
        let addresses = try addresses(step: step)
        let own = addresses.map { address in
            table.location(at: address).map { "\($0.file):\($0.line)" } ?? "??:0"
        }
        for tool in tools {
            let theirs = try tool.locations(of: addresses, in: path, directory)
            try #require(theirs.count == own.count, "\(purpose)")
            // Between functions, the tools look for a unit's ranges or for a symbol's file.
            let different = own.indices.filter {
                own[$0] != theirs[$0] && theirs[$0] != "??:0"
                    && !(tool == .binutils && theirs[$0].hasSuffix(":0"))
            }
            let first = different.first.map {
                "0x\(String(addresses[$0], radix: 16)): \(own[$0]) and \(theirs[$0])"
            }
            // They are few, or the tool did not read the file at all.
            let strangers = own.indices.count { own[$0] != "??:0" && theirs[$0] == "??:0" }
            #expect(strangers <= own.count / 50, "\(purpose), \(tool.rawValue): \(strangers)")
            let isSame = different.isEmpty
            #expect(
                isSame,
                "\(purpose), \(tool.rawValue): \(different.count) differ, \(first ?? "")")
        }
        return own.count { $0 != "??:0" }
    }

    /// Compares the inlined calls with those of `llvm-symbolizer`: how many addresses have some.
    @discardableResult
    func compareInlinedCalls(step: Int = 1, _ purpose: String) throws -> Int {
        let table = try #require(LineTable(image))
        var calls = try #require(InlinedCalls(image))
        let addresses = try addresses(step: step)
        let theirs = try LineReference.frames(of: addresses, in: path, directory)
        try #require(theirs.count == addresses.count, "\(purpose)")
        var (different, inlined) = (0, 0)
        var first = ""
        for (address, theirs) in zip(addresses, theirs) {
            var place = table.location(at: address).map { "\($0.file):\($0.line)" } ?? "??:0"
            var own: [String] = []
            for call in calls.calls(at: address) {
                own.append("\(call.function) \(place)")
                place = "\(call.file ?? "??"):\(call.line)"
            }
            own.append(place)
            if own.count > 1 { inlined += 1 }
            // Where there is no line, the tool has the file of a symbol; where no unit says that
            // it is there, as between functions, the tool has none.
            let isKnown =
                own.count > 1 || theirs.count > 1
                || (own[0] == "??:0" ? !theirs[0].hasSuffix(":0") : theirs[0] != "??:0")
            if own != theirs, isKnown {
                different += 1
                if first.isEmpty {
                    first = "0x\(String(address, radix: 16)): \(own) and \(theirs)"
                }
            }
        }
        #expect(different == 0, "\(purpose): \(different) differ, \(first)")
        return inlined
    }
}
