import KernelFormats

/// The table with which `_PyRuntime` begins from CPython 3.13 on: `_Py_DebugOffsets`.
///
/// Sources: Include/internal/pycore_runtime.h of 3.13.0, pycore_debug_offsets.h of 3.14. The table
/// is the same for all patches of one minor version, and changes between those.
enum PythonDebugOffsets {
    /// How many bytes of it are read.
    static let size = 8 * 64

    /// The fields by their place in the table, in words of 8 bytes.
    private struct Places {
        var interpreter: Int
        var thread: Int
        var frame: Int
        var code: Int
        var object: Int
        var type: Int

        /// 3.13 has 13 words for the interpreter, 9 for the thread, 6 for the frame, 10 for code.
        static let v13 = Places(
            interpreter: 6, thread: 19, frame: 28, code: 34, object: 44, type: 46)
        /// 3.14 has 3 words more for the interpreter, 2 for the frame, 1 for code.
        static let v14 = Places(
            interpreter: 6, thread: 22, frame: 31, code: 39, object: 50, type: 52)
    }

    /// The layout that the table tells.
    ///
    /// Throws ``PythonUnreadable`` when it is another version's, or its numbers can not be.
    static func layout(
        _ bytes: [UInt8], version: PythonVersion
    ) throws(PythonUnreadable) -> PythonLayout {
        guard bytes.count >= size, bytes.prefix(8).elementsEqual("xdebugpy".utf8) else {
            throw .memory
        }
        let span = bytes.span
        let words = (0..<size / 8).map { KernelInteger.u64(span, 8 * $0) }
        guard words[1] <= UInt64(UInt32.max), PythonVersion(hex: UInt32(words[1])) == version
        else { throw .memory }
        guard words[2] == 0 else { throw .freeThreaded(version) }
        let places: Places
        switch (version.major, version.minor) {
        case (3, 13): places = .v13
        case (3, 14): places = .v14
        default: throw .version(version)
        }
        guard let layout = layout(words, places) else { throw .memory }
        return layout
    }

    /// Nil when an offset lies outside of its structure, or a head is not where each CPython has it.
    private static func layout(_ words: [UInt64], _ places: Places) -> PythonLayout? {
        /// The field of a structure whose size is the word at `place`.
        func field(_ place: Int, _ index: Int, width: UInt64 = 8) -> Int? {
            let (size, offset) = (words[place], words[place + index])
            guard size <= 1 << 24, size >= width, offset <= size - width, offset % width == 0
            else { return nil }
            return Int(offset)
        }
        guard words[5] < 1 << 20, words[places.object] == 16, words[places.object + 1] == 8,
            words[places.type + 1] == 24,
            let next = field(places.interpreter, 2), let threads = field(places.interpreter, 3),
            let threadPrevious = field(places.thread, 1), let threadNext = field(places.thread, 2),
            let interpreter = field(places.thread, 3), let innermost = field(places.thread, 4),
            let handle = field(places.thread, 5), let number = field(places.thread, 6),
            let previous = field(places.frame, 1), let code = field(places.frame, 2),
            let position = field(places.frame, 3), let owner = field(places.frame, 5, width: 1),
            let file = field(places.code, 1), let name = field(places.code, 2),
            let qualified = field(places.code, 3), let lines = field(places.code, 4),
            let first = field(places.code, 5, width: 4),
            let parameters = field(places.code, 6, width: 4),
            let instructions = field(places.code, 9),
            // The heads of these are not in what is read at once elsewhere; keep that small.
            max(file, name, qualified, lines) < 512, max(previous, code, position, owner) < 512,
            max(threadPrevious, threadNext, interpreter, innermost, handle, number) < 2_048
        else { return nil }
        return PythonLayout(
            interpreters: Int(words[5]), interpreterNext: next, threads: threads,
            threadPrevious: threadPrevious, threadNext: threadNext,
            threadInterpreter: interpreter, threadHandle: handle, threadNumber: number,
            innermost: .direct(innermost), framePrevious: previous, frameCode: code,
            framePosition: position, frameOwner: owner, position: .pointer,
            codeParameters: parameters, codeFirstLine: first, codeFile: file, codeName: name,
            codeQualifiedName: qualified, codeLines: lines, codeInstructions: instructions,
            lines: .locations, asciiText: 40, otherText: 56)
    }
}
