import Foundation
import KernelFormats
import TestWorlds
import Testing

/// What perf records of a real program, read by us and by perf itself.
@Suite struct PerfOracleTests {
    /// Opens sockets below a few calls, in a thread too, starts a child that becomes another
    /// program, and maps code of a path with a blank.
    private static let source = """
        #define _GNU_SOURCE
        #include <pthread.h>
        #include <stdlib.h>
        #include <fcntl.h>
        #include <sys/mman.h>
        #include <sys/socket.h>
        #include <sys/wait.h>
        #include <unistd.h>
        __attribute__((noinline)) int opener(int n) {
            int sum = 0;
            for (int i = 0; i < n; i++) {
                int s = socket(i % 5 ? AF_INET : 12345, SOCK_STREAM, 0);
                sum += s;
                if (s >= 0) close(s);
            }
            return sum;
        }
        __attribute__((noinline)) int layer(int n) { return opener(n) + 1; }
        __attribute__((noinline)) int touch(int n) {
            volatile char *m = malloc(n * 4096);
            for (int i = 0; i < n; i++) m[i * 4096] = i;
            return m[4096] - 1;
        }
        static void *work(void *n) { return (void *)(long)(layer(*(int *)n) + touch(64)); }
        int main(int c, char **v) {
            int n = 40, f = open(v[c - 1], O_RDONLY);
            mmap(0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, f, 0);
            pthread_t threads[4];
            for (int i = 0; i < 4; i++) pthread_create(&threads[i], 0, work, &n);
            for (int i = 0; i < 4; i++) pthread_join(threads[i], 0);
            if (fork() == 0) { execl("/bin/true", "true", (char *)0); _exit(1); }
            wait(0);
            return layer(20) + touch(256) == 0;
        }
        """

    /// Records the program with options of perf, and reads the file both ways; nil with the reason
    /// printed.
    private static func record(
        _ options: [String], for purpose: String
    ) throws -> (own: PerfDataFile, dump: PerfDump)? {
        guard ChildProcess.isInstalled("perf") else {
            print("not run: \(purpose), there is no perf")
            return nil
        }
        guard let compiler = Compilers.c(for: purpose) else { return nil }
        let directory = try TemporaryDirectory("perf")
        let source = try directory.write(Self.source, to: "program.c")
        let program = directory.file("program")
        try ChildProcess.run(
            [
                compiler, "-O1", "-fno-omit-frame-pointer", "-pthread", "-o", program, source,
            ], outputPath: directory.file("build"))
        let mapped = try directory.write(
            String(repeating: "code", count: 2_048), to: "code with a blank")
        let data = directory.file("perf.data")
        let environment = ["HOME": directory.path]
        do {
            try ChildProcess.run(
                [
                    "perf", "record", "-q", "-N", "-B", "--no-buildid-mmap", "--sample-identifier",
                    "-o", data,
                ] + options
                    + [program, mapped],
                environment: environment, outputPath: directory.file("recorded"))
        } catch ChildProcessError.failed(_, let status, let output) {
            print("not run: \(purpose), perf record ends with \(status): \(output)")
            return nil
        }
        let text = try ChildProcess.run(
            [
                "sh", "-c",
                "perf script -D --no-inline -F comm,tid,time,event,trace -i '\(data)' "
                    + "2> '\(directory.file("complaints"))'",
            ],
            environment: environment, outputPath: directory.file("dump"))
        return (try PerfDataFile(data), PerfDump(text))
    }

