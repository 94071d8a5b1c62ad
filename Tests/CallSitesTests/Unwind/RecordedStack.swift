import CallSites
import TestWorlds
import Testing

/// A stack that a program of the tests recorded of itself, with the chain that libgcc found.
struct RecordedStack {
    var name: String
    var registers = UnwindRegisters()
    var base: UInt64 = 0
    var stack: [UInt8] = []
    /// `backtrace(3)`, from the function that is recorded outwards.
    var expected: [UInt64] = []

    /// A program that records its stack in a deep call, below qsort, in a handler of signals, in a
    /// thread, and behind the instruction of a system call.
    static let source = """
        #define _GNU_SOURCE
        #include <execinfo.h>
        #include <pthread.h>
        #include <signal.h>
        #include <stdint.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <ucontext.h>
        #include <unistd.h>
        #define NOINLINE __attribute__((noinline))
        static volatile int kept = 1;
        static const char *label;
        static uintptr_t top;

        // The registers in DWARF's order.
        static const int order[17] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI,
            REG_RBP, REG_RSP, REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14,
            REG_R15, REG_RIP};

        static void record(const char *name, ucontext_t *c, void **frames, int count) {
            printf("stack %s\\n", name);
            for (int i = 0; i < 17; i++) printf("r %d %llx\\n", i,
                (unsigned long long)c->uc_mcontext.gregs[order[i]]);
            uintptr_t base = c->uc_mcontext.gregs[REG_RSP];
            uintptr_t end = top > base && top - base < 300000 ? top : base + 16384;
            printf("base %lx\\nbytes ", base);
            for (uintptr_t p = base; p < end; p++) printf("%02x", *(unsigned char *)p);
            printf("\\n");
            for (int i = 0; i < count; i++) printf("f %lx\\n", (uintptr_t)frames[i]);
        }

        NOINLINE int here(const char *name) {
            ucontext_t context;
            void *frames[256];
            getcontext(&context);
            int count = backtrace(frames, 256);
            // This function itself is at two places.
            frames[0] = (void *)context.uc_mcontext.gregs[REG_RIP];
            record(name, &context, frames, count);
            return kept;
        }

        NOINLINE int many(int a, int b, int c, int d, int e, int f, int g, int h) {
            char room[128];
            memset(room, a, sizeof room);
            int r = h > 0 ? many(b, c, d, e, f, g, a, h - 1) + room[g & 127] : here(label);
            return r + a * b + c * d + e * f + g;
        }
        NOINLINE int growing(int n, int depth) {
            char *room = __builtin_alloca(n);
            memset(room, n, n);
            int r = depth > 0 ? growing(n + 24, depth - 1) : many(n, 1, 2, 3, 4, 5, 6, 7);
            return r + room[n / 2];
        }
        __attribute__((noinline, force_align_arg_pointer)) int aligned(int n) {
            _Alignas(64) volatile char room[64] = {n};
            return growing(100 + n, 5) + room[n & 63];
        }
        static int done;
        NOINLINE int compare(const void *a, const void *b) {
            if (!done) { done = 1; kept += aligned(3); }
            return *(const int *)a - *(const int *)b + kept * 0;
        }
        NOINLINE int sorted(void) {
            int numbers[9] = {9, 1, 8, 2, 7, 3, 6, 4, 5};
            qsort(numbers, 9, sizeof(int), compare);
            return numbers[kept & 3];
        }
        static void handler(int s, siginfo_t *i, void *c) {
            (void)s; (void)i; (void)c;
            kept += here("handler") & 1;
        }
        // Records what the signal interrupted: libc, right behind the instruction of a system call.
        static void recorder(int s, siginfo_t *i, void *context) {
            (void)s; (void)i;
            void *frames[256];
            int count = backtrace(frames, 256), from = 0;
            void *place = (void *)((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
            while (from < count && frames[from] != place) from++;
            record("interrupted", context, frames + from, count - from);
        }
        NOINLINE int raised(int s, int depth) {
            volatile char room[40] = {depth};
            int r = depth > 0 ? raised(s, depth - 1) : kill(getpid(), s);
            return r + room[depth & 7];
        }
        static void *thread(void *argument) {
            // What is above in a thread is not asked for.
            top = 0;
            label = argument;
            return (void *)(uintptr_t)many(1, 2, 3, 4, 5, 6, 7, 4);
        }
        int main(int c, char **v) {
            (void)v;
            FILE *maps = fopen("/proc/self/maps", "r");
            char line[512];
            // It loads libgcc.
            void *first[4];
            backtrace(first, 4);
            while (fgets(line, sizeof line, maps)) {
                unsigned long low, high;
                if (sscanf(line, "%lx-%lx", &low, &high) == 2 && (uintptr_t)&c >= low
                    && (uintptr_t)&c < high) top = high;
                printf("map %s", line);
            }
            struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
            sigaction(SIGUSR1, &action, 0);
            action.sa_sigaction = recorder;
            sigaction(SIGUSR2, &action, 0);
            label = "deep";
            kept += growing(64, 3) & 1;
            label = "sorted";
            kept += sorted() & 1;
            kept += raised(SIGUSR1, 3) & 1;
            kept += raised(SIGUSR2, 5) & 1;
            pthread_t id;
            pthread_create(&id, 0, thread, "thread");
            pthread_join(id, 0);
            printf("done\\n");
            return 0;
        }
        """

