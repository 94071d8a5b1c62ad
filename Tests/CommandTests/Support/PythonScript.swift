import Foundation
import TestWorlds
import Testing

/// Programs in Python that a test looks at.
enum PythonScript {
    /// Runs a script under a name of its own until it says that it is ready; gives its last word.
    static func start(
        _ script: String, name: String, in directory: TemporaryDirectory, _ arguments: String...
    ) async throws -> (child: ChildProcess, word: String) {
        let path = directory.file(name)
        try script.write(toFile: path, atomically: true, encoding: .utf8)
        let child = try ChildProcess(
            ["python3", path] + arguments, outputPath: directory.file(name + ".out"))
        try await child.waitForOutput("the script did not start") { $0.contains("ready") }
        return (
            child, child.output.split(whereSeparator: \.isWhitespace).last.map(String.init) ?? ""
        )
    }

    /// Makes so many sockets a second that are never connected, in addition to a healthy pair.
    static let leaking = """
        import socket, sys, time
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        client = socket.create_connection(listener.getsockname())
        served, _ = listener.accept()
        held = []
        print("ready", flush=True)
        while True:
            held.append(socket.socket())
            client.sendall(b"x")
            served.recv(1)
            time.sleep(1 / float(sys.argv[1]))
        """

    /// Uses one connection again and again, and opens no other.
    static let healthy = """
        import socket, time
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        client = socket.create_connection(listener.getsockname())
        served, _ = listener.accept()
        print("ready", flush=True)
        while True:
            client.sendall(b"x")
            served.recv(1)
            time.sleep(0.1)
        """
}
