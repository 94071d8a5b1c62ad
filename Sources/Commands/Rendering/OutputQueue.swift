import Dispatch
import Synchronization

/// Writes to standard output off the event loops, in order, with a bound.
///
/// A reader that is slow, or a full disk, costs lines, never probes; lines that were lost are
/// counted and said.
final class OutputQueue: Sendable {
    /// The most bytes that wait to be written.
    ///
    /// Default 16 MiB.
    static let limitBytes = 16 << 20

    private let queue = DispatchQueue(label: "sockeye.output")
    private let waiting = Atomic<Int>(0)
    private let lost = Atomic<Int>(0)

    /// Appends bytes that hold a number of whole lines.
    func append(_ bytes: [UInt8], lines: Int) {
        let total = waiting.add(bytes.count, ordering: .relaxed).newValue
        guard total <= Self.limitBytes else {
            waiting.subtract(bytes.count, ordering: .relaxed)
            lost.add(lines, ordering: .relaxed)
            return
        }
        queue.async { [self] in
            StandardStreams.output(bytes)
            waiting.subtract(bytes.count, ordering: .relaxed)
        }
    }

    /// Waits until everything was written, and says what was lost.
    func finish() async {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume() }
        }
        let count = lost.load(ordering: .relaxed)
        if count > 0 {
            StandardStreams.talk("sockeye: \(count) lines of output were lost: the reader was slow")
        }
    }
}
