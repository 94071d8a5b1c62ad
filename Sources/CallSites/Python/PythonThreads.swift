import KernelFormats

/// One frame as the interpreter links it, before its code is read.
struct PythonLink: Hashable {
    /// Where the frame is.
    var address: UInt64
    /// Its code object.
    var code: UInt64
    /// The instruction it is at: an address, or a number of bytes or units.
    var position: UInt64
}

/// The interpreters, threads and chains of frames of a Python program.
struct PythonThreads {
    let layout: PythonLayout
    let version: PythonVersion
    let runtime: UInt64
    /// x86-64, whose C libraries' thread structures are known.
    let isKnownMachine: Bool

    /// The most interpreters, threads and frames that are followed.
    static let interpreterLimit = 256
    static let threadLimit = 16_384
    static let frameLimit = 256

    /// The states of the thread with this number, the newest interpreter's first.
    ///
    /// The number that CPython notes is stale in a child of fork(2) up to 3.12 or so, and there is
    /// none up to 3.10: then the C library's own number of the thread is asked.
    func states(ofThread tid: Int32, _ memory: inout PythonMemory) -> [UInt64] {
        guard tid > 0 else { return [] }
        let all = states(&memory)
        let exact = all.filter { isNoted(tid, inState: $0, &memory) }
        return exact.isEmpty ? all.filter { isHandle(ofThread: tid, inState: $0, &memory) } : exact
    }

    /// Whether a state that was this thread's is so still, and can be its only one: few reads.
    func isOnly(_ state: UInt64, ofThread tid: Int32, _ memory: inout PythonMemory) -> Bool {
        guard tid > 0,
            let interpreter = memory.pointer(at: runtime + UInt64(layout.interpreters)),
            memory.word(at: interpreter + UInt64(layout.interpreterNext)) == 0,
            memory.word(at: state + UInt64(layout.threadInterpreter)) == interpreter,
            let previous = memory.word(at: state + UInt64(layout.threadPrevious))
        else { return false }
        let link =
            previous == 0
            ? interpreter + UInt64(layout.threads) : previous &+ UInt64(layout.threadNext)
        guard memory.word(at: link) == state else { return false }
        return isNoted(tid, inState: state, &memory)
            || isHandle(ofThread: tid, inState: state, &memory)
    }

    /// Whether CPython noted this number in a thread's state.
    private func isNoted(
        _ tid: Int32, inState state: UInt64, _ memory: inout PythonMemory
    ) -> Bool {
        guard let number = layout.threadNumber else { return false }
        return memory.word(at: state + UInt64(number)) == UInt64(tid)
    }

    /// Whether the C library's structure of a state's thread has this number.
    private func isHandle(
        ofThread tid: Int32, inState state: UInt64, _ memory: inout PythonMemory
    ) -> Bool {
        guard isKnownMachine,
            let handle = memory.pointer(at: state + UInt64(layout.threadHandle)),
            memory.word(at: handle) == handle
        else { return false }
        // struct pthread of glibc keeps tid at 720, that of musl at 48; both begin with their own
        // address.
        return [720, 48].contains { memory.half(at: handle + $0) == UInt32(tid) }
    }

    /// The states of all threads of all interpreters.
    private func states(_ memory: inout PythonMemory) -> [UInt64] {
        var states: [UInt64] = []
        var interpreters: Set<UInt64> = []
        var next = memory.pointer(at: runtime + UInt64(layout.interpreters))
        while let interpreter = next, interpreters.count < Self.interpreterLimit,
            interpreters.insert(interpreter).inserted
        {
            var (previous, seen): (UInt64, Set<UInt64>) = (0, [])
            var thread = memory.pointer(at: interpreter + UInt64(layout.threads))
            while let state = thread, states.count < Self.threadLimit, seen.insert(state).inserted {
                // The list is linked both ways, and each thread knows its interpreter.
                guard memory.word(at: state + UInt64(layout.threadPrevious)) == previous,
                    memory.word(at: state + UInt64(layout.threadInterpreter)) == interpreter
                else { break }
                states.append(state)
                previous = state
                thread = memory.pointer(at: state + UInt64(layout.threadNext))
            }
            next = memory.pointer(at: interpreter + UInt64(layout.interpreterNext))
        }
        return states
    }

    /// The frames of a thread by its state, innermost first; nil when they can not be frames.
    func links(ofState state: UInt64, _ memory: inout PythonMemory) -> [PythonLink]? {
        let place: UInt64
        switch layout.innermost {
        case .direct(let offset): place = state + UInt64(offset)
        case .through(let structure, let frame):
            guard let inner = memory.pointer(at: state + UInt64(structure)) else { return nil }
            place = inner + UInt64(frame)
        }
        guard var address = memory.word(at: place) else { return nil }
        var links: [PythonLink] = []
        var seen: Set<UInt64> = []
        while address != 0, links.count < Self.frameLimit {
            guard PythonMemory.isPointer(address), seen.insert(address).inserted,
                seen.count <= 4 * Self.frameLimit,
                let bytes = memory.bytes(at: address, count: layout.frameSize)
            else { return nil }
            let span = bytes.span
            let owner = layout.frameOwner.map { span[$0] } ?? 0
            switch kind(ofOwner: owner) {
            case .function:
                // From 3.14 on the lowest bits of a reference say how it is counted.
                let code = KernelInteger.u64(span, layout.frameCode)
                let position =
                    layout.position == .pointer
                    ? KernelInteger.u64(span, layout.framePosition)
                    : UInt64(KernelInteger.u32(span, layout.framePosition))
                links.append(
                    PythonLink(
                        address: address, code: version.minor >= 14 ? code & ~7 : code,
                        position: position))
            case .native: break
            case .impossible: return nil
            }
            address = KernelInteger.u64(span, layout.framePrevious)
        }
        return links
    }

    private enum Owner { case function, native, impossible }

    /// Threads, generators and frame objects own functions' frames; from 3.12 on 3 is the
    /// interpreter's own, between functions of C and of Python, and 4 another of these in 3.14.
    private func kind(ofOwner owner: UInt8) -> Owner {
        switch owner {
        case 0...2: .function
        case 3 where version.minor >= 12: .native
        case 4 where version.minor >= 14: .native
        default: .impossible
        }
    }
}