    /// Compares all but samples: each record of the one is there in the other.
    private static func compareTasks(_ own: PerfDataFile, _ dump: PerfDump) {
        var counts = (mappings: 0, forks: 0, exits: 0, executed: 0)
        for (offset, record) in own.records {
            let place = Comment(rawValue: "0x" + String(offset, radix: 16))
            switch record {
            case .mapped(let mapping):
                counts.mappings += 1
                #expect(mapping == dump.mappings[offset], place)
            case .fork(let task):
                counts.forks += 1
                compare(task, dump.forks[offset], place)
            case .exit(let task):
                counts.exits += 1
                compare(task, dump.exits[offset], place)
            case .executed(let pid, let tid, let time):
                counts.executed += 1
                let theirs = dump.executed[offset]
                #expect(theirs.map { $0 == (pid, tid, time) } == true, place)
            default: break
            }
        }
        #expect(counts.mappings == dump.mappings.count && counts.mappings >= 5)
        #expect(dump.mappings.values.contains { $0.path.hasSuffix("code with a blank") })
        // Four threads and a process, which became another one; the program itself ends too.
        #expect(counts.forks == dump.forks.count && counts.forks == 5)
        #expect(counts.exits == dump.exits.count && counts.exits == 6)
        #expect(counts.executed == dump.executed.count && counts.executed == 2)
    }

    /// The kernel takes a task's own time right after that of all records, which perf shows.
    private static func compare(_ task: PerfTask, _ theirs: PerfTask?, _ place: Comment) {
        guard var theirs else {
            Issue.record(place)
            return
        }
        #expect(task.time >= theirs.time, place)
        theirs.time = task.time
        #expect(task == theirs, place)
    }

    /// Compares every sample: how many there are, and how many addresses in all.
    private static func compareSamples(
        _ own: PerfDataFile, _ dump: PerfDump
    ) -> (samples: Int, addresses: Int) {
        var (samples, addresses) = (0, 0)
        for (offset, record) in own.records {
            guard case .sample(let sample) = record else { continue }
            samples += 1
            let place = Comment(rawValue: "0x" + String(offset, radix: 16))
            guard let theirs = dump.samples[offset] else {
                Issue.record(place)
                continue
            }
            #expect(
                sample.pid == theirs.pid && sample.tid == theirs.tid && sample.time == theirs.time,
                place)
            // Contexts tell whose addresses follow; ours leaves them out.
            #expect(sample.callChain == theirs.chain.filter { $0 < .max - 4_095 }, place)
            addresses += sample.callChain.count
            #expect(sample.stack.count == theirs.stackSize, place)
            for (name, register) in Self.registers {
                #expect(sample.register(register) == theirs.registers[name], place)
            }
            if case .exit(let number, let result)? = SystemCallEvent(exit: sample.raw) {
                #expect(number == 41 && result == theirs.result, place)
            } else {
                #expect(theirs.result == nil, place)
            }
        }
        #expect(samples == dump.samples.count)
        return (samples, addresses)
    }

    /// Registers by perf's names.
    private static let registers: [(String, PerfRegister)] = [
        ("AX", .rax), ("BX", .rbx), ("CX", .rcx), ("DX", .rdx), ("SI", .rsi), ("DI", .rdi),
        ("BP", .rbp), ("SP", .rsp), ("IP", .rip), ("R8", .r8), ("R9", .r9), ("R10", .r10),
        ("R11", .r11), ("R12", .r12), ("R13", .r13), ("R14", .r14), ("R15", .r15),
    ]

    @Test func `Call chains, results and tasks are those that perf reads`() throws {
        let purpose = "records of a tracepoint beside perf"
        let events = ["-e", "page-faults", "-e", "syscalls:sys_exit_socket", "-c", "1", "-g"]
        guard let (own, dump) = try Self.record(events, for: purpose) else { return }
        Self.compareTasks(own, dump)
        let (samples, addresses) = Self.compareSamples(own, dump)
        // The program alone calls socket 180 times, below three functions at least.
        #expect(samples > 300 && addresses > 1_000)
        #expect(dump.samples.values.count { $0.result != nil } == 180)
        #expect(dump.samples.values.contains { ($0.result ?? 0) < 0 })
    }

    @Test func `Registers and parts of the stack are those that perf reads`() throws {
        let purpose = "registers and stacks beside perf"
        let events = ["-e", "page-faults:u", "-c", "3", "--call-graph", "dwarf,1024"]
        guard let (own, dump) = try Self.record(events, for: purpose) else { return }
        Self.compareTasks(own, dump)
        let (samples, _) = Self.compareSamples(own, dump)
        #expect(samples > 50)
        #expect(dump.samples.values.contains { $0.stackSize > 0 && $0.registers.count > 16 })
    }
}
