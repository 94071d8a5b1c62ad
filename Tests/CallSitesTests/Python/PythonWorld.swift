import CallSites
import Foundation
import TestWorlds

/// Pythons of this machine, and programs that run in them and tell their own frames.
enum PythonWorld {
    /// The paths of all CPythons in PATH and of pyenv, one for each file; printed, for the record.
    static let all: [String] = {
        let variables = ProcessInfo.processInfo.environment
        var folders = ["/usr/bin", "/usr/local/bin"]
        folders += (variables["PATH"] ?? "").split(separator: ":").map(String.init)
        let kept = (variables["PYENV_ROOT"] ?? NSHomeDirectory() + "/.pyenv") + "/versions"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: kept)) ?? []
        folders += versions.sorted().map { "\(kept)/\($0)/bin" }
        var seen: Set<String> = []
        var found: [String] = []
        for folder in folders {
            for minor in 6...20 {
                let path = "\(folder)/python3.\(minor)"
                guard FileManager.default.isExecutableFile(atPath: path) else { continue }
                let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
                // pyenv's own names in PATH are scripts.
                guard let file = FileHandle(forReadingAtPath: real),
                    let head = try? file.read(upToCount: 4),
                    head == Data([0x7F, 0x45, 0x4C, 0x46]),
                    seen.insert(real).inserted
                else { continue }
                found.append(real)
            }
        }
        print("Pythons here: \(found.joined(separator: " "))")
        return found
    }()

    /// Those whose layout is known.
    static let readable = all.filter { path in
        (9...14).contains { path.hasSuffix("/python3.\($0)") }
    }

    /// The others, older or newer.
    static let others = all.filter { !readable.contains($0) }

    /// A reader of a process's memory that gives what is there.
    static func memory(of id: Int32) -> (UInt64, Int) -> [UInt8] {
        let descriptor = open("/proc/\(id)/mem", O_RDONLY | O_CLOEXEC)
        let holder = DescriptorHolder(descriptor)
        return { address, count in
            guard holder.descriptor >= 0, count > 0, address < 1 << 62 else { return [] }
            var bytes = [UInt8](repeating: 0, count: count)
            let got = pread(holder.descriptor, &bytes, count, off_t(address))
            return Array(bytes.prefix(max(0, got)))
        }
    }

    /// Closes when the last reader is gone.
    private final class DescriptorHolder {
        let descriptor: Int32
        init(_ descriptor: Int32) { self.descriptor = descriptor }
        deinit { if descriptor >= 0 { close(descriptor) } }
    }

    /// The file that holds the CPython of a process, with how far it was moved.
    static func image(of id: Int32) throws -> (image: ELFImage, bias: UInt64, path: String)? {
        // The kernel gives it by parts, which it may end before a page is full.
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/\(id)/maps"))
        var bytes = Data()
        while let part = try file.read(upToCount: 4_096), !part.isEmpty { bytes += part }
        let maps = String(decoding: bytes, as: UTF8.self)
        var seen: Set<String> = []
        for line in maps.split(separator: "\n") {
            let fields = line.split(separator: " ", maxSplits: 5)
            guard fields.count == 6, let start = fields[0].split(separator: "-").first,
                let address = UInt64(start, radix: 16), fields[2].allSatisfy({ $0 == "0" })
            else { continue }
            let path = fields[5].drop { $0 == " " }
            guard path.contains("python"), seen.insert(String(path)).inserted,
                let image = ELFImage(read: try BinaryFile.reader(String(path))),
                PythonRuntime.isPython(image), let first = image.segments.first
            else { continue }
            return (image, address &- (first.address & ~4095), String(path))
        }
        return nil
    }

    /// The CPython of a process, read through `damage` if there is one.
    static func runtime(
        of id: Int32, read: ((UInt64, Int) -> [UInt8])? = nil
    ) throws -> PythonRuntime? {
        guard let (image, bias, path) = try image(of: id) else { return nil }
        return try PythonRuntime(
            image: image, bias: bias, fileName: path, read: read ?? memory(of: id))
    }
}

/// A Python program whose threads wait, and that wrote down where.
final class WaitingPython {
    let process: ChildProcess
    private let directory: TemporaryDirectory

    /// One frame as the program itself names it.
    struct Frame: Hashable, CustomStringConvertible {
        var function: String
        var file: String
        var line: Int?
        var parameters: Int

        var description: String { "\(function) \(file):\(line ?? -1) (\(parameters))" }
    }

    /// What a thread is in, by its number and, for tests to find it, its name.
    struct Thread {
        var process: Int32
        var number: Int32
        var name: String
        var frames: [Frame]
    }

    /// What each program begins with: `truth()` writes the frames of all threads by sys's own
    /// knowledge, each line a frame, and tells that it is done by the file's name.
    private static let prelude = """
        import os, sys, threading, time
        def truth(own_line=None, only=None):
            with open(sys.argv[1] + '/part-%d' % os.getpid(), 'w', encoding='utf-8') as out:
                numbers = {t.ident: (t.native_id, t.name) for t in threading.enumerate()}
                for ident, frame in sys._current_frames().items():
                    if ident not in numbers or (only and numbers[ident][1] != only):
                        continue
                    number, name = numbers[ident]
                    if ident == threading.get_ident():
                        frame = frame.f_back
                        name, number = 'main', threading.get_native_id()
                    first = ident == threading.get_ident()
                    while frame:
                        code = frame.f_code
                        line = own_line if first and own_line else frame.f_lineno
                        first = False
                        out.write('\\t'.join(map(str, [
                            os.getpid(), number, name, getattr(code, 'co_qualname', code.co_name),
                            code.co_filename, line, code.co_argcount])) + '\\n')
                        frame = frame.f_back
            os.rename(out.name, sys.argv[1] + '/truth-%d' % os.getpid())

        """

    /// Runs a program and waits until `processes` of it have written their truth.
    init?(_ python: String, _ program: String, name: String = "program.py", processes: Int = 1)
        throws
    {
        directory = try TemporaryDirectory("python")
        let path = try directory.write(Self.prelude + program, to: name)
        process = try ChildProcess(
            [python, "-X", "utf8", "-S", path, directory.path],
            environment: ["PYTHONDONTWRITEBYTECODE": "1"], outputPath: directory.file("output"))
        let clock = ContinuousClock()
        let end = clock.now + .seconds(60)
        while truths.count < processes {
            guard process.isRunning, clock.now < end else {
                print("\(python) did not tell its frames: \(process.output)")
                return nil
            }
            usleep(5_000)
        }
    }

    deinit { process.stop(signal: SIGKILL) }

    private var truths: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        return files.filter { $0.hasPrefix("truth-") }
    }

    /// The threads that were written down.
    var threads: [Thread] {
        var threads: [Thread] = []
        for file in truths {
            for line in directory.read(file).split(separator: "\n") {
                let fields = line.split(separator: "\t").map(String.init)
                guard fields.count == 7, let process = Int32(fields[0]),
                    let number = Int32(fields[1]), let parameters = Int(fields[6])
                else { continue }
                let frame = Frame(
                    function: fields[3], file: fields[4], line: Int(fields[5]),
                    parameters: parameters)
                if let last = threads.indices.last, threads[last].number == number {
                    threads[last].frames.append(frame)
                } else {
                    threads.append(
                        Thread(
                            process: process, number: number, name: fields[2], frames: [frame]))
                }
            }
        }
        return threads
    }
}

extension WaitingPython.Frame {
    init(_ frame: PythonFrame) {
        self.init(
            function: frame.function, file: frame.file, line: frame.line,
            parameters: frame.parameters)
    }
}
