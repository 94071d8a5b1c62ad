// Opens sockets in several ways, and says which function asked for which.
import Glibc
import Synchronization

let kept = Mutex<[(site: String, socket: Int32)]>([])

func keep(_ site: String, _ socket: Int32) {
    kept.withLock { $0.append((site, socket)) }
}

func loopback(_ port: UInt16) -> sockaddr_in {
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = port.bigEndian
    name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return name
}

// It takes the socket that the asking function opened, so that no frame of ours is between them.
func connected(_ socket: Int32, _ port: UInt16) -> Int32 {
    var name = loopback(port)
    let status = withUnsafePointer(to: &name) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    guard status == 0 else { fatalError("connect: \(errno)") }
    return socket
}

let stream = Int32(SOCK_STREAM.rawValue)

func ask(_ socket: Int32) {
    let request = "GET / HTTP/1.1\r\nHost: tracee\r\n\r\n"
    var answer = [UInt8](repeating: 0, count: 4096)
    guard send(socket, request, request.utf8.count, 0) > 0,
        recv(socket, &answer, answer.count, 0) > 0
    else { fatalError("no answer: \(errno)") }
}

@inline(never)
func leakInMain(_ port: UInt16) {
    keep("tracee.leakInMain", connected(socket(AF_INET, stream, 0), port))
}

@inline(never)
func leakInThread(_ port: UInt16) {
    keep("tracee.leakInThread", connected(socket(AF_INET, stream, 0), port))
}

@inline(never)
func leakACopy(_ port: UInt16) {
    let one = connected(socket(AF_INET, stream, 0), port)
    keep("tracee.leakACopy", dup(one))
    close(one)
}

@inline(never)
func leakAndThrow(_ port: UInt16) throws {
    let one = connected(socket(AF_INET, stream, 0), port)
    keep("tracee.leakAndThrow", one)
    throw Failure()
}

struct Failure: Error {}

@inline(never)
func leakInClosure(_ path: String) -> @Sendable (UInt16) -> Void {
    { port in
        let one = connected(socket(AF_INET, stream, 0), port)
        if !path.isEmpty { ask(one) }
        keep("tracee.leakInClosure", one)
    }
}

@inline(never)
func leakInTask(_ port: UInt16) async {
    await Task.yield()
    keep("tracee.leakInTask", connected(socket(AF_INET, stream, 0), port))
    await Task.yield()
}

final class Client {
    var sockets: [Int32] = []

    @inline(never)
    func leakInMethod(_ port: UInt16) {
        sockets.append(connected(socket(AF_INET, stream, 0), port))
        keep("tracee.Client.leakInMethod", sockets[sockets.count - 1])
    }
}

struct Pool<Kind> {
    var idle: [Kind] = []

    @inline(never)
    mutating func leakGeneric(_ kind: Kind, _ port: UInt16) {
        idle.append(kind)
        keep("tracee.Pool.leakGeneric", connected(socket(AF_INET, stream, 0), port))
    }
}

protocol Asks { var path: String { get } }

extension Asks {
    @inline(never)
    func leakInExtension(_ port: UInt16) {
        let one = connected(socket(AF_INET, stream, 0), port)
        if !path.isEmpty { ask(one) }
        keep("tracee.Asks.leakInExtension", one)
    }
}

struct Plain: Asks { let path: String }

@inline(never)
func healthy(_ port: UInt16) {
    let one = connected(socket(AF_INET, stream, 0), port)
    for _ in 0..<500 {
        ask(one)
        usleep(1000)
    }
    keep("tracee.healthy", one)
}

@inline(never)
func churn(_ port: UInt16) {
    close(connected(socket(AF_INET, stream, 0), port))
}

// Three layers between who starts it and who asks; what follows each call keeps its frame.
typealias Ask = (UInt16) -> Void
let calls = Atomic<Int>(0)

@inline(never)
func layer1(_ ask: Ask, _ port: UInt16) {
    layer2(ask, port)
    calls.add(1, ordering: .relaxed)
}
@inline(never)
func layer2(_ ask: Ask, _ port: UInt16) {
    layer3(ask, port)
    calls.add(2, ordering: .relaxed)
}
@inline(never)
func layer3(_ ask: Ask, _ port: UInt16) {
    ask(port)
    calls.add(3, ordering: .relaxed)
}

func loop(_ times: Int, _ pause: UInt32, _ port: UInt16, _ ask: Ask) {
    for _ in 0..<times {
        layer1(ask, port)
        usleep(pause * 1000)
    }
}

final class Work {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
}

func thread(_ run: @escaping @Sendable () -> Void) -> pthread_t {
    var thread = pthread_t()
    pthread_create(
        &thread, nil,
        { argument in
            if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run() }
            return nil
        }, Unmanaged.passRetained(Work(run)).toOpaque())
    return thread
}

func localPort(_ socket: Int32) -> UInt16 {
    var name = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &name) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            getsockname(socket, $0, &length)
        }
    }
    return UInt16(bigEndian: name.sin_port)
}

let port = UInt16(CommandLine.arguments[1]) ?? 0
var begin = sigset_t()
var received: Int32 = 0
sigemptyset(&begin)
sigaddset(&begin, SIGUSR1)
pthread_sigmask(SIG_BLOCK, &begin, nil)
print("ready")
fflush(nil)
sigwait(&begin, &received)

let tasks = Task.detached {
    for _ in 0..<40 {
        await leakInTask(port)
        try? await Task.sleep(for: .milliseconds(10))
    }
}
var threads = [
    thread { loop(40, 10, port, leakInThread) },
    thread { loop(40, 10, port, leakACopy) },
    thread { loop(40, 10, port) { try? leakAndThrow($0) } },
    thread { loop(40, 10, port, leakInClosure("/")) },
    thread {
        let client = Client()
        loop(40, 10, port) { client.leakInMethod($0) }
    },
    thread {
        var pool = Pool<Plain>()
        loop(40, 10, port) { pool.leakGeneric(Plain(path: ""), $0) }
    },
    thread { loop(40, 10, port) { Plain(path: "/").leakInExtension($0) } },
    thread { loop(200, 2, port, churn) },
]
for _ in 0..<4 { threads.append(thread { loop(1, 0, port, healthy) }) }
loop(40, 10, port, leakInMain)
for thread in threads { pthread_join(thread, nil) }
await tasks.value
for (site, socket) in kept.withLock({ $0 }) { print(site, localPort(socket)) }
print("done")
fflush(nil)
sigwait(&begin, &received)