    /// Builds the program, runs it, and reads what it printed.
    static func record(_ options: [String], with compiler: String) throws -> Recording {
        let directory = try TemporaryDirectory("unwind")
        let source = try directory.write(source, to: "program.c")
        let program = directory.file("program")
        try ChildProcess.run(
            [compiler, "-O2", "-pthread", "-o", program, source] + options,
            outputPath: directory.file("build"))
        let text = try ChildProcess.run([program], outputPath: directory.file("stacks"))
        var (stacks, maps): ([RecordedStack], String) = ([], "")
        for line in text.split(separator: "\n") {
            if line.hasPrefix("map ") { maps += line.dropFirst(4) + "\n" }
            let fields = line.split(separator: " ")
            let number = UInt64(fields.last ?? "", radix: 16)
            switch fields[0] {
            case "stack": stacks.append(RecordedStack(name: String(fields[1])))
            case "r": stacks[stacks.count - 1].registers[try #require(Int(fields[1]))] = number
            case "base": stacks[stacks.count - 1].base = try #require(number)
            case "bytes": stacks[stacks.count - 1].stack = bytes(fields[1])
            case "f": stacks[stacks.count - 1].expected.append(try #require(number))
            default: break
            }
        }
        #expect(text.hasSuffix("done\n"))
        return Recording(stacks: stacks, maps: maps, program: program, directory: directory)
    }

    private static func bytes(_ text: Substring) -> [UInt8] {
        let digits = text.utf8.map { $0 >= 97 ? $0 - 87 : $0 - 48 }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}

/// What a program printed; its file is there as long as this is.
struct Recording {
    var stacks: [RecordedStack]
    var maps: String
    var program: String
    var directory: TemporaryDirectory
}

/// The tables of the files that a program had mapped.
final class MappedTables {
    private let recording: Recording
    private let mappings: [MappedFile]
    private var tables: [String: (image: ELFImage, table: UnwindTable)?] = [:]
    /// Whether the program itself is taken for one without tables.
    private let isOwnLeftOut: Bool
    /// How often it was asked.
    private(set) var questions = 0

    init(_ recording: Recording, isOwnLeftOut: Bool = false) {
        self.recording = recording
        mappings = MappedFile.executables(in: recording.maps)
        self.isOwnLeftOut = isOwnLeftOut
    }

    func table(of address: UInt64) -> (table: UnwindTable, bias: UInt64)? {
        questions += 1
        guard let mapping = mappings.first(where: { $0.range.contains(address) }),
            !isOwnLeftOut || mapping.path != recording.program
        else { return nil }
        let known: (image: ELFImage, table: UnwindTable)?
        if let found = tables[mapping.path] {
            known = found
        } else {
            let image = (try? BinaryFile.reader(mapping.path)).flatMap { ELFImage(read: $0) }
            known = image.flatMap { image in UnwindTable(image).map { (image, $0) } }
            tables[mapping.path] = .some(known)
        }
        guard let known, let inside = known.image.address(ofFile: mapping.offset) else {
            return nil
        }
        return (known.table, mapping.range.lowerBound &- inside)
    }
}
