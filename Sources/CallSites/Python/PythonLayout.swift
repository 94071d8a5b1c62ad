/// Where CPython keeps what is needed here, as offsets in bytes from the begin of each structure.
///
/// Every offset up to 3.12 was printed by `offsetof` over CPython's own headers on x86-64: 3.9.18,
/// 3.10.13, 3.11.2, 3.11.7 and 3.12.1, Include/internal/pycore_{runtime,interp,frame}.h and
/// Include/cpython/{pystate,code,frameobject,unicodeobject}.h. They are of builds without
/// `--with-pydebug`. From 3.13 on the process says most of them itself.
struct PythonLayout: Hashable {
    /// Where a thread's innermost frame is found.
    enum Innermost: Hashable {
        /// In the thread's state (up to 3.10, and from 3.13).
        case direct(Int)
        /// In a structure on the C stack that the thread's state points to (3.11 and 3.12).
        case through(structure: Int, frame: Int)
    }

    /// What a frame says of the instruction it is at.
    enum Position: Hashable {
        /// `f_lasti` in bytes (3.9).
        case bytes
        /// `f_lasti` in code units of 2 bytes (3.10).
        case units
        /// A pointer into the code's instructions (from 3.11).
        case pointer
    }

    /// How a code object's lines are written.
    enum Lines: Hashable {
        /// `co_lnotab`, Objects/lnotab_notes.txt (up to 3.9).
        case steps
        /// `co_linetable` of pairs, Objects/lnotab_notes.txt of 3.10.
        case ranges
        /// `co_linetable` of locations, Objects/locations.md (from 3.11).
        case locations
    }

    /// `_PyRuntime`: the newest interpreter.
    var interpreters: Int
    /// An interpreter: the next, and its newest thread.
    var interpreterNext: Int
    var threads: Int
    /// A thread's state: its neighbours, its interpreter, pthread_self(3) and gettid(2).
    var threadPrevious = 0
    var threadNext = 8
    var threadInterpreter = 16
    var threadHandle: Int
    var threadNumber: Int?
    var innermost: Innermost
    /// A frame.
    var framePrevious: Int
    var frameCode: Int
    var framePosition: Int
    var frameOwner: Int?
    var position: Position
    /// A code object.
    var codeParameters: Int
    var codeFirstLine: Int
    var codeFile: Int
    var codeName: Int
    var codeQualifiedName: Int?
    var codeLines: Int
    var codeInstructions: Int?
    var lines: Lines
    /// A text: where the characters of one in ASCII begin, and of any other.
    var asciiText: Int
    var otherText: Int

    /// The bytes of a code object before its instructions that are needed.
    var codeSize: Int {
        let fields = [
            codeParameters, codeFirstLine, codeFile, codeName, codeQualifiedName ?? 0, codeLines,
        ]
        return (fields.max() ?? 0) + 8
    }
    /// The bytes of a frame that are needed.
    var frameSize: Int {
        (([framePrevious, frameCode, framePosition, frameOwner ?? 0].max() ?? 0) & ~7) + 8
    }

    /// The layouts of versions that do not tell theirs.
    static func known(_ version: PythonVersion) -> PythonLayout? {
        switch (version.major, version.minor) {
        case (3, 9): old(interpreters: 32, position: 104, .bytes, .steps)
        case (3, 10): old(interpreters: 32, position: 96, .units, .ranges)
        case (3, 11):
            PythonLayout(
                interpreters: 40, interpreterNext: 0, threads: 16, threadHandle: 152,
                threadNumber: 160, innermost: .through(structure: 56, frame: 8),
                framePrevious: 48, frameCode: 32, framePosition: 56, frameOwner: 69,
                position: .pointer, codeParameters: 56, codeFirstLine: 72, codeFile: 112,
                codeName: 120, codeQualifiedName: 128, codeLines: 136, codeInstructions: 184,
                lines: .locations, asciiText: 48, otherText: 72)
        case (3, 12):
            PythonLayout(
                interpreters: 40, interpreterNext: 0, threads: 72, threadHandle: 136,
                threadNumber: 144, innermost: .through(structure: 56, frame: 0),
                framePrevious: 8, frameCode: 0, framePosition: 56, frameOwner: 70,
                position: .pointer, codeParameters: 52, codeFirstLine: 68, codeFile: 112,
                codeName: 120, codeQualifiedName: 128, codeLines: 136, codeInstructions: 192,
                lines: .locations, asciiText: 40, otherText: 56)
        default: nil
        }
    }

    /// 3.9 and 3.10, whose frames are objects (PyFrameObject).
    private static func old(
        interpreters: Int, position: Int, _ kind: Position, _ lines: Lines
    ) -> PythonLayout {
        PythonLayout(
            interpreters: interpreters, interpreterNext: 0, threads: 8, threadHandle: 176,
            threadNumber: nil, innermost: .direct(24), framePrevious: 24, frameCode: 32,
            framePosition: position, frameOwner: nil, position: kind, codeParameters: 16,
            codeFirstLine: 40, codeFile: 104, codeName: 112, codeQualifiedName: nil,
            codeLines: 120, codeInstructions: nil, lines: lines, asciiText: 48, otherText: 72)
    }
}
