import Foundation
import KernelFormats
import Testing

/// A file of `perf record`, whose records are those of a ring (Linux,
/// tools/perf/Documentation/perf.data-file-format.txt).
struct PerfDataFile {
    /// How the samples of an event are laid out.
    private struct Event {
        var sampleType: UInt64
        var registers: UInt64

        /// What the reader is told; it knows no other parts.
        var layout: PerfSampleLayout {
            PerfSampleLayout(
                hasCallChain: sampleType & 1 << 5 != 0, hasRaw: sampleType & 1 << 10 != 0,
                registers: sampleType & 1 << 12 != 0 ? registers : 0,
                hasStack: sampleType & 1 << 13 != 0)
        }

        /// Whether a part is told.
        func has(_ bit: Int) -> Bool { sampleType & 1 << UInt64(bit) != 0 }
    }

    /// The reader's records by where they are in the file.
    private(set) var records: [(offset: Int, record: PerfRecord)] = []

    init(_ path: String) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        try #require(bytes.starts(with: Array("PERFILE2".utf8)), "another format")
        let events = try Self.events(bytes)
        let start = Int(KernelInteger.u64(bytes.span, 40))
        let end = start + Int(KernelInteger.u64(bytes.span, 48))
        var (ring, offsets): ([UInt8], [Int]) = ([], [])
        var place = start
        while place < end {
            let size = Int(KernelInteger.u16(bytes.span, place + 6))
            try #require(size >= 8 && place + size <= end, "a record of \(size) at \(place)")
            // The others are perf's own.
            if KernelInteger.u32(bytes.span, place) < 64 {
                ring += Self.record(bytes[place..<place + size], events)
                offsets.append(place)
            }
            place += size
        }
        var reader = PerfRecordReader(ring, layouts: events.mapValues(\.layout))
        for offset in offsets {
            let record = reader.next()
            records.append((offset, try #require(record, "none at \(offset)")))
        }
        let behind = reader.next()
        #expect(behind == nil && !reader.isBroken)
    }

    /// The events by the numbers that the kernel gave them.
    private static func events(_ bytes: [UInt8]) throws -> [UInt64: Event] {
        let span = bytes.span
        let size = Int(KernelInteger.u64(span, 16))
        let start = Int(KernelInteger.u64(span, 24))
        let end = start + Int(KernelInteger.u64(span, 32))
        var events: [UInt64: Event] = [:]
        for attribute in stride(from: start, to: end, by: size) {
            let event = Event(
                sampleType: KernelInteger.u64(span, attribute + 24),
                registers: KernelInteger.u64(span, attribute + 80))
            // IDENTIFIER, TID, TIME, and none whose size depends on more than on itself.
            try #require(event.has(16) && event.has(1) && event.has(2))
            try #require(event.sampleType & (1 << 4 | 1 << 11) == 0)
            let first = Int(KernelInteger.u64(span, attribute + size - 16))
            let count = Int(KernelInteger.u64(span, attribute + size - 8)) / 8
            for index in 0..<count {
                events[KernelInteger.u64(span, first + 8 * index)] = event
            }
        }
        return events
    }

    /// A record without the parts that perf asks for and sockeye does not: these are words.
    private static func record(_ bytes: ArraySlice<UInt8>, _ events: [UInt64: Event]) -> [UInt8] {
        var record = Array(bytes)
        if KernelInteger.u32(record.span, 0) == 9 {
            guard let event = events[KernelInteger.u64(record.span, 8)] else { return record }
            // Behind the time: ADDR, ID, STREAM_ID, CPU, PERIOD; before the thread: IP.
            let words = [3, 6, 9, 7, 8].count { event.has($0) }
            let time = event.has(0) ? 32 : 24
            record.removeSubrange(time + 8..<time + 8 + 8 * words)
            if event.has(0) { record.removeSubrange(16..<24) }
        } else if let event = events[KernelInteger.u64(record.span, record.count - 8)] {
            // Before the identifier at the end: ID, STREAM_ID, CPU.
            let words = [6, 9, 7].count { event.has($0) }
            let end = record.count - 8
            record.removeSubrange(end - 8 * words..<end)
        }
        record[6] = UInt8(truncatingIfNeeded: record.count)
        record[7] = UInt8(truncatingIfNeeded: record.count >> 8)
        return record
    }
}
