import Measurements

/// The sockets of a look as steps through those of the look before, and back.
///
/// A step is a number: how many sockets × 8 + what happened to them. Both lists are walked once,
/// so sockets that stay in order cost next to nothing.
enum SocketListCodec {
    enum Step: UInt64 {
        /// Nothing happened to them; one shift of their clocks follows, for all.
        case keptAlike = 0
        /// Nothing happened to them; a shift of the clocks of each follows.
        case kept = 1
        /// They are not there any more.
        case gone = 2
        /// They are new; their records follow.
        case born = 3
        /// Something changed; the changes follow.
        case changed = 4
    }

    /// Milliseconds from one look to the next, as the clocks of TCP would count them.
    static func elapsed(from earlier: Duration, to later: Duration) -> UInt32 {
        let (seconds, attoseconds) = (later - earlier).components
        return UInt32(truncatingIfNeeded: seconds) &* 1_000
            &+ UInt32(truncatingIfNeeded: attoseconds / 1_000_000_000_000_000)
    }

    // MARK: Writing

    private enum Change {
        case kept(shift: Int32)
        case gone
        case born(Int)
        case changed(old: Int, new: Int)
    }

    static func write(
        _ sockets: [SocketRecord], after earlier: [SocketRecord], elapsed: UInt32,
        to writer: inout ByteWriter
    ) {
        let count = min(sockets.count, RecordingLimits.sockets)
        writer.count(count)
        let changes = changes(to: sockets[..<count], from: earlier, elapsed: elapsed)
        var start = 0
        while start < changes.count {
            var end = start + 1
            switch changes[start] {
            case .kept:
                while end < changes.count, case .kept = changes[end] { end += 1 }
                writeKept(changes[start..<end], to: &writer)
            case .gone:
                while end < changes.count, case .gone = changes[end] { end += 1 }
                step(.gone, end - start, to: &writer)
            case .born:
                while end < changes.count, case .born = changes[end] { end += 1 }
                step(.born, end - start, to: &writer)
                for case .born(let index) in changes[start..<end] {
                    SocketCodec.write(
                        sockets[index], after: index > 0 ? sockets[index - 1] : nil, to: &writer)
                }
            case .changed:
                while end < changes.count, case .changed = changes[end] { end += 1 }
                step(.changed, end - start, to: &writer)
                for case .changed(let old, let new) in changes[start..<end] {
                    SocketChangeCodec.write(
                        sockets[new], after: earlier[old], elapsed: elapsed, to: &writer)
                }
            }
            start = end
        }
    }

    private static func step(_ step: Step, _ count: Int, to writer: inout ByteWriter) {
        writer.variable(UInt64(count) << 3 | step.rawValue)
    }

    private static func writeKept(_ changes: ArraySlice<Change>, to writer: inout ByteWriter) {
        let shifts = changes.map { change -> Int32 in
            if case .kept(let shift) = change { return shift }
            return 0
        }
        var start = 0
        var single = 0
        func flushSingles(_ end: Int, _ writer: inout ByteWriter) {
            guard end > single else { return }
            step(.kept, end - single, to: &writer)
            for shift in shifts[single..<end] { writer.signed(Int64(shift)) }
        }
        while start < shifts.count {
            var end = start + 1
            while end < shifts.count, shifts[end] == shifts[start] { end += 1 }
            // A run costs three bytes or so, besides the step that goes on after it.
            if end - start >= 6 || start == single && end == shifts.count {
                flushSingles(start, &writer)
                step(.keptAlike, end - start, to: &writer)
                writer.signed(Int64(shifts[start]))
                single = end
            }
            start = end
        }
        flushSingles(shifts.count, &writer)
    }

    private static func changes(
        to sockets: ArraySlice<SocketRecord>, from earlier: [SocketRecord], elapsed: UInt32
    ) -> [Change] {
        var places: [Place: Int] = [:]
        places.reserveCapacity(earlier.count)
        for (index, record) in earlier.enumerated() { places[Place(record)] = index }
        var changes: [Change] = []
        changes.reserveCapacity(sockets.count)
        var next = 0
        for (index, record) in sockets.enumerated() {
            // A socket that moved in the list goes and is born again: steps never go back.
            guard let old = places[Place(record)], old >= next else {
                changes.append(.born(index))
                continue
            }
            for _ in next..<old { changes.append(.gone) }
            next = old + 1
            if let shift = SocketChangeCodec.shift(
                of: record, after: earlier[old], elapsed: elapsed)
            {
                changes.append(.kept(shift: shift))
            } else {
                changes.append(.changed(old: old, new: index))
            }
        }
        for _ in next..<max(next, earlier.count) { changes.append(.gone) }
        return changes
    }

    /// Who a socket is within a look.
    private struct Place: Hashable {
        var descriptor: Int32
        var inode: UInt64

        init(_ record: SocketRecord) {
            descriptor = record.descriptor
            inode = record.inode
        }
    }

    // MARK: Reading

    static func read(
        after earlier: [SocketRecord], elapsed: UInt32, from reader: inout ByteReader
    ) throws(ByteReader.Fault) -> [SocketRecord] {
        let count = try reader.count("sockets", limit: RecordingLimits.sockets)
        var sockets: [SocketRecord] = []
        // Every socket that is not an old one takes at least three bytes.
        sockets.reserveCapacity(min(count, earlier.count + reader.remaining / 3))
        var next = 0
        while sockets.count < count || next < earlier.count {
            let start = reader.position
            let word = try reader.variable()
            guard let step = Step(rawValue: word & 7) else {
                throw .malformed(offset: start, "a step is of unknown kind \(word & 7)")
            }
            let isOld = step != .born
            let room = min(
                isOld ? earlier.count - next : .max, step == .gone ? .max : count - sockets.count)
            guard word >> 3 > 0, word >> 3 <= UInt64(max(0, room)) else {
                throw .malformed(offset: start, "a step is over \(word >> 3) sockets of \(room)")
            }
            try take(
                step, Int(word >> 3), next, earlier, elapsed, from: &reader, into: &sockets)
            if isOld { next += Int(word >> 3) }
        }
        return sockets
    }

    private static func take(
        _ step: Step, _ count: Int, _ next: Int, _ earlier: [SocketRecord], _ elapsed: UInt32,
        from reader: inout ByteReader, into sockets: inout [SocketRecord]
    ) throws(ByteReader.Fault) {
        switch step {
        case .keptAlike:
            let shift = Int32(truncatingIfNeeded: try reader.signed())
            for record in earlier[next..<next + count] {
                sockets.append(
                    SocketChangeCodec.unchanged(record, shift: shift, elapsed: elapsed))
            }
        case .kept:
            for record in earlier[next..<next + count] {
                let shift = Int32(truncatingIfNeeded: try reader.signed())
                sockets.append(
                    SocketChangeCodec.unchanged(record, shift: shift, elapsed: elapsed))
            }
        case .gone: break
        case .born:
            for _ in 0..<count {
                sockets.append(try SocketCodec.read(after: sockets.last, from: &reader))
            }
        case .changed:
            for record in earlier[next..<next + count] {
                sockets.append(
                    try SocketChangeCodec.read(
                        after: record, elapsed: elapsed, from: &reader))
            }
        }
    }
}
