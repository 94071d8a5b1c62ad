import CallSites
import Glibc
import LinuxKernel

/// The files of processes, as ``CallSites`` reads them.
enum TraceImages {
    /// The files of a process; those of one that has ended by their paths in our own root.
    static func cache(_ pid: Int32) -> ImageCache {
        ImageCache { mapping in
            let reader =
                (try? ProcessImages(pid: pid))?
                .reader(of: mapping.path, mappedAt: mapping.range, inode: mapping.inode)
                ?? ProcessImages.reader(ofFile: mapping.path, inode: mapping.inode)
            return reader.flatMap { ELFImage(read: $0) }
        }
    }

    /// What a process runs now.
    static func running(_ pid: Int32) throws(KernelError) -> ProgramImages {
        let images = try ProcessImages(pid: pid)
        return ProgramImages(
            space: AddressSpace(MappedFile.executables(in: try images.mappings())),
            program: try images.program(), cache: cache(pid))
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
