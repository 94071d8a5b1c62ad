import CLinuxShims

/// Descendants of this process whose parents have ended.
public enum Orphans {
    /// Makes them children of this process from now on (PR_SET_CHILD_SUBREAPER, prctl(2)), so that
    /// ``ProcessFinder/family(of:)`` still finds them; they have to be waited for.
    ///
    /// Kernels since 3.4 have it; where it fails they go to init as ever.
    public static func adopt() { _ = clinux_adopt_orphans() }
}
