import Glibc
public import KernelFormats
public import Measurements

/// Perf events of processes: of every thread that they have and will have, on every processor.
///
/// Everything is undone when its owner goes, however it goes: the kernel closes what is left of a
/// killed process, and with the last descriptor its events and its uprobes. The processes that are
/// looked at are not stopped, and get no signal.
public final class PerfSession {
    /// An event that is wanted.
    public struct Wanted: Sendable {
        /// What is measured.
        public enum Source: Hashable, Sendable {
            /// A tracepoint, with a filter, of the processes that are attached.
            case tracepoint(String, filter: String)
            /// A tracepoint, with a filter, of every process of the machine: for calls that are rare,
            /// since the events of a thread cost it something at each of its switches.
            case rareTracepoint(String, filter: String)
            /// The instruction at an offset of a file, in whatever process reaches it.
            case uprobe(path: String, offset: UInt64)
        }

        /// What is measured.
        public var source: Source
        /// What each sample has.
        public var layout: PerfSampleLayout
        /// The bytes of stack that each sample has, a multiple of 8.
        public var stack: UInt32
        /// Whether each sample wakes the reader, which costs the process tens of microseconds.
        public var isUrgent: Bool

        /// Makes a wish.
        public init(
            _ source: Source, layout: PerfSampleLayout, stack: UInt32 = 0, isUrgent: Bool = false
        ) {
            self.isUrgent = isUrgent
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

    /// A record that is not taken yet, and the ring that it came from.
    struct Arrival {
        var record: PerfRecord
        var ring: Int
        var time: UInt64
    }

    var rings: [PerfRing] = []
    private var processors: [Int32] = []
    private var events: [EventBox] = []
    private let files: TraceFileSystem
    private let followsChildren: Bool
    private var hasStarted = false
    private var attached: Set<Int32> = []
    private var family: UInt64?
    var identities = EventIdentities()
    var waiting: [Arrival] = []
    /// What could not be seen.
    public internal(set) var coverage = Coverage()
    /// When every event was on, in nanoseconds.
    public private(set) var started: UInt64 = 0
    /// How often the threads are listed at most: those that are started meanwhile by attached ones
    /// are attached as well.
    private static let rounds = 8

    private final class EventBox {
        let event: PerfEvent
        init(_ event: consuming PerfEvent) { self.event = event }
    }

    /// The pages of each processor's ring, where there are so many: 4 MiB with pages of 4 KiB up to
    /// 16 processors, 2 MiB with more.
    static func ringPages(processors: Int) -> UInt32 { processors <= 16 ? 1_024 : 512 }

    /// Opens a ring for each processor; only starts, ends and mappings are told yet.
    ///
    /// Processes that attached ones start are followed with `followsChildren`. Throws a
    /// ``KernelError``; whatever was open is closed then.
    public init(followsChildren: Bool = false) throws(KernelError) {
        self.followsChildren = followsChildren
        files = try TraceFileSystem()
        let count = max(1, sysconf(Int32(_SC_NPROCESSORS_CONF)))
        for cpu in 0..<Int32(count) {
            do throws(KernelError) {
                // A dummy of the whole machine: starts and ends of processes, files that are mapped,
                // and the ring's owner.
                var request = PerfEvent.Request(type: 1, config: 9, cpu: cpu)
                request.followsTasks = true
                request.counts = false
                rings.append(
                    try PerfRing(
                        try PerfEvent(request), pages: Self.ringPages(processors: count)))
                processors.append(cpu)
            } catch {
                // A processor that is off line.
                guard error.code == ENODEV else { throw error }
            }
        }
        // From now on it is told who is started, ends, and maps what: before anybody is listed.
        for ring in rings { try ring.event.enable() }
    }

    /// Opens the events of the whole machine; those of other kinds are passed over.
    ///
    /// The place of each in `wanted` is that of ``Entry/place``.
    public func attachMachine(_ wanted: [Wanted]) throws(KernelError) {
        for (place, wish) in wanted.enumerated() {
            guard case .rareTracepoint(let name, let filter) = wish.source else { continue }
            try open(name, filter, wish, place, of: nil)
        }
    }

    /// Opens the events of all threads of a process; those of other kinds are passed over.
    ///
    /// The place of each in `wanted` is that of ``Entry/place``.
    public func attach(_ pid: Int32, _ wanted: [Wanted]) throws(KernelError) {
        // Threads are started meanwhile, by those that are attached already and by others: until a
        // round finds none that is new.
        for _ in 0..<Self.rounds {
            let all: [Int32]
            do throws(KernelError) {
                all = try ProcessFinder.numbers(in: "/proc/\(pid)/task")
            } catch {
                // It has ended.
                guard error.isGone else { throw error }
                return
            }
            let threads = all.filter { !attached.contains($0) }
            if threads.isEmpty { return }
            for thread in threads {
                attached.insert(thread)
                try attach(thread: thread, wanted)
            }
        }
        coverage.lacks("threads that were started while others were attached")
    }

    private func attach(thread: Int32, _ wanted: [Wanted]) throws(KernelError) {
        for (place, wish) in wanted.enumerated() {
            guard case .tracepoint(let name, let filter) = wish.source else { continue }
            try open(name, filter, wish, place, of: thread)
        }
    }

    /// Opens a tracepoint on every processor: of a thread and those that it starts, or of all.
    private func open(
        _ name: String, _ filter: String, _ wish: Wanted, _ place: Int, of thread: Int32?
    ) throws(KernelError) {
        let number = try files.number(of: name)
        family = nil
        for (index, cpu) in processors.enumerated() {
            var request = PerfEvent.Request(type: 2, config: number, cpu: cpu)
            request.layout = wish.layout
            request.stack = wish.stack
            request.isUrgent = wish.isUrgent
            if let thread {
                request.pid = thread
                request.inherit = true
                request.inheritsThreadsOnly = !followsChildren
            }
            do throws(KernelError) {
                let event = try PerfEvent(request)
                if !filter.isEmpty { try event.filter(filter) }
                try add(event, wish, place, to: rings[index])
            } catch {
                // The thread has ended.
                guard thread != nil, error.code == ESRCH else { throw error }
            }
        }
    }

    /// Sets a uprobe, in every process that runs the file; `place` is that of its samples.
    public func probe(_ wish: Wanted, place: Int) throws(KernelError) {
        guard case .uprobe(let path, let offset) = wish.source else { return }
        let type = try Self.uprobeType()
        family = nil
        for (index, cpu) in processors.enumerated() {
            var request = PerfEvent.Request(type: type, cpu: cpu)
            request.layout = wish.layout
            request.stack = wish.stack
            request.uprobe = (path, offset)
            try add(try PerfEvent(request), wish, place, to: rings[index])
        }
    }

    private func add(
        _ event: consuming PerfEvent, _ wish: Wanted, _ place: Int, to ring: PerfRing
    ) throws(KernelError) {
        try event.redirect(to: ring.event.number)
        family = family ?? event.identifier
        let isOfMachine =
            switch wish.source {
            case .tracepoint: false
            case .rareTracepoint, .uprobe: true
            }
        identities.add(
            event.identifier, family: family ?? event.identifier, place: place,
            isOfMachine: isOfMachine, wish.layout)
        if hasStarted { try event.enable() }
        events.append(EventBox(event))
    }

    /// Starts every event; those that are opened later start at once.
    public func start() throws(KernelError) {
        for box in events { try box.event.enable() }
        hasStarted = true
        started = Self.now
    }

    /// Stops every event; what is in the rings stays.
    public func stop() {
        for box in events { box.event.disable() }
    }

    private static func uprobeType() throws(KernelError) -> UInt32 {
        let file = try OwnedDescriptor.open("/sys/bus/event_source/devices/uprobe/type", O_RDONLY)
        let text = String(decoding: try file.contents(limit: 64), as: UTF8.self)
        guard let number = UInt32(text.prefix { $0.isNumber }) else {
            throw KernelError("read the type of uprobes", code: EBADMSG)
        }
        return number
    }
}
