import CallSites
import Glibc
import LinuxKernel

/// The files of processes, as ``CallSites`` reads them.
enum TraceImages {
    /// Gives the files of processes, each read once for all of them; those of a process that has
    /// ended by their paths in our own root.
    static func makeCache() -> (_ pid: Int32) -> ImageCache {
        let shared = SharedImages()
        return { pid in
            ImageCache { mapping in
                shared.image(of: mapping) {
                    (try? ProcessImages(pid: pid))?
                        .reader(of: mapping.path, mappedAt: mapping.range, inode: mapping.inode)
                        ?? ProcessImages.reader(ofFile: mapping.path, inode: mapping.inode)
                }
            }
        }
    }

    /// What a process runs now.
    static func running(_ pid: Int32, _ cache: ImageCache) throws(KernelError) -> ProgramImages {
        let images = try ProcessImages(pid: pid)
        return ProgramImages(
            space: AddressSpace(MappedFile.executables(in: try images.mappings())),
            program: try images.program(), cache: cache)
    }
}

/// Open files that several processes execute.
private final class SharedImages {
    private struct Key: Hashable {
        var path: String
        var inode: UInt64
    }

    private var known: [Key: ELFImage] = [:]

    func image(of mapping: MappedFile, open: () -> FileReader?) -> ELFImage? {
        let key = Key(path: mapping.path, inode: mapping.inode)
        if mapping.inode != 0, let image = known[key] { return image }
        let image = open().flatMap { ELFImage(read: $0) }
        if mapping.inode != 0 { known[key] = image }
        return image
    }
}

/// What is traced: processes that run, or a command.
struct TraceTarget {
    /// The process that was named, or that is the command.
    let pid: Int32
    /// Whether the command's own descendants, or those of the process, are traced too.
    let followsChildren: Bool
    /// The command; nil for a process that runs.
    private(set) var command: TracedCommand?

    init(process pid: Int32, followsChildren: Bool) {
        self.pid = pid
        self.followsChildren = followsChildren
    }

    init(command words: [String], followsChildren: Bool) throws(UsageMessage) {
        let command = try TracedCommand(words)
        pid = command.pid
        self.followsChildren = followsChildren
        self.command = command
    }

    /// The processes to begin with.
    func processes() -> [Int32] {
        guard followsChildren, command == nil else { return [pid] }
        return (try? ProcessFinder.family(of: pid)) ?? [pid]
    }

    var isCommand: Bool { command != nil }

    /// The exit status of the command, once it has ended.
    var status: Int32? { command?.status }

    /// Lets the command's program begin.
    func release() throws(UsageMessage) { try command?.release() }

    /// Takes note of the command's end.
    mutating func reap() { command?.reap() }

    /// Ends the command when it still runs.
    mutating func end(within grace: Duration) { command?.end(within: grace) }

    /// Hands a signal on to the command, when only we got it.
    func pass(on signal: CaughtSignal) { command?.pass(on: signal) }
}

/// A command that waits at its beginning until its events are on.
struct TracedCommand {
    let pid: Int32
    /// Its program's file.
    let path: String
    private let gate: Gate
    /// Its exit status, or 128 and the number of the signal that ended it; nil while it runs.
    private(set) var status: Int32?

    private final class Gate {
        let command: GatedCommand
        init(_ command: consuming GatedCommand) { self.command = command }
    }

    init(_ words: [String]) throws(UsageMessage) {
        do throws(KernelError) {
            gate = Gate(try GatedCommand(words))
        } catch {
            throw Self.fault(error, words[0])
        }
        pid = gate.command.pid
        path = gate.command.path
    }

    private static func fault(_ error: KernelError, _ name: String) -> UsageMessage {
        UsageMessage(message: "\(name.escapedForTerminal): \(ErrorText.of(error.code))")
    }

    func release() throws(UsageMessage) {
        do throws(KernelError) {
            try gate.command.release()
        } catch {
            throw Self.fault(error, path)
        }
    }

    mutating func reap() {
        while status == nil {
            var raw: Int32 = 0
            // One integer of our own, filled by the call.
            let reaped = unsafe waitpid(pid, &raw, WNOHANG)
            if reaped == -1, errno == EINTR { continue }
            // Somebody else was told, or nobody: our parent ignores SIGCHLD.
            if reaped == -1, errno == ECHILD { status = 0 }
            guard reaped == pid else { return }
            // wait(2): the low seven bits are the signal, the next byte the exit status.
            let signal = raw & 0x7F
            status = signal == 0 ? (raw >> 8) & 0xFF : 128 + signal
        }
    }

    func pass(on signal: CaughtSignal) {
        if status == nil, !signal.isFromKernel { kill(pid, signal.number) }
    }

    /// Ends it when it still runs: as timeout(1) does, and then for good.
    mutating func end(within grace: Duration) {
        reap()
        guard status == nil else { return }
        kill(pid, SIGTERM)
        // One that is stopped would not notice.
        kill(pid, SIGCONT)
        let clock = ContinuousClock()
        let limit = clock.now + grace
        while status == nil, clock.now < limit {
            usleep(10_000)
            reap()
        }
        guard status == nil else { return }
        kill(pid, SIGKILL)
        while status == nil {
            usleep(10_000)
            reap()
        }
    }
}
