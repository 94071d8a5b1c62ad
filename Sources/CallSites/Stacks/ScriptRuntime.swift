/// A program that runs the user's program, whose functions are not in its own file.
public enum ScriptRuntime: Hashable, Sendable {
    /// CPython or PyPy.
    case python
    /// Node.
    case node
    /// A Java virtual machine.
    case jvm
    /// .NET.
    case dotnet
    /// Another interpreter.
    case other(String)

    /// Tells it by the program's file and by the libraries that are mapped; nil for a program that
    /// is its own.
    public init?(program: String?, libraries: AddressSpace) {
        let name = (program ?? "").split(separator: "/").last ?? ""
        let stem = name.prefix { $0.isLetter }
        switch stem {
        case "python", "pypy": self = .python
        case "node", "nodejs": self = .node
        case "java": self = .jvm
        case "dotnet": self = .dotnet
        case "ruby", "perl", "php", "lua", "luajit", "bash", "dash", "sh", "zsh", "beam", "bun",
            "deno", "R":
            self = .other(String(stem))
        default:
            // A program of its own that has a runtime within: its own frames are the user's.
            let marks: [(String, ScriptRuntime)] = [
                ("/libjvm.so", .jvm), ("/libcoreclr.so", .dotnet), ("/libnode.so", .node),
            ]
            let found = marks.first { mark, _ in
                libraries.mappings.contains { $0.path.contains(mark) }
            }
            guard let found else { return nil }
            self = found.1
        }
    }

    /// What gives the names of the user's functions, in words.
    public var advice: String {
        switch self {
        case .python:
            "all functions of Python, also of connections that are made in an instant: since 3.12, "
                + "start it with -X perf (or PYTHONPERFSUPPORT=1)"
        case .node:
            "functions of JavaScript: start node with --perf-basic-prof "
                + "--interpreted-frames-native-stack"
        case .jvm:
            "methods of Java: start it with -XX:+PreserveFramePointer, and run jcmd PID "
                + "Compiler.perfmap (JDK 17) before the trace ends"
        case .dotnet: "methods of .NET: start it with DOTNET_PerfMapEnabled=1"
        case .other(let name): "functions of \(name): it tells nobody which it runs"
        }
    }
}
