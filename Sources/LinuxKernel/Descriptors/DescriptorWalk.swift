import Glibc
import KernelFormats
import Measurements

/// One reading of a process's table of descriptors.
struct DescriptorWalk {
    /// The sockets: number and inode, as the folder lists them.
    var sockets: [(descriptor: Int32, inode: UInt64)] = []
    /// Everything else: number and what its link says.
    var others: [(descriptor: Int32, target: String)] = []
    /// Which of the others, by their place, are directories.
    ///
    /// Asked of the first ``DescriptorWalk/askedPaths`` paths only: a link does not tell.
    var directories: Set<Int> = []
    /// How many paths are asked whether they are directories.
    static let askedPaths = 256
    private var paths = 0
    /// The highest number seen; −1 for none.
    var highest: Int32 = -1

    /// How many descriptors there were.
    var count: Int { sockets.count + others.count }

    /// Reads the folder `fd`.
    ///
    /// A descriptor that goes while the folder is read is left out. The links of descriptors that
    /// are `known` to be sockets, ascending, are believed and not read. Throws when the process has
    /// ended, reaped or not.
    init(
        _ process: borrowing ProcessHandle,
        known: [(descriptor: Int32, inode: UInt64)] = []
    ) throws(KernelError) {
        let folder = try process.folder.open(below: "fd", O_RDONLY | O_DIRECTORY)
        // The stream owns the duplicate from here on, and closedir closes it.
        let duplicate = fcntl(folder.number, F_DUPFD_CLOEXEC, 0)
        guard duplicate >= 0, let stream = unsafe fdopendir(duplicate) else {
            if duplicate >= 0 { close(duplicate) }
            throw .last("read /proc/\(process.pid)/fd")
        }
        // The pointers are valid for the length of the call.
        defer { unsafe closedir(stream) }
        var buffer = [UInt8](repeating: 0, count: 4097)
        var place = 0
        // readdir gives storage of the stream that is valid until the next call.
        while let entry = unsafe readdir(stream) {
            unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                // d_name is a NUL-terminated text of at most 256 bytes.
                unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) { name in
                    guard let number = unsafe Self.number(name) else { return }
                    // The folder lists ascending numbers, as the list of those known is.
                    while place < known.count, known[place].descriptor < number { place += 1 }
                    if place < known.count, known[place].descriptor == number {
                        sockets.append(known[place])
                        highest = max(highest, number)
                    } else {
                        // The name lives as long as the entry.
                        unsafe add(number, name, folder.number, &buffer)
                    }
                }
            }
        }
        // The table of a process that has ended reads as empty until it is reaped.
        if count == 0 { _ = try process.status() }
    }

    // Marked unsafe for the name, which the caller keeps alive.
    private mutating func add(
        _ number: Int32, _ name: UnsafePointer<CChar>, _ folder: Int32, _ buffer: inout [UInt8]
    ) {
        // The buffer lives as long as the call, and its count bounds what is written.
        let length = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { text in
                unsafe text.baseAddress.map { unsafe readlinkat(folder, name, $0, text.count - 1) }
                    ?? -1
            }
        }
        guard length > 0 else { return }
        highest = max(highest, number)
        if let inode = DescriptorLink.socketInode(buffer.span.extracting(first: length)) {
            sockets.append((number, inode))
        } else {
            if buffer[0] == UInt8(ascii: "/"), paths < Self.askedPaths {
                paths += 1
                var status = stat()
                // The structure is ours, and the name is the caller's.
                let asked = unsafe fstatat(folder, name, &status, 0)
                if asked == 0, status.st_mode & S_IFMT == S_IFDIR {
                    directories.insert(others.count)
                }
            }
            others.append((number, String(decoding: buffer[..<length], as: UTF8.self)))
        }
    }

    /// A text of digits as a number; nil for `.` and `..`.
    private static func number(_ name: UnsafePointer<CChar>) -> Int32? {
        var value: Int32 = 0
        var index = 0
        while true {
            // Inside the text: the loop ends at its NUL.
            let byte = unsafe UInt8(bitPattern: name[index])
            if byte == 0 { return index > 0 ? value : nil }
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), index < 10 else {
                return nil
            }
            value = value &* 10 &+ Int32(byte & 15)
            index += 1
        }
    }
}
