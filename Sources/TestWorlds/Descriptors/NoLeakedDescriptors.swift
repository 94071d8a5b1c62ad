import Dispatch
import Glibc
import NIOPosix
public import Testing

/// A trait that fails a test which leaves a descriptor open.
///
/// It compares `/proc/self/fd` before and after each test case. Closes that NIO finishes on its
/// own threads are waited for, at most ``patience``. Test cases under the trait run one at a time
/// in the whole process; a suite that carries it is also `.serialized`, and tests without it that
/// open descriptors do not belong in the same test run.
public struct NoLeakedDescriptors: SuiteTrait, TestTrait, TestScoping {
    /// How long a descriptor may take to go away after the test's body has ended.
    public var patience: Duration

    /// Makes the trait; two seconds are enough for a loop that is busy closing.
    public init(patience: Duration = .seconds(2)) {
        self.patience = patience
    }

    /// True: every test of a suite is checked by itself, so the failure names the one that leaks.
    public var isRecursive: Bool { true }

    @TaskLocal private static var isInside = false

    /// Runs one test case between two looks at the table.
    public func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await check(sourceLocation: test.sourceLocation, function)
    }

    /// Runs `body` and records an issue that lists what it left open.
    ///
    /// For a part of a test; the whole test is covered by the trait.
    public func check(
        sourceLocation: SourceLocation = #_sourceLocation,
        _ body: @concurrent @Sendable () async throws -> Void
    ) async throws {
        guard !Self.isInside else {
            return try await compare(sourceLocation, body)
        }
        await DescriptorGate.shared.enter()
        defer { DescriptorGate.shared.leave() }
        await Self.openWhatStaysOpen()
        try await Self.$isInside.withValue(true) {
            try await compare(sourceLocation, body)
        }
    }

    private func compare(
        _ sourceLocation: SourceLocation, _ body: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let before = DescriptorTable.current()
        let result: Result<Void, any Error>
        do {
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        let left = await opened(since: before)
        if !left.isEmpty {
            let lines = left.map { "  " + $0.described() }.joined(separator: "\n")
            Issue.record(
                "\(left.count) descriptors were opened and not closed:\n\(lines)",
                sourceLocation: sourceLocation)
        }
        try result.get()
    }

    /// What is still open when nothing was left, or when patience ended.
    private func opened(since before: DescriptorTable) async -> [OpenDescriptor] {
        let clock = ContinuousClock()
        let end = clock.now + patience
        while true {
            let left = DescriptorTable.current().opened(since: before)
            guard !left.isEmpty, clock.now < end else { return left }
            // A cancelled test must still be looked at, so the pause is not a cancellable one.
            await withCheckedContinuation { continuation in
                DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(5)) {
                    continuation.resume()
                }
            }
        }
    }

    private typealias Symbolize =
        @convention(c) (UnsafeRawPointer?, UnsafePointer<CChar>, UnsafeMutablePointer<CChar>, Int)
        -> Void

    /// A sanitizer starts a program that knows names with its first report, and keeps its pipes.
    private static let startSymbolizer: Void = {
        guard let symbol = dlsym(nil, "__sanitizer_symbolize_pc") else { return }
        // sanitizer/common_interface_defs.h has this signature.
        let symbolize = unsafeBitCast(symbol, to: Symbolize.self)
        var text = [CChar](repeating: 0, count: 256)
        symbolize(UnsafeRawPointer(symbol), "%f", &text, text.count)
    }()

    /// Opens what the runtime opens once and keeps: NIO's shared loops, and the timers of Dispatch.
    private static func openWhatStaysOpen() async {
        startSymbolizer
        _ = MultiThreadedEventLoopGroup.singleton.any()
        try? await Task.sleep(for: .milliseconds(1), clock: .continuous)
        try? await Task.sleep(for: .milliseconds(1), clock: .suspending)
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(1)) {
                continuation.resume()
            }
        }
    }
}

extension Trait where Self == NoLeakedDescriptors {
    /// Fails a test that leaves a descriptor open.
    public static var noLeakedDescriptors: Self { Self() }
}
