import KernelFormats

/// What holds of any bytes of a perf ring.
enum RecordPromises {
    /// How samples are laid out, by identifiers that chance soon finds.
    private static let layouts: [UInt64: PerfSampleLayout] = {
        let pointers = PerfRegister.mask(.rbp, .rsp, .rip)
        return [
            0: PerfSampleLayout(hasCallChain: false, hasRaw: false),
            1: PerfSampleLayout(hasCallChain: true, hasRaw: false),
            2: PerfSampleLayout(hasCallChain: false, hasRaw: true),
            3: PerfSampleLayout(hasCallChain: true, hasRaw: true),
            4: PerfSampleLayout(
                hasCallChain: false, hasRaw: false, registers: pointers, hasStack: true),
            5: PerfSampleLayout(
                hasCallChain: true, hasRaw: true, registers: 0xFF_0FFF, hasStack: true),
            6: PerfSampleLayout(hasCallChain: false, hasRaw: false, registers: pointers),
            7: PerfSampleLayout(hasCallChain: false, hasRaw: false, hasStack: true),
        ]
    }()

    static func check(_ bytes: [UInt8]) {
        var reader = PerfRecordReader(bytes, layouts: layouts)
        var place = 0
        while let record = reader.next() {
            let size = Int(KernelInteger.u16(bytes.span, place + 6))
            promise(size >= 8 && place + size <= bytes.count, "a record of \(size) at \(place)")
            // Its neighbours have no part in it.
            var alone = PerfRecordReader(Array(bytes[place..<place + size]), layouts: layouts)
            let again = alone.next()
            promise(again == record, "alone: \(String(describing: again)), else: \(record)")
            promise(alone.next() == nil && !alone.isBroken, "bytes are left over of \(record)")
            if case .sample(let sample) = record { check(sample, size) }
            place += size
        }
        promise(reader.isBroken == (place < bytes.count), "ended at \(place) of \(bytes.count)")
        promise(reader.next() == nil, "a record after the end")
    }

    private static func check(_ sample: PerfSample, _ size: Int) {
        guard let layout = layouts[sample.identifier] else {
            return promise(false, "a sample of no known event")
        }
        promise(layout.hasCallChain || sample.callChain.isEmpty, "a chain that was not asked for")
        promise(layout.hasRaw || sample.raw.isEmpty, "bytes that were not asked for")
        promise(layout.hasStack || sample.stack.isEmpty, "a stack that was not asked for")
        promise(
            sample.registerMask == (sample.registers.isEmpty ? 0 : layout.registers)
                && sample.registers.count == sample.registerMask.nonzeroBitCount,
            "other registers than were asked for")
        let words = 3 + sample.callChain.count + sample.registers.count
        promise(
            8 * words + sample.raw.count + sample.stack.count <= size, "more than the record has")
        promise(sample.callChain.allSatisfy { $0 < .max - 4_095 }, "a context in the chain")
        for register in PerfRegister.allCases { _ = sample.register(register) }
        _ = SystemCallEvent(enter: sample.raw)
        _ = SystemCallEvent(exit: sample.raw)
    }
}
