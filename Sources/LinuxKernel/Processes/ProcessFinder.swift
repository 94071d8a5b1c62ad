import Glibc
import KernelFormats

/// A process that a name fits.
public struct FoundProcess: Hashable, Sendable {
    /// Its number.
    public var pid: Int32
    /// The name of its command.
    public var name: String
    /// Its words, as it was started; what is no UTF-8 is replaced.
    public var words: [String]
}

/// Finds processes in /proc.
public enum ProcessFinder {
    /// The numbers of all processes, ascending.
    public static func all() throws(KernelError) -> [Int32] { try numbers(in: "/proc") }

    /// The entries of a folder that are numbers, ascending.
    static func numbers(in path: String) throws(KernelError) -> [Int32] {
        // The path is a text of ours for the length of the call.
        guard let folder = unsafe opendir(path) else { throw .last("read \(path)") }
        // The stream is ours, and closed once.
        defer { unsafe closedir(folder) }
        var numbers: [Int32] = []
        // readdir gives storage of the stream that is valid until the next call.
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                // d_name is a NUL-terminated text of at most 256 bytes.
                unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if let number = Int32(name) { numbers.append(number) }
        }
        return numbers.sorted()
    }

    /// The processes that a name fits, ourselves left out.
    ///
    /// A name fits the command's name, the program's file, or the file of a script that an
    /// interpreter runs. Zombies and threads of the kernel are left out.
    public static func named(_ name: String) throws(KernelError) -> [FoundProcess] {
        try all().compactMap { pid in
            guard pid != getpid(), let found = describe(pid) else { return nil }
            let files = found.words.prefix(3).map { word in
                String(word.split(separator: "/").last ?? "")
            }
            return found.name == name || files.contains(name) ? found : nil
        }
    }

    /// A process in words; nil when it has ended, or is a zombie or a thread of the kernel.
    public static func describe(_ pid: Int32) -> FoundProcess? {
        guard let process = try? ProcessHandle(pid: pid), let status = try? process.status(),
            let line = try? process.text("cmdline"), !line.isEmpty
        else { return nil }
        let words = line.split(separator: "\0").map(String.init)
        return FoundProcess(pid: pid, name: status.name, words: words)
    }

    /// The numbers of a process and of all its descendants, at this moment.
    public static func family(of root: Int32) throws(KernelError) -> [Int32] {
        var children: [Int32: [Int32]] = [:]
        for pid in try all() {
            guard let stat = try? OwnedDescriptor.open("/proc/\(pid)/stat", O_RDONLY),
                let bytes = try? stat.contents(limit: 4_096),
                let status = ProcessStatus(String(decoding: bytes, as: UTF8.self))
            else { continue }
            children[status.parent, default: []].append(pid)
        }
        var family = [root]
        var index = 0
        while index < family.count {
            family += children[family[index]] ?? []
            index += 1
        }
        return family
    }
}
