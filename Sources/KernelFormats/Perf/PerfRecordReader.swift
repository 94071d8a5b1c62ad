/// Reads the records that were copied out of a ring.
public struct PerfRecordReader {
    private let bytes: [UInt8]
    private var offset = 0
    /// How samples are laid out, by the identifier that each begins with.
    private let layouts: [UInt64: PerfSampleLayout]
    /// Whether bytes did not fit together; nothing after them is read.
    public private(set) var isBroken = false

    /// The most addresses of one call chain, and the most bytes of a part, that are believed.
    static let chainLimit = 1_024
    static let partLimit = 65_536

    /// Makes a reader of whole records.
    public init(_ bytes: [UInt8], layouts: [UInt64: PerfSampleLayout]) {
        self.bytes = bytes
        self.layouts = layouts
    }

    /// The next record; nil at the end, or when the rest does not fit together.
    public mutating func next() -> PerfRecord? {
        guard !isBroken, offset < bytes.count else { return nil }
        let (record, end) = record(at: offset)
        if let end { offset = end } else { isBroken = true }
        return record
    }

    /// The record at an offset, and where it ends; neither when the rest does not fit together.
    private func record(at offset: Int) -> (record: PerfRecord?, end: Int?) {
        let span = bytes.span
        let type = KernelInteger.u32(span, offset)
        // Of the header: type (4 bytes), misc (2), size (2).
        let misc = KernelInteger.u16(span, offset + 4)
        let size = Int(KernelInteger.u16(span, offset + 6))
        guard size >= 8, offset + size <= bytes.count else { return (nil, nil) }
        let body = offset + 8..<offset + size
        // A record that is too short for its type would be read on into the next one.
        guard body.count >= Self.leastBytes(ofType: type) else {
            return (.other(type: type), body.upperBound)
        }
        switch type {
        // PERF_RECORD_LOST: id, lost.
        case 2: return (.lost(KernelInteger.u64(span, body.lowerBound + 8)), body.upperBound)
        // PERF_RECORD_COMM with PERF_RECORD_MISC_COMM_EXEC: pid, tid, text, identity.
        case 3 where misc & 0x2000 != 0:
            // The identity at the end is tid (8 bytes), time, identifier.
            let time = KernelInteger.u64(span, body.upperBound - 16)
            return (
                .executed(
                    pid: Self.i32(span, body.lowerBound),
                    tid: Self.i32(span, body.lowerBound + 4), time: time), body.upperBound
            )
        // PERF_RECORD_EXIT and PERF_RECORD_FORK: pid, ppid, tid, ptid, time.
        case 4, 7:
            let task = PerfTask(
                pid: Self.i32(span, body.lowerBound), parent: Self.i32(span, body.lowerBound + 4),
                tid: Self.i32(span, body.lowerBound + 8),
                time: KernelInteger.u64(span, body.lowerBound + 16))
            return (type == 4 ? .exit(task) : .fork(task), body.upperBound)
        case 10:
            return (
                mapping(body).map(PerfRecord.mapped) ?? .other(type: type), body.upperBound
            )
        case 9:
            guard let sample = sample(body) else { return (nil, nil) }
            return (.sample(sample), body.upperBound)
        default: return (.other(type: type), body.upperBound)
        }
    }

    /// The least bytes behind the header, with the identity of 24 bytes where it is read.
    private static func leastBytes(ofType type: UInt32) -> Int {
        switch type {
        case 2: 16
        case 3: 8 + 24
        case 4, 7: 24
        default: 0
        }
    }

    private static func i32(_ span: borrowing Span<UInt8>, _ offset: Int) -> Int32 {
        Int32(bitPattern: KernelInteger.u32(span, offset))
    }

    /// PERF_RECORD_MMAP2: pid, tid, addr, len, pgoff, maj, min, ino, ino_generation, prot, flags,
    /// the path and its NULs, and the identity of 24 bytes.
    private func mapping(_ body: Range<Int>) -> PerfMapping? {
        let span = bytes.span
        guard body.count >= 64 + 24 else { return nil }
        let start = body.lowerBound
        let path = bytes[start + 64..<body.upperBound - 24].prefix { $0 != 0 }
        return PerfMapping(
            pid: Self.i32(span, start), address: KernelInteger.u64(span, start + 8),
            length: KernelInteger.u64(span, start + 16),
            offset: KernelInteger.u64(span, start + 24),
            inode: KernelInteger.u64(span, start + 40), path: String(decoding: path, as: UTF8.self),
            time: KernelInteger.u64(span, body.upperBound - 16))
    }

    private func sample(_ body: Range<Int>) -> PerfSample? {
        let span = bytes.span
        var place = body.lowerBound
        guard body.count >= 24 else { return nil }
        var sample = PerfSample(
            identifier: KernelInteger.u64(span, place), pid: Self.i32(span, place + 8),
            tid: Self.i32(span, place + 12), time: KernelInteger.u64(span, place + 16),
            callChain: [], raw: [], registers: [], stack: [])
        place += 24
        guard let layout = layouts[sample.identifier] else { return nil }
        if layout.hasCallChain {
            let count = KernelInteger.u64(span, place)
            place += 8
            guard count <= Self.chainLimit, place + 8 * Int(count) <= body.upperBound else {
                return nil
            }
            for index in 0..<Int(count) {
                let address = KernelInteger.u64(span, place + 8 * index)
                // PERF_CONTEXT_USER and the like are the highest 4,095 numbers.
                if address < UInt64.max - 4_095 { sample.callChain.append(address) }
            }
            place += 8 * Int(count)
        }
        if layout.hasRaw {
            let size = Int(KernelInteger.u32(span, place))
            guard size <= Self.partLimit, place + 4 + size <= body.upperBound else { return nil }
            sample.raw = Array(bytes[place + 4..<place + 4 + size])
            place += 4 + size
        }
        return rest(&sample, layout, place, body) ? sample : nil
    }

    private func rest(
        _ sample: inout PerfSample, _ layout: PerfSampleLayout, _ start: Int, _ body: Range<Int>
    ) -> Bool {
        let span = bytes.span
        var place = start
        if layout.registers != 0 {
            let abi = KernelInteger.u64(span, place)
            place += 8
            guard place <= body.upperBound else { return false }
            if abi != 0 {
                let count = layout.registers.nonzeroBitCount
                guard place + 8 * count <= body.upperBound else { return false }
                sample.registerMask = layout.registers
                sample.registers = (0..<count).map { KernelInteger.u64(span, place + 8 * $0) }
                place += 8 * count
            }
        }
        guard layout.hasStack else { return true }
        let size = Int(clamping: KernelInteger.u64(span, place))
        guard size > 0 else { return place + 8 <= body.upperBound }
        guard size <= Self.partLimit, place + 16 + size <= body.upperBound else { return false }
        // The size that was really copied stands behind the bytes.
        let copied = Int(clamping: KernelInteger.u64(span, place + 8 + size))
        sample.stack = Array(bytes[place + 8..<place + 8 + min(size, max(0, copied))])
        return true
    }
}
