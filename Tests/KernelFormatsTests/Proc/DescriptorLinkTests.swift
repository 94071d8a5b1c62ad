import KernelFormats
import Measurements
import Testing

/// What links in `/proc/PID/fd` say.
@Suite struct DescriptorLinkTests {
    static let kinds: [(String, DescriptorKind)] = [
        ("socket:[17559065]", .socket), ("pipe:[4711]", .pipe), ("/etc/hosts", .file),
        ("/tmp/x (deleted)", .file), ("/", .file), ("/device/x", .file),
        ("/dev/null", .device), ("/dev/pts/3", .device), ("/dev/shm/x", .file),
        ("/dev/shm", .device),
        ("/memfd:name (deleted)", .memfd), ("/memfd:", .memfd),
        ("anon_inode:[eventpoll]", .eventpoll), ("anon_inode:[eventfd]", .eventfd),
        ("anon_inode:[timerfd]", .timerfd), ("anon_inode:[signalfd]", .signalfd),
        ("anon_inode:inotify", .inotify), ("anon_inode:[fanotify]", .fanotify),
        ("anon_inode:[pidfd]", .pidfd), ("pidfd:[4711]", .pidfd),
        ("anon_inode:[io_uring]", .iouring), ("anon_inode:[perf_event]", .perf),
        ("anon_inode:bpf-map", .bpf), ("anon_inode:bpf-prog", .bpf),
        ("anon_inode:bpf_link", .bpf), ("anon_inode:[userfaultfd]", .other),
        ("anon_inode:", .other), ("anon_inode:[]", .other),
        ("net:[4026531840]", .namespace), ("mnt:[1]", .namespace), ("pid:[1]", .namespace),
        ("ipc:[1]", .namespace), ("uts:[1]", .namespace), ("user:[1]", .namespace),
        ("cgroup:[1]", .namespace), ("time:[1]", .namespace),
        ("pid_for_children:[1]", .namespace), ("time_for_children:[1]", .namespace),
        ("dmabuf:", .other), ("", .other), (":", .other), ("socket", .other), ("x:y", .other),
        // A name may begin with a mark that joins what is before it.
        ("/\u{301}x", .file), ("/dev/\u{301}x", .device),
    ]

    @Test(arguments: kinds)
    func `A link names its kind`(text: String, kind: DescriptorKind) {
        #expect(DescriptorLink.kind(text) == kind)
    }

    @Test func `Every kind but a directory has a link of its own`() {
        // A directory's link is like a file's.
        let missing = Set(DescriptorKind.allCases).subtracting(Self.kinds.map(\.1))
        #expect(missing == [.directory])
    }

    static func inode(_ text: String) -> UInt64? {
        DescriptorLink.socketInode(Array(text.utf8).span)
    }

    @Test(
        arguments: [
            ("socket:[0]", 0), ("socket:[1]", 1), ("socket:[17559065]", 17_559_065),
            ("socket:[4294967295]", 4_294_967_295), ("socket:[18446744073709551615]", UInt64.max),
            ("socket:[007]", 7),
        ] as [(String, UInt64)])
    func `A socket's link has its inode`(text: String, inode: UInt64) {
        #expect(Self.inode(text) == inode)
    }

    @Test(arguments: [
        "", "s", "socket:", "socket:[", "socket:[]", "socket:[1", "socket:[1x]", "socket:[-1]",
        "socket:[+1]", "socket:[ 1]", "socket:[1 ]", "socket:1]", "socket[1]", "Socket:[1]",
        "pipe:[1]", "sucket:[1]", "sxxxxt:[1]", "socket:[1]x", "socket:[1] (deleted)",
        "socket:[18446744073709551616]", "socket:[99999999999999999999999999]",
        "/tmp/socket:[1]", "socket:[\u{661}]",
    ])
    func `What is no socket's link has no inode`(text: String) {
        #expect(Self.inode(text) == nil)
    }

    @Test func `Every inode is read as it is written`() {
        for power in 0..<64 {
            for number in [UInt64(1) << power, UInt64(1) << power - 1] {
                #expect(Self.inode("socket:[\(number)]") == number)
            }
        }
    }
}
