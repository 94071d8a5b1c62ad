import LeakAnalysis

/// Shows what is seen while a process is watched.
protocol WatchView {
    /// Who asked for what is open, when that is traced; told at the next look.
    var authors: SocketAuthors? { get set }
    /// A look was taken; `series` has seen it.
    mutating func show(_ snapshot: Snapshot, _ series: SnapshotSeries)
    /// The process runs another program since the look before.
    mutating func showExecution(from old: ProcessFacts, to new: ProcessFacts)
    /// What was drawn is gone, or the window has another size.
    mutating func redraw()
    /// The terminal belongs to somebody else, until something is drawn again.
    mutating func leave()
    /// Nothing more comes.
    mutating func finish(_ series: SnapshotSeries, _ end: WatchEnd)
}

extension WatchView {
    mutating func redraw() {}
    mutating func leave() {}
}
