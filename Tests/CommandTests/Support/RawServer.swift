import Foundation
import TestWorlds
import Testing

/// A server that says byte for byte what it is told to, or nothing at all.
struct RawServer {
    let port: Int
    private let process: ChildProcess
    private let directory: TemporaryDirectory

    /// Answers every request with the bytes; nil accepts and stays silent.
    static func start(_ answer: [UInt8]?) async throws -> RawServer {
        let directory = try TemporaryDirectory("raw")
        let script = try directory.write(program, to: "raw.py")
        let hex = (answer ?? []).map { String(format: "%02x", $0) }.joined()
        let process = try ChildProcess(
            ["python3", "-u", "-S", "-B", script, hex], outputPath: directory.file("output"))
        try await process.waitForOutput("it says its port") { $0.contains("\n") }
        let line = process.output.split(separator: "\n").first ?? ""
        return RawServer(
            port: try #require(Int(line)), process: process, directory: directory)
    }

    var url: String { "http://127.0.0.1:\(port)/" }

    /// Waits until a request has arrived.
    func waitForRequest() async throws {
        try await process.waitForOutput("a request arrives") { $0.contains("request") }
    }

    /// Waits until a client has closed its connection.
    func waitForClose() async throws {
        try await process.waitForOutput("the connection is closed") { $0.contains("closed") }
    }

    func stop() { process.stop() }

    private static let program = """
        import socket, sys, threading
        answer = bytes.fromhex(sys.argv[1])
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        print(listener.getsockname()[1])
        def serve(connection):
            while True:
                try:
                    data = connection.recv(65536)
                except OSError:
                    data = b""
                if not data:
                    print("closed")
                    return connection.close()
                print("request")
                if answer:
                    connection.sendall(answer)
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
        """
}
