public import KernelFormats

/// The Python functions that asked for sockets, read from the process when a sample arrives.
///
/// A sample arrives late, and the thread may have gone on: what is read counts only when it shows
/// that the thread is still where it made the socket (``PythonRuntime/isMakingSocket(_:)``).
public struct PythonStacks {
    private struct Key: Hashable {
        var thread: Int32
        var time: UInt64
    }

    private var runtimes: [Int32: PythonRuntime?] = [:]
    private var threads: [Int32: Int32] = [:]
    private var frames: [Key: [PythonFrame]] = [:]
    private var latest: [Int32: UInt64] = [:]
    /// Why the functions of a process cannot be read, where that is so.
    public private(set) var refusals: [Int32: PythonUnreadable] = [:]

    private let read: (_ pid: Int32) -> (_ address: UInt64, _ count: Int) -> [UInt8]
    private let innermostNumber: (_ pid: Int32, _ thread: Int32) -> Int32
    private let isNamed: (_ pid: Int32) -> Bool
    /// How many stacks were read, and how many of them came too late.
    public private(set) var counts = (read: 0, late: 0)

    /// The most samples whose functions are kept until they are asked for.
    private static let limit = 100_000

    /// Makes one that has read nothing.
    ///
    /// `read` reads the memory of a process; `innermostNumber` gives the number of a thread as its
    /// own process sees it; `isNamed` says whether a process itself tells of its functions
    /// (``GeneratedCode``), so that they need not be read.
    public init(
        read: @escaping (_ pid: Int32) -> (_ address: UInt64, _ count: Int) -> [UInt8],
        innermostNumber: @escaping (_ pid: Int32, _ thread: Int32) -> Int32,
        isNamed: @escaping (_ pid: Int32) -> Bool
    ) {
        self.read = read
        self.innermostNumber = innermostNumber
        self.isNamed = isNamed
    }

    /// A process runs another program.
    public mutating func forget(_ pid: Int32) { runtimes[pid] = nil }

    /// A sample of a socket that was just made arrived.
    public mutating func arrive(_ sample: PerfSample, _ images: ProgramImages) {
        guard let runtime = runtime(of: sample.pid, images) else { return }
        // An earlier sample of the thread was read when this socket had been made already.
        if let before = latest[sample.tid] {
            guard before < sample.time else { return }
            frames[Key(thread: sample.tid, time: before)] = nil
        }
        latest[sample.tid] = sample.time
        var reading = runtime
        runtimes[sample.pid] = nil
        let thread = threads[sample.tid] ?? innermostNumber(sample.pid, sample.tid)
        threads[sample.tid] = thread
        let found = reading.frames(ofThread: thread)
        runtimes[sample.pid] = .some(reading)
        counts.read += 1
        guard PythonRuntime.isMakingSocket(found), frames.count < Self.limit else {
            counts.late += 1
            return
        }
        frames[Key(thread: sample.tid, time: sample.time)] = found
    }

    /// All samples that had arrived were taken: what is read from now on is later.
    public mutating func endArrivals() { latest = [:] }

    /// The functions of a sample that arrived, innermost first; each sample is asked for once.
    public mutating func take(_ sample: PerfSample) -> [PythonFrame] {
        frames.removeValue(forKey: Key(thread: sample.tid, time: sample.time)) ?? []
    }

    private mutating func runtime(of pid: Int32, _ images: ProgramImages) -> PythonRuntime? {
        if let known = runtimes[pid] { return known }
        guard let python = images.python, !isNamed(pid) else {
            runtimes[pid] = .some(nil)
            return nil
        }
        do throws(PythonUnreadable) {
            let runtime = try PythonRuntime(
                image: python.image, bias: python.bias, fileName: python.path, read: read(pid))
            runtimes[pid] = .some(runtime)
            return runtime
        } catch {
            // While it starts there is nothing to read yet: it is tried again at the next sample.
            if error != .memory {
                runtimes[pid] = .some(nil)
                refusals[pid] = error
            }
            return nil
        }
    }
}

extension ProgramImages {
    /// The file that CPython is in; nil for any other program.
    var python: (image: ELFImage, bias: UInt64, path: String)? {
        for mapping in space.mappings
        where mapping.path == program || mapping.path.contains("/libpython") {
            guard let facts = cache.facts(of: mapping), facts.isPython,
                let inside = facts.image.address(ofFile: mapping.offset)
            else { continue }
            return (facts.image, mapping.range.lowerBound &- inside, mapping.path)
        }
        return nil
    }
}
