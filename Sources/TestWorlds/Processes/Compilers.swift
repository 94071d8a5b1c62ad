import Glibc

/// Compilers that tests build their programs with.
public enum Compilers {
    /// A C compiler; nil with the reason printed.
    public static func c(for purpose: String) -> String? {
        let found = ["cc", "gcc", "clang"].first { ChildProcess.isInstalled($0) }
        if found == nil { print("not run: \(purpose), there is no C compiler") }
        return found
    }

    /// The Go toolchain in PATH, or the one that `Scripts/install --tests` keeps in `.build`; nil
    /// with the reason printed.
    public static func go(for purpose: String) -> String? {
        if ChildProcess.isInstalled("go") { return "go" }
        let kept = ".build/go/venv/bin/go"
        if access(kept, X_OK) == 0 { return kept }
        print("not run: \(purpose), there is no Go toolchain (Scripts/install --tests)")
        return nil
    }

    /// What Go has compiled before, so that its own library is compiled once for all tests; beside
    /// the toolchain, in `.build`.
    public static var goCache: String {
        let folder = ".build/go/test-cache"
        mkdir(".build/go", 0o755)
        guard let here = getcwd(nil, 0) else { return "/tmp/sockeye-test-go-cache" }
        defer { free(here) }
        return String(cString: here) + "/" + folder
    }

    /// Builds a Go program of one file, with or without its symbols.
    public static func buildGo(
        _ source: String, in directory: TemporaryDirectory, name: String, stripped: Bool,
        with go: String
    ) throws -> String {
        let folder = directory.file(name + "-source")
        mkdir(folder, 0o755)
        try directory.write(source, to: name + "-source/main.go")
        try directory.write("module tracee\n\ngo 1.21\n", to: name + "-source/go.mod")
        let program = directory.file(name)
        try ChildProcess.run(
            [go, "build", "-C", folder, "-o", program]
                + (stripped ? ["-ldflags", "-s -w"] : []),
            environment: [
                "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOCACHE": goCache,
                "GOFLAGS": "-mod=mod", "HOME": directory.file("home"),
            ], outputPath: directory.file(name + ".build"))
        return program
    }
}
