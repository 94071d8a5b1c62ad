/// What a recording may hold at most; a file that claims more is refused, never obeyed.
enum RecordingLimits {
    /// Bytes of one frame, without its head and its check.
    static let frameBytes = 1 << 28
    /// Bytes of one text: more than any path of a descriptor (PATH_MAX is 4,096).
    static let textBytes = 1 << 14
    /// Sockets of one snapshot: four times the kernel's default `fs.nr_open`.
    static let sockets = 1 << 22
    /// Entries of a list other than that of the sockets.
    static let listEntries = 1 << 12
    /// A whole snapshot is written at least every so many looks.
    static let looksBetweenKeys = 64
}
