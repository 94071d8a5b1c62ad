import CLinuxShims
import Glibc
public import KernelFormats
public import Measurements

/// Perf events of one process: of every thread that it has and will have, on every processor.
///
/// Everything is undone when its owner goes, however it goes: the kernel closes what is left of a
/// killed process, and with the last descriptor its events and its uprobes. The process that is
/// looked at is not stopped, and gets no signal.
public final class PerfSession {
    /// An event that is wanted.
    public struct Wanted: Sendable {
        /// What is measured.
        public enum Source: Hashable, Sendable {
            /// A tracepoint, with a filter, of the process's threads and those they start.
            case tracepoint(String, filter: String)
            /// The instruction at an offset of a file, in whatever process reaches it.
            case uprobe(path: String, offset: UInt64)
        }

        /// What is measured.
        public var source: Source
        /// What each sample has.
        public var layout: PerfSampleLayout
        /// The bytes of stack that each sample has, a multiple of 8.
        public var stack: UInt32

        /// Makes a wish.
        public init(_ source: Source, layout: PerfSampleLayout, stack: UInt32 = 0) {
            self.source = source
            self.layout = layout
            self.stack = stack
        }
    }

    /// A record, and which of the wanted events it is of; nil for one that is no sample.
    public struct Entry: Sendable {
        /// The record.
        public var record: PerfRecord
        /// The place of its event in the list of those wanted.
        public var place: Int?
        /// When, in nanoseconds of CLOCK_MONOTONIC; 0 where the record does not say.
        public var time: UInt64
    }

    private let pid: Int32
    private var rings: [PerfRing] = []
    private var events: [EventBox] = []
    private var layouts: [UInt64: PerfSampleLayout] = [:]
    private var places: [UInt64: Int] = [:]
    private var attached: Set<Int32> = []
    /// Of each thread, by ring and wish, the first stream: a thread that was found twice tells each
    /// event twice.
    private var streams: [Int32: [Int: UInt64]] = [:]
    /// The first number of the events of one thread, or of one uprobe, by each of their numbers.
    private var families: [UInt64: UInt64] = [:]
    private var family: UInt64?
    private var waiting: [Entry] = []
    /// What could not be seen.
    public private(set) var coverage = Coverage()
    /// When every event was on, in nanoseconds.
    public private(set) var started: UInt64 = 0
    /// How often the threads are listed at most: those that are started meanwhile by attached ones
    /// are attached as well.
    private static let rounds = 4

    private final class EventBox {
        let event: PerfEvent
        init(_ event: consuming PerfEvent) { self.event = event }
    }

    /// The pages of each processor's ring.
    ///
    /// Default 512: 2 MiB with pages of 4 KiB.
    public static let ringPages: UInt32 = 512

    /// How long, in nanoseconds, a record may need from its time into the ring.
    private static let slack: UInt64 = 20_000_000

