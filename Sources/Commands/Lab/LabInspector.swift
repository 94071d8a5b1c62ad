import Lab

/// Who looks at the clients of the lab.
enum LabInspector {
    /// The eyes of `sockeye inspect`; nil in a build without them.
    static func make() -> (any ProcessInspecting)? { nil }
}
