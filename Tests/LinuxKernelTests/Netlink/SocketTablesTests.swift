import Glibc
import KernelFormats
import Measurements
import TestWorlds
import Testing

@testable import LinuxKernel

/// A dump that the kernel calls interrupted is made again, and nothing is counted twice.
@Suite(.serialized, .noLeakedDescriptors) struct SocketTablesTests {
    typealias Script = ScriptedNetlink

    private static let interrupted: UInt16 = 0x12

    /// Fills a join of one socket, inode 4711, from a kernel by script.
    static func fill(_ kernel: ScriptedNetlink) throws -> (SocketJoin, Coverage) {
        var tables = SocketTables(kernel.socket())
        var join = SocketJoin([(descriptor: 3, inode: 4_711)])
        try tables.fill(&join, process: try ProcessHandle(pid: getpid()))
        return (join, tables.coverage)
    }

    /// One dump of TCP with a listener, a connection of ours and one in TIME_WAIT.
    static func answer(_ kernel: ScriptedNetlink, sequence: UInt32, flags: UInt16) throws {
        try kernel.answer(
            Script.tcp(state: 10, inode: 1, local: 80, sequence: sequence, flags: flags),
            Script.tcp(
                state: 1, inode: 4_711, local: 40_000, peer: 80, sequence: sequence, flags: flags),
            Script.tcp(
                state: 6, inode: 0, local: 40_001, peer: 80, sequence: sequence, flags: flags))
        try kernel.answer(Script.done(sequence: sequence, flags: flags))
    }

    @Test func `An interrupted dump is made again, and its rows are counted once`() throws {
        let kernel = try Script()
        try Self.answer(kernel, sequence: 1, flags: Self.interrupted)
        try Self.answer(kernel, sequence: 2, flags: Self.interrupted)
        try Self.answer(kernel, sequence: 3, flags: 2)
        for sequence in 4...9 as ClosedRange<UInt32> {
            try kernel.answer(Script.done(sequence: sequence))
        }
        let (join, coverage) = try Self.fill(kernel)
        #expect(coverage.isComplete, "\(coverage.missing)")
        #expect(join.unlisted == 0)
        #expect(join.sockets.first?.state == .established)
        #expect(join.timeWait.count == 1)
        #expect(join.listeners.count == 1)
        // The dumps of TCP, each asked for anew.
        let requests = (0..<3).compactMap { _ in kernel.request() }
        #expect(requests.count == 3)
        #expect(Set(requests.map { $0[16...] }).count == 1)
    }

    @Test func `A table that never holds still is given, and said to be so`() throws {
        let kernel = try Script()
        for sequence in 1...4 as ClosedRange<UInt32> {
            try Self.answer(kernel, sequence: sequence, flags: Self.interrupted)
        }
        for sequence in 5...9 as ClosedRange<UInt32> {
            try kernel.answer(Script.done(sequence: sequence))
        }
        let (join, coverage) = try Self.fill(kernel)
        #expect(join.sockets.first?.state == .established)
        #expect(join.timeWait.count == 1)
        #expect(coverage.missing.count == 1)
        #expect(coverage.missing.first?.contains("rows may be missing") == true)
    }

    @Test func `A kernel without a table of TCP is said to be one`() throws {
        let kernel = try Script()
        try kernel.answer(Script.done(sequence: 1, error: ENOENT))
        for sequence in 2...9 as ClosedRange<UInt32> {
            try kernel.answer(Script.done(sequence: sequence, error: ENOENT))
        }
        let (_, coverage) = try Self.fill(kernel)
        #expect(!coverage.isComplete)
    }
}
