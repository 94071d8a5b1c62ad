import CLinuxShims
import Glibc
public import KernelFormats
import Measurements

extension PerfSession {
    /// How long, in nanoseconds, a record may need from its time into the ring.
    private static let slack: UInt64 = 20_000_000

    /// Now, on the clock of the events, in nanoseconds (clock_gettime(2), `CLOCK_MONOTONIC`).
    public static var now: UInt64 { UInt64(clamping: clinux_monotonic_time()) }

    /// Waits until a ring has much to read, a descriptor can be read, or the time is over.
    public func wait(within limit: Duration, orReadable descriptor: Int32) {
        var entries = rings.map {
            pollfd(fd: $0.event.number, events: Int16(POLLIN), revents: 0)
        }
        entries.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
        let milliseconds = Int32(clamping: max(0, (limit.nanoseconds + 999_999) / 1_000_000))
        // The list is our own and outlives the call. Failures, EINTR above all, are a wait that
        // ended early.
        _ = unsafe poll(&entries, nfds_t(entries.count), milliseconds)
    }

    /// What happened since the last call, in order; with `all` also what is so young that another
    /// processor might still have something older.
    ///
    /// `onArrival` is told each sample at once, in no order.
    public func take(
        all: Bool = false, onArrival: (_ sample: PerfSample, _ place: Int) -> Void = { _, _ in }
    ) -> [Entry] {
        // A record has its time before it is in the ring, and its writer may be put off in between.
        let now = Self.now
        let horizon = all ? UInt64.max : now - min(now, Self.slack)
        for (index, ring) in rings.enumerated() { read(ring.drain(), of: index, onArrival) }
        waiting.sort { $0.time < $1.time }
        let end = waiting.firstIndex { $0.time > horizon } ?? waiting.count
        let ready = waiting[..<end].compactMap { arrival -> Entry? in
            var place: Int?
            switch arrival.record {
            case .sample(let sample):
                place = identities.place(of: sample, ring: arrival.ring, rings: rings.count)
                guard place != nil else { return nil }
            // The number may be given to another thread, of another stream.
            case .exit(let task): identities.forget(thread: task.tid)
            default: break
            }
            return Entry(record: arrival.record, place: place, time: arrival.time)
        }
        waiting.removeFirst(end)
        return ready
    }

    private func read(
        _ bytes: [UInt8], of ring: Int, _ onArrival: (_ sample: PerfSample, _ place: Int) -> Void
    ) {
        var reader = PerfRecordReader(bytes, layouts: identities.layouts)
        while let record = reader.next() {
            let time: UInt64
            switch record {
            case .sample(let sample):
                guard let place = identities.place(ofEvent: sample.identifier) else { continue }
                onArrival(sample, place)
                time = sample.time
            case .exit(let task), .fork(let task): time = task.time
            case .executed(_, _, let when): time = when
            case .mapped(let mapping): time = mapping.time
            case .lost: time = 0
            case .other: continue
            }
            waiting.append(Arrival(record: record, ring: ring, time: time))
        }
        if reader.isBroken { coverage.lacks("records that did not fit together") }
    }
}

/// Which event each number is of.
struct EventIdentities {
    private(set) var layouts: [UInt64: PerfSampleLayout] = [:]
    private var places: [UInt64: Int] = [:]
    /// The first number of the events of one thread, or of one uprobe, by each of their numbers.
    private var families: [UInt64: UInt64] = [:]
    /// Those that are of no thread, so that nothing tells the same.
    private var ofMachine: Set<UInt64> = []
    /// Of each thread, by ring and wish, the first stream: a thread that was found twice tells each
    /// event twice.
    private var streams: [Int32: [Int: UInt64]] = [:]

    mutating func add(
        _ identifier: UInt64, family: UInt64, place: Int, isOfMachine: Bool,
        _ layout: PerfSampleLayout
    ) {
        if isOfMachine { ofMachine.insert(identifier) }
        layouts[identifier] = layout
        places[identifier] = place
        families[identifier] = family
    }

    /// The place of an event.
    func place(ofEvent identifier: UInt64) -> Int? { places[identifier] }

    mutating func forget(thread: Int32) { streams[thread] = nil }

    /// The place of a sample's event; nil when another stream tells the same.
    mutating func place(of sample: PerfSample, ring: Int, rings: Int) -> Int? {
        guard let place = places[sample.identifier], let family = families[sample.identifier] else {
            return nil
        }
        if ofMachine.contains(sample.identifier) { return place }
        // One processor's ring has one event of each thread; a thread that was attached in part by
        // inheriting has it from another stream on another ring.
        let key = place * rings + ring
        guard let known = streams[sample.tid]?[key] else {
            streams[sample.tid, default: [:]][key] = family
            return place
        }
        return known == family ? place : nil
    }
}