    /// Opens the events, and starts them when all are open.
    ///
    /// Throws a ``KernelError``; whatever was open is closed then.
    public init(pid: Int32, wanted: [Wanted]) throws(KernelError) {
        self.pid = pid
        let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_CONF)))
        var online: [Int32] = []
        for cpu in 0..<Int32(processors) {
            do throws(KernelError) {
                // A dummy of the whole machine: starts and ends of processes, and the ring's owner.
                var request = PerfEvent.Request(type: 1, config: 9, cpu: cpu)
                request.followsTasks = true
                request.counts = false
                rings.append(try PerfRing(try PerfEvent(request), pages: Self.ringPages))
                online.append(cpu)
            } catch {
                // A processor that is off line.
                guard error.code == ENODEV else { throw error }
            }
        }
        try open(wanted, on: online)
        for ring in rings { try ring.event.enable() }
        for box in events { try box.event.enable() }
        started = Self.now
    }

    private func open(_ wanted: [Wanted], on processors: [Int32]) throws(KernelError) {
        let files = try TraceFileSystem()
        let uprobes = try Self.uprobeType()
        for (place, wish) in wanted.enumerated() {
            guard case .uprobe(let path, let offset) = wish.source else { continue }
            family = nil
            for (index, cpu) in processors.enumerated() {
                var request = PerfEvent.Request(type: uprobes, cpu: cpu)
                request.layout = wish.layout
                request.stack = wish.stack
                request.uprobe = (path, offset)
                try add(try PerfEvent(request), wish.layout, place, to: rings[index])
            }
        }
        // Threads are started meanwhile, by those that are attached already and by others: until a
        // round finds none that is new.
        for _ in 0..<Self.rounds {
            let threads = try ProcessFinder.numbers(in: "/proc/\(pid)/task")
                .filter { !attached.contains($0) }
            if threads.isEmpty { return }
            for thread in threads {
                attached.insert(thread)
                for (place, wish) in wanted.enumerated() {
                    guard case .tracepoint(let name, let filter) = wish.source else { continue }
                    let number = try files.number(of: name)
                    family = nil
                    for (index, cpu) in processors.enumerated() {
                        var request = PerfEvent.Request(type: 2, config: number, cpu: cpu)
                        request.layout = wish.layout
                        request.stack = wish.stack
                        request.pid = thread
                        request.inherit = true
                        do throws(KernelError) {
                            let event = try PerfEvent(request)
                            if !filter.isEmpty { try event.filter(filter) }
                            try add(event, wish.layout, place, to: rings[index])
                        } catch {
                            // The thread has ended.
                            guard error.code == ESRCH else { throw error }
                        }
                    }
                }
            }
        }
        coverage.lacks("threads that were started while others were attached")
    }

    private func add(
        _ event: consuming PerfEvent, _ layout: PerfSampleLayout, _ place: Int, to ring: PerfRing
    ) throws(KernelError) {
        try event.redirect(to: ring.event.number)
        families[event.identifier] = family ?? event.identifier
        family = families[event.identifier]
        layouts[event.identifier] = layout
        places[event.identifier] = place
        events.append(EventBox(event))
    }

    private static func uprobeType() throws(KernelError) -> UInt32 {
        let file = try OwnedDescriptor.open("/sys/bus/event_source/devices/uprobe/type", O_RDONLY)
        let text = String(decoding: try file.contents(limit: 64), as: UTF8.self)
        guard let number = UInt32(text.prefix { $0.isNumber }) else {
            throw KernelError("read the type of uprobes", code: EBADMSG)
        }
        return number
    }

    /// Now, on the clock of the events, in nanoseconds (clock_gettime(2), `CLOCK_MONOTONIC`).
    public static var now: UInt64 { UInt64(clamping: clinux_monotonic_time()) }

    /// Stops every event; what is in the rings stays.
    public func stop() {
        for box in events { box.event.disable() }
    }

    /// What happened since the last call, in order; with `all` also what is so young that another
    /// processor might still have something older.
    public func take(all: Bool = false) -> [Entry] {
        // A record has its time before it is in the ring, and its writer may be put off in between.
        let now = Self.now
        let horizon = all ? UInt64.max : now - min(now, Self.slack)
        for (index, ring) in rings.enumerated() { read(ring.drain(), of: index) }
        waiting.sort { $0.time < $1.time }
        let end = waiting.firstIndex { $0.time > horizon } ?? waiting.count
        let ready = Array(waiting[..<end])
        waiting.removeFirst(end)
        return ready
    }

    private func read(_ bytes: [UInt8], of ring: Int) {
        var reader = PerfRecordReader(bytes, layouts: layouts)
        while let record = reader.next() {
            switch record {
            case .sample(let sample):
                guard let place = places[sample.identifier], isFirstStream(sample, place, ring)
                else {
                    continue
                }
                waiting.append(Entry(record: record, place: place, time: sample.time))
            case .exit(let task):
                // The number may be given to another thread, of another stream.
                streams[task.tid] = nil
                waiting.append(Entry(record: record, place: nil, time: task.time))
            case .fork(let task):
                waiting.append(Entry(record: record, place: nil, time: task.time))
            case .executed(_, _, let time):
                waiting.append(Entry(record: record, place: nil, time: time))
            case .lost: waiting.append(Entry(record: record, place: nil, time: 0))
            case .other: break
            }
        }
        if reader.isBroken { coverage.lacks("records that did not fit together") }
    }

    private func isFirstStream(_ sample: PerfSample, _ place: Int, _ ring: Int) -> Bool {
        // One processor's ring has one event of each thread; a thread that was attached in part by
        // inheriting has it from another stream on another ring.
        let key = place * rings.count + ring
        guard let known = streams[sample.tid]?[key] else {
            streams[sample.tid, default: [:]][key] = family(of: sample.identifier)
            return true
        }
        return known == family(of: sample.identifier)
    }

    /// Which thread's events a number belongs to: those of one thread and one wish are opened
    /// together.
    private func family(of identifier: UInt64) -> UInt64 { families[identifier] ?? identifier }
}
