import CallSites

/// Who called the function that is named, where that was not always the same.
struct TraceCaller: Hashable {
    /// The first of the user's functions at which the stacks part; nil for stacks that end before.
    var frame: StackFrame?
    var opened = 0
    var surviving = 0

    /// The callers of the stacks of one function, most survivors first; none when they never part.
    ///
    /// A helper that everybody uses is no author: what tells those apart whose sockets survive is
    /// further out.
    static func callers(of stacks: [TraceOutcome.Stack]) -> [TraceCaller] {
        let paths = stacks.map { $0.frames.filter(\.isOwn) }
        guard stacks.count > 1, let longest = paths.map(\.count).max(), longest > 1 else {
            return []
        }
        for depth in 1..<longest {
            let frames = paths.map { depth < $0.count ? $0[depth] : nil }
            guard Set(frames).count > 1 else { continue }
            var callers: [StackFrame?: TraceCaller] = [:]
            for (frame, stack) in zip(frames, stacks) {
                callers[frame, default: TraceCaller(frame: frame)].opened += stack.opened
                callers[frame, default: TraceCaller(frame: frame)].surviving += stack.surviving
            }
            return callers.values.sorted {
                ($0.surviving, $0.opened, $1.frame?.function ?? "")
                    > ($1.surviving, $1.opened, $0.frame?.function ?? "")
            }
        }
        return []
    }
}
