import CallSites
import LinuxKernel

/// The names of the functions of traced processes; each stack is named once.
final class TraceNames {
    private struct Key: Hashable {
        var member: Int
        var stack: Int
    }

    /// One program of one process, with so many files mapped.
    private struct Program: Hashable {
        var member: Int
        var place: Int
        var mappings: Int
    }

    private let scripts = ScriptFrames()
    private var known: [Key: [StackFrame]] = [:]
    private var symbolizers: [Program: Symbolizer] = [:]
    private var runtimes: [Int32: ScriptRuntime] = [:]
    private var generated: [Int32: GeneratedCode] = [:]
    private var sizes: [Int32: Int?] = [:]

    /// Forgets names where runtimes have told of more functions since.
    func refresh() {
        let changed = runtimes.keys.filter { pid in
            let size = (try? ProcessImages(pid: pid))?.generatedSize()
            return size != nil && size != sizes.updateValue(size, forKey: pid)
        }
        guard !changed.isEmpty else { return }
        for pid in changed { generated[pid] = nil }
        known = [:]
        symbolizers = [:]
    }

    /// The number that stands for a function of Python in a chain.
    func number(of frame: PythonFrame) -> UInt64 {
        scripts.number(of: StackFrame(python: frame))
    }

    /// The functions of a stack of a process, innermost first.
    func frames(of stack: Int, _ member: TraceFamily.Member) -> [StackFrame] {
        let key = Key(member: member.serial, stack: stack)
        if let frames = known[key] { return frames }
        let images =
            member.images(of: stack) ?? ProgramImages(program: nil, cache: ImageCache { _ in nil })
        let program = Program(
            member: member.serial, place: member.machine.stacks.program(of: stack),
            mappings: images.space.mappings.count)
        let symbolizer = symbolizers[program] ?? make(images, pid: member.pid)
        symbolizers[program] = symbolizer
        let frames = symbolizer.frames(of: member.machine.stacks[stack])
        known[key] = frames
        return frames
    }

    private func make(_ images: ProgramImages, pid: Int32) -> Symbolizer {
        let runtime = ScriptRuntime(program: images.program, libraries: images.space)
        runtimes[pid] = runtime
        if runtime != nil, generated[pid] == nil {
            let text =
                (try? ProcessImages(pid: pid))?.generatedCode()
                ?? ProcessImages.generatedCode(ofEnded: pid)
            generated[pid] = GeneratedCode(text ?? "")
        }
        return Symbolizer(
            images: images, generated: generated[pid] ?? GeneratedCode(""), scripts: scripts,
            isRuntime: runtime != nil, demangle: Demangler.demangle)
    }

    /// What would make more names of a process known.
    func advice(of pid: Int32) -> [String] {
        guard let runtime = runtimes[pid], generated[pid]?.isEmpty != false else { return [] }
        return [runtime.advice]
    }
}
