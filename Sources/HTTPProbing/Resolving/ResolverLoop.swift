import CResolver
import Glibc
import Measurements

/// What runs on the resolver's thread: it asks through its channels, polls their sockets, and
/// tells the core what came of it.
///
/// It belongs to that thread alone.
final class ResolverLoop {
    /// The most DNS servers with a channel at the same time; an idle channel makes room.
    static let channelLimit = 64

    private let core: ResolverCore
    private let wakeDescriptor: Int32
    private var channels: [DNSServer: ResolverChannel] = [:]
    private var asked: [UInt64: (server: DNSServer, family: ResolvedFamily)] = [:]
    private var answers: [(token: UInt64, outcome: QuestionPlan.Outcome)] = []
    private var hosts: WatchedFile
    private var resolvConf: WatchedFile

    init(core: ResolverCore, wakeDescriptor: Int32) {
        self.core = core
        self.wakeDescriptor = wakeDescriptor
        hosts = WatchedFile(path: core.configuration.hostsPath, limit: HostsFile.byteLimit)
        resolvConf = WatchedFile(
            path: core.configuration.resolvConfPath, limit: HostsFile.byteLimit)
    }

    /// Runs until the core says stop; afterwards no channel and no socket is left.
    func run() {
        while !core.isStopping {
            if core.needsFiles {
                core.install(
                    hosts: hosts.changedText().map { HostsFile($0) },
                    resolvConf: resolvConf.changedText().map { ResolvConf($0) })
            }
            core.proceed()
            ask()
            // Answers that came at once may lead to new questions, which are asked before waiting.
            if report() { continue }
            wait()
            _ = report()
        }
        // Destroying a channel ends its questions through `received`, which reads the table: the
        // table is emptied first, and the channels go after it.
        let last = channels
        channels = [:]
        withExtendedLifetime(last) {}
    }

    /// Called by a channel, also while it is asked or destroyed.
    func received(_ token: UInt64, _ status: CResolverStatus, error: Int32, message: [UInt8]) {
        guard let (server, family) = asked.removeValue(forKey: token) else { return }
        channels[server]?.answered()
        let outcome: QuestionPlan.Outcome? =
            switch status {
            case CResolverAnswered: .reply(DNSMessage.reply(to: family, in: message.span))
            case CResolverTimedOut: .timedOut
            case CResolverUnreachable: .unreachable
            case CResolverBadName: .badName
            case CResolverNoSocket:
                // strerror's text is copied at once, on the only thread that asks for it here.
                .noResources("no socket for DNS: \(unsafe String(cString: strerror(error)))")
            case CResolverNoMemory: .noResources("no memory for DNS")
            case CResolverDestroyed: nil
            default: .failed  // The rest of the C list means the same.
            }
        if let outcome { answers.append((token, outcome)) }
    }

    private func ask() {
        for asking in core.takeAskings() {
            guard let channel = channel(to: asking.ask.server) else {
                answers.append((asking.token, .noResources("too many DNS servers are asked")))
                continue
            }
            asked[asking.token] = (asking.ask.server, asking.family)
            channel.ask(asking.ask.name, type: asking.family.recordType, token: asking.token)
        }
    }

    private func channel(to server: DNSServer) -> ResolverChannel? {
        if let channel = channels[server] { return channel }
        if channels.count >= Self.channelLimit {
            guard let idle = channels.first(where: { $0.value.inFlight == 0 })?.key else {
                return nil
            }
            channels[idle] = nil
        }
        let channel = ResolverChannel(
            server: server, timeout: core.configuration.tryTimeout, receiver: self)
        channels[server] = channel
        return channel
    }

    /// Passes the answers on; false when there were none.
    private func report() -> Bool {
        guard !answers.isEmpty else { return false }
        let batch = answers
        answers = []
        for answer in batch { core.answered(answer.token, answer.outcome) }
        return true
    }

    private func wait() {
        let busy = channels.values.filter { $0.inFlight > 0 }
        var polled = [pollfd(fd: wakeDescriptor, events: Int16(POLLIN), revents: 0)]
        var owners: [ResolverChannel] = []
        var milliseconds: Int32 = -1
        for channel in busy {
            let sockets = channel.pollSet()
            polled += sockets
            owners += sockets.map { _ in channel }
            let limit = channel.waitMilliseconds
            if limit >= 0 { milliseconds = milliseconds < 0 ? limit : min(milliseconds, limit) }
        }
        // EINTR and ENOMEM come back here at the next turn; nothing is lost by looking again.
        let ready = unsafe poll(&polled, nfds_t(polled.count), milliseconds)
        if ready > 0 {
            if polled[0].revents != 0 { cresolver_wake_drain(wakeDescriptor) }
            for (socket, channel) in zip(polled.dropFirst(), owners) where socket.revents != 0 {
                // An error or a hang-up is read like data: the read says what it is.
                let broken = socket.revents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0
                channel.process(
                    socket.fd, readable: broken || socket.revents & Int16(POLLIN) != 0,
                    writable: socket.revents & Int16(POLLOUT) != 0)
            }
        }
        for channel in busy where channel.inFlight > 0 { channel.process() }
    }
}
