/// The CPython in a process, read from outside: what function each of its threads is in.
///
/// Versions 3.9 to 3.12 on x86-64, and 3.13 and 3.14 on all machines, with the global interpreter
/// lock. Nothing in the process is stopped or changed. All that is read is checked: the types of
/// objects by name, lists that are linked both ways, chains without loops and of at most 256
/// frames, and the whole chain twice, so that a thread that runs meanwhile gives nothing rather
/// than a mixture.
public struct PythonRuntime {
    /// Which CPython it is.
    public let version: PythonVersion

    private let read: (_ address: UInt64, _ count: Int) -> [UInt8]
    private let threads: PythonThreads
    private var objects: PythonObjects
    /// Where the state of a thread was found: it is looked at first.
    private var states: [Int32: UInt64] = [:]

    /// How often a chain of frames that changes is read before it is given up.
    static let attempts = 4

    /// Whether a file is a CPython, or the library of one.
    public static func isPython(_ image: ELFImage) -> Bool {
        let addresses = PythonSymbols.addresses(of: ["_PyRuntime"], in: image)
        return PythonSymbols.runtime(addresses, image) != nil
    }

    /// Finds the CPython of a process.
    ///
    /// `image` is the program or `libpython3.X.so`, whichever ``isPython(_:)``; `bias` is how far
    /// it was moved when it was loaded; `fileName` is its name or path, which tells the version up
    /// to 3.10. `read` gives the bytes of the process's memory from an address on, as many as are
    /// there (process_vm_readv(2)); at most 4,096 are asked for at once.
    ///
    /// Throws ``PythonUnreadable`` with the reason.
    public init(
        image: ELFImage, bias: UInt64, fileName: String,
        read: @escaping (_ address: UInt64, _ count: Int) -> [UInt8]
    ) throws(PythonUnreadable) {
        let addresses = PythonSymbols.addresses(of: ["_PyRuntime", "Py_Version"], in: image)
        guard let symbol = PythonSymbols.runtime(addresses, image) else { throw .notPython }
        guard let version = PythonSymbols.version(addresses, image, fileName: fileName) else {
            throw .versionUnknown
        }
        let runtime = symbol &+ bias
        guard runtime >= PythonMemory.page, runtime < 1 << 56 else { throw .memory }
        var memory = PythonMemory(read)
        let layout: PythonLayout
        if version >= PythonVersion(3, 13) {
            guard let table = memory.bytes(at: runtime, count: PythonDebugOffsets.size) else {
                throw .memory
            }
            layout = try PythonDebugOffsets.layout(table, version: version)
        } else {
            guard let known = PythonLayout.known(version) else { throw .version(version) }
            guard image.machine == 62 else { throw .machine(image.machine) }
            guard memory.word(at: runtime + UInt64(known.interpreters)) != nil else {
                throw .memory
            }
            layout = known
        }
        self.read = read
        self.version = version
        threads = PythonThreads(
            layout: layout, version: version, runtime: runtime,
            isKnownMachine: image.machine == 62)
        objects = PythonObjects(layout)
    }

    /// The functions that a thread is in, innermost first.
    ///
    /// `tid` is the thread's number as the process itself sees it: in a container the last number
    /// of `NSpid` in `/proc/PID/task/TID/status` (proc(5)). Empty when the thread runs no Python,
    /// runs on while it is read, or what is read can not be CPython's. At most 256 frames; where a
    /// thread is in several interpreters, those of the newest.
    public mutating func frames(ofThread tid: Int32) -> [PythonFrame] {
        var memory = PythonMemory(read)
        for state in states(ofThread: tid, &memory) {
            var picture = PythonMemory(read)
            guard var links = threads.links(ofState: state, &picture) else { continue }
            if links.isEmpty { continue }
            for _ in 0..<Self.attempts {
                let frames = frames(links, &picture)
                var later = PythonMemory(read)
                guard let again = threads.links(ofState: state, &later) else { return [] }
                if Self.isSame(links, again) { return frames ?? [] }
                (links, picture) = (again, later)
            }
            return []
        }
        return []
    }

    private mutating func states(ofThread tid: Int32, _ memory: inout PythonMemory) -> [UInt64] {
        if let known = states[tid], threads.isOnly(known, ofThread: tid, &memory) {
            return [known]
        }
        let found = threads.states(ofThread: tid, &memory)
        if states.count >= PythonThreads.threadLimit { states = [:] }
        states[tid] = found.count == 1 ? found.first : nil
        return found
    }

    /// Whether two readings show the same calls; the innermost may have gone a few steps on.
    private static func isSame(_ one: [PythonLink], _ other: [PythonLink]) -> Bool {
        guard let inner = one.first, let otherInner = other.first else {
            return one.isEmpty && other.isEmpty
        }
        return inner.address == otherInner.address && inner.code == otherInner.code
            && one.dropFirst() == other.dropFirst()
    }

    /// The frames with their names; nil when one of them is none.
    private mutating func frames(
        _ links: [PythonLink], _ memory: inout PythonMemory
    ) -> [PythonFrame]? {
        var frames: [PythonFrame] = []
        for link in links {
            guard let code = objects.code(at: link.code, &memory),
                let offset = offset(of: link, in: code)
            else { return nil }
            frames.append(
                PythonFrame(
                    function: code.function, file: code.file,
                    line: PythonLines.line(
                        at: offset, first: code.firstLine, table: code.lines,
                        kind: threads.layout.lines),
                    address: link.address, parameters: code.parameters))
        }
        return frames
    }

    /// The offset in bytes of the instruction that a frame is at: negative before the first; nil
    /// when it is none of the code's.
    private func offset(of link: PythonLink, in code: PythonCode) -> Int? {
        let layout = threads.layout
        guard let start = layout.codeInstructions, let size = code.instructions else {
            let index = Int(Int32(truncatingIfNeeded: link.position))
            guard index >= -1 else { return nil }
            return layout.position == .units && index >= 0 ? 2 * index : index
        }
        let first = link.code &+ UInt64(start)
        // The pointer is one unit before the first instruction in a frame that has not begun.
        guard link.position &+ 2 >= first, link.position < first &+ UInt64(size),
            link.position & 1 == 0
        else { return nil }
        return Int(Int64(bitPattern: link.position &- first))
    }
}
