import Glibc

/// A file for the result of long work: opened before the work, written after it.
final class ResultFile {
    private let file: OpenFile

    /// Makes the file when there is none, and leaves one that is there as it is.
    ///
    /// Throws a usage fault when it cannot be written, before the work is lost.
    init(path: String, option: String) throws(UsageMessage) {
        file = try OpenFile(path, option: option, flags: O_WRONLY | O_CREAT)
    }

    /// Replaces the contents.
    func write(_ bytes: [UInt8]) throws(UsageMessage) {
        // A pipe cannot be cut, and need not be.
        if file.isRegular, ftruncate(file.number, 0) != 0 { throw file.fault(errno) }
        if let code = file.write(bytes) { throw file.fault(code) }
        // A full disk may only show when the bytes have to be there (fsync(2)).
        if file.isRegular, fsync(file.number) != 0 { throw file.fault(errno) }
    }
}
