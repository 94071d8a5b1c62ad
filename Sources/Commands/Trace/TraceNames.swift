import CallSites
import LinuxKernel

/// The names of the functions of traced processes.
struct TraceNames {
    private struct Key: Hashable {
        var pid: Int32
        var stack: Int
    }

    private struct Program: Hashable {
        var pid: Int32
        var place: Int
    }

    private var known: [Key: [StackFrame]] = [:]
    private var symbolizers: [Program: Symbolizer] = [:]
    private var runtimes: [Int32: ScriptRuntime] = [:]
    private var generated: [Int32: GeneratedCode] = [:]

    /// The functions of a stack of a process, innermost first.
    mutating func frames(
        of stack: Int, _ member: TraceFamily.Member, pid: Int32
    ) -> [StackFrame] {
        let key = Key(pid: pid, stack: stack)
        if let frames = known[key] { return frames }
        let program = Program(pid: pid, place: member.machine.stacks.program(of: stack))
        let symbolizer = symbolizers[program] ?? make(member.images(of: stack), pid: pid)
        symbolizers[program] = symbolizer
        let frames = symbolizer.frames(of: member.machine.stacks[stack])
        known[key] = frames
        return frames
    }

    private mutating func make(_ images: ProgramImages?, pid: Int32) -> Symbolizer {
        let images = images ?? ProgramImages(program: nil, cache: ImageCache { _ in nil })
        let runtime = ScriptRuntime(program: images.program, libraries: images.space)
        runtimes[pid] = runtime
        if runtime != nil, generated[pid] == nil {
            generated[pid] = GeneratedCode((try? ProcessImages(pid: pid))?.generatedCode() ?? "")
        }
        return Symbolizer(
            images: images, generated: generated[pid] ?? GeneratedCode(""),
            isRuntime: runtime != nil, demangle: Demangler.demangle)
    }

    /// What would make more names of a process known.
    func advice(of pid: Int32) -> [String] {
        guard let runtime = runtimes[pid], generated[pid]?.isEmpty != false else { return [] }
        return [runtime.advice]
    }
}
