/// How the functions of well-known libraries begin, which are linked into programs.
enum LibraryNames {
    /// Where package managers and systems keep what others wrote.
    static let folders = [
        "/.cargo/registry/", "/rustc/", "/.build/checkouts/", "/node_modules/", "/site-packages/",
        "/dist-packages/", "/usr/include/", "/usr/lib/", "/lib/python",
    ]

    /// Of the C library, for programs that have it in them.
    static let c: Set<String> = [
        "socket", "accept", "accept4", "connect", "clone", "clone3", "start_thread", "thread_start",
        "call_init",
    ]

    /// Of C++.
    static let cpp = [
        "std::", "__gnu_cxx::", "__cxxabiv1::", "boost::", "asio::", "folly::", "absl::", "grpc::",
        "google::", "fmt::", "Poco::", "__cxa_", "__gxx_",
    ]

    /// Crates of Rust: the standard library with what it is built of, and those that make
    /// connections for others.
    static let rust: Set<String> = [
        "std", "core", "alloc", "proc_macro", "test", "hashbrown", "gimli", "addr2line", "object",
        "miniz_oxide", "rustc_demangle", "compiler_builtins", "panic_unwind", "unwind", "__rustc",
        "libc", "memchr", "tokio", "mio", "socket2", "hyper", "hyper_util", "h2", "reqwest",
        "tower", "rustls", "openssl", "native_tls", "async_std", "smol",
    ]

    /// Modules of Swift.
    static let swift: Set<String> = [
        "Swift", "_Concurrency", "Synchronization", "_StringProcessing", "RegexBuilder",
        "Distributed", "Observation", "__C", "Glibc", "Musl", "Dispatch", "AsyncHTTPClient",
        "Collections", "DequeModule", "HeapModule", "HashTreeCollections", "OrderedCollections",
        "BitCollections", "Atomics", "Logging", "Metrics", "ServiceLifecycle", "UnixSignals",
        "ConcurrencyHelpers", "AsyncAlgorithms", "Crypto", "X509", "SwiftASN1", "Yams",
    ]

    /// How further modules of Swift begin.
    static let swiftPrefixes = [
        "Foundation", "_Foundation", "NIO", "_NIO", "CNIO", "ArgumentParser", "swift_", "_swift",
        "CCryptoBoringSSL",
    ]

    /// What compilers of Swift make by themselves.
    static let swiftPhrases = [
        "reabstraction thunk", "thunk for ", "outlined ", "type metadata ", "lazy protocol witness",
        "one-time initialization", "objectdestroy", "block_copy", "block_destroy",
    ]
}
