import Glibc
import LeakAnalysis
import LinuxKernel
import Measurements

/// A recording that grows at its end, one look after another.
///
/// Whatever goes wrong with it is said once, and the looks go on without it.
final class RecordingFile {
    private static let option = "--record"
    private let file: OpenFile
    private var encoder: RecordingEncoder
    private var failure: String?
    private var hasFailed: Bool { failure != nil }
    private var looks: Int
    private var bytes: Int

    /// Begins a recording, or goes on with one that is there.
    ///
    /// Throws a usage fault when the path is something else, cannot be written, or is being
    /// written by another sockeye; the file is then as it was.
    init(path: String, every: Duration) throws {
        let file = try OpenFile(path, option: Self.option, flags: O_RDWR | O_CREAT | O_APPEND)
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
            throw errno == EWOULDBLOCK
                ? file.fault("another sockeye is writing to it") : file.fault(errno)
        }
        let old = file.isRegular ? try file.contents() : []
        let resumption = old.isEmpty ? nil : try Self.resumption(of: old, in: file)
        let encoder =
            resumption.map(RecordingEncoder.init(resuming:))
            ?? RecordingEncoder(
                RecordingHeader(
                    writer: "sockeye \(SockeyeVersion.text)", started: WallClock.now,
                    interval: every))
        if let code = file.write(encoder.headBytes) { throw file.fault(code) }
        looks = resumption?.looks ?? 0
        bytes = (resumption?.bytes ?? 0) + encoder.headBytes.count
        self.encoder = encoder
        self.file = file
    }

    private static func resumption(
        of old: [UInt8], in file: borrowing OpenFile
    ) throws -> RecordingEncoder.Resumption {
        guard RecordingDecoder.isRecording(old) else {
            throw file.fault("it is there and is no recording; name another file")
        }
        do throws(RecordingFault) {
            var decoder = try RecordingDecoder(old)
            while try decoder.next() != nil {}
            let resumption = decoder.resumption
            let cut = old.count - resumption.bytes
            if cut > 0, ftruncate(file.number, off_t(resumption.bytes)) != 0 {
                throw RecordingFault.damaged(
                    offset: resumption.bytes, what: "its last look is not whole, and cannot be cut",
                    wholeLooks: resumption.looks)
            }
            StandardStreams.talk(
                "sockeye: going on with a recording of "
                    + ProcessWords.count(resumption.looks, "look")
                    + (cut > 0 ? "; \(cut) bytes of a look that was not whole are cut off" : ""))
            return resumption
        } catch {
            throw file.fault("\(error)")
        }
    }

    /// Appends an event, whole or in a way that readers notice.
    func append(_ event: RecordingEvent) {
        guard !hasFailed else { return }
        append(bytes: encoder.encode(event))
        if case .snapshot = event, !hasFailed { looks += 1 }
    }

    private func append(bytes new: [UInt8]) {
        guard let code = file.write(new) else {
            bytes += new.count
            return
        }
        let words =
            "sockeye: \(file.fault(code).message); recording stopped, and "
            + "\(ProcessWords.count(looks, "look")) before are whole"
        failure = words
        StandardStreams.talk(words)
        // What is left of this look would be cut off by every reader; here it is cut off at once.
        if file.isRegular { _ = ftruncate(file.number, off_t(bytes)) }
    }

    /// Makes sure that what was written is kept, and says what there is.
    func finish() {
        // A screen may have been drawn over what was said at the time.
        if let failure { return StandardStreams.talk(failure) }
        if file.isRegular { _ = fsync(file.number) }
        StandardStreams.talk(
            "sockeye: recorded \(ProcessWords.count(looks, "look")) in "
                + "\(Decimals.grouped(bytes)) bytes")
    }
}
