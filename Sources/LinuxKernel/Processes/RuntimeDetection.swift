import Glibc
import KernelFormats
import LeakAnalysis

/// Tells what runs in a process, by its program's file and by what it has mapped.
enum RuntimeDetection {
    static func runtime(
        of process: borrowing ProcessHandle, executable: String?
    ) -> Runtime {
        let name = executable.map { $0.split(separator: "/").last ?? "" } ?? ""
        // A program that was replaced on disk keeps running: "node (deleted)".
        let base = name.split(separator: " ").first ?? ""
        if base == "java" { return .jvm }
        if base == "node" || base == "nodejs" { return .node }
        if base.hasPrefix("python") || base.hasPrefix("pypy") { return .python }
        if base == "dotnet" { return .dotnet }
        let mapped = libraries(process)
        if let runtime = mapped { return runtime }
        return program(process) ?? (executable == nil ? .unknown : .native)
    }

    private static func libraries(_ process: borrowing ProcessHandle) -> Runtime? {
        guard let maps = try? process.text("maps") else { return nil }
        let marks: [(Substring, Runtime)] = [
            ("/libjvm.so", .jvm), ("/libcoreclr.so", .dotnet), ("/libnode.so", .node),
            ("/libpython", .python), ("/libswiftCore.so", .swift),
        ]
        return marks.first { maps.contains($0.0) }?.1
    }

    private static func program(_ process: borrowing ProcessHandle) -> Runtime? {
        guard let file = try? process.folder.open(below: "exe", O_RDONLY) else { return nil }
        let sections = ELFSections { offset, count in
            (try? file.read(at: offset, count: count)) ?? []
        }
        guard let sections else { return nil }
        if sections[".go.buildinfo"] != nil || sections[".gopclntab"] != nil { return .go }
        if sections.sections.contains(where: { $0.name.hasPrefix("swift5_") }) { return .swift }
        // The compilers sign their work there, and stripping leaves it as a rule.
        if let comment = sections[".comment"],
            let bytes = try? file.read(at: comment.offset, count: min(comment.size, 65_536)),
            String(decoding: bytes, as: UTF8.self).contains("rustc version")
        {
            return .rust
        }
        return nil
    }
}
