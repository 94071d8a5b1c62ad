public import KernelFormats

/// The processes that are traced: each with its ledger, and with the programs it ran.
public struct TraceFamily {
    /// One process.
    public struct Member {
        /// Its number, which another process may have had before.
        public let pid: Int32
        /// A number that no other member has or had.
        public let serial: Int
        /// Its ledger and its stacks.
        public var machine: TraceMachine
        /// The programs that it ran, the present one last.
        public var programs: [ProgramImages]
        fileprivate var reader = StackReader()

        /// The program that a stack of its machine is of.
        public func images(of stack: Int) -> ProgramImages? {
            let place = machine.stacks.program(of: stack)
            return programs.indices.contains(place) ? programs[place] : programs.last
        }
    }

    /// What the one who feeds it has to know.
    public enum Change: Hashable, Sendable {
        /// A process became another program, whose files are not known yet.
        case executed(Int32)
        /// The program of a process is known now.
        case loaded(Int32)
        /// A process was started by another one of the family.
        case started(Int32)
    }

    /// The processes, by their numbers.
    public private(set) var members: [Int32: Member] = [:]
    /// Members whose number was given to another process since.
    public private(set) var former: [Member] = []
    /// How many records had no room in the ring.
    public private(set) var lost: UInt64 = 0
    /// How many processes were not followed, because there were too many.
    public private(set) var refused = 0
    /// Records of samples outside of these times, in nanoseconds, are not taken: before, not every
    /// thread was attached yet, and after, another look told what is open.
    public var times: Range<UInt64> = 0..<UInt64.max

    private let followsChildren: Bool
    private var nextSerial = 0
    /// Gives the files of a process.
    public let makeCache: (_ pid: Int32) -> ImageCache

    /// The most processes that are followed.
    public static let limit = 10_000

    /// Makes a family without members; `makeCache` gives the files of a process.
    public init(followsChildren: Bool, makeCache: @escaping (_ pid: Int32) -> ImageCache) {
        self.followsChildren = followsChildren
        self.makeCache = makeCache
    }

    /// Takes in a process that runs.
    public mutating func add(_ pid: Int32, _ images: ProgramImages) {
        members[pid] = Member(
            pid: pid, serial: nextSerial, machine: TraceMachine(process: pid, calls: .x86),
            programs: [images])
        nextSerial += 1
    }

    /// Where a Go program dials for other goroutines, in the program that a process runs now.
    public mutating func setDialing(_ dialing: GoDialing?, of pid: Int32) {
        members[pid]?.machine.dialing = dialing
    }

    /// Takes a record that is no sample.
    public mutating func take(_ record: PerfRecord) -> Change? {
        switch record {
        case .lost(let count): lost += count
        case .executed(let pid, _, _):
            guard members[pid] != nil else { return nil }
            members[pid]?.machine.execute()
            members[pid]?.programs.append(ProgramImages(program: nil, cache: makeCache(pid)))
            members[pid]?.reader = StackReader()
            return .executed(pid)
        case .mapped(let mapping): return take(mapping)
        case .fork(let task): return start(task)
        case .exit(let task) where task.tid == task.pid:
            members[task.pid]?.machine.endLeader()
        case .sample, .exit, .other: break
        }
        return nil
    }

    private mutating func take(_ mapping: PerfMapping) -> Change? {
        guard var member = members[mapping.pid], !member.programs.isEmpty,
            mapping.length > 0, mapping.length <= UInt64.max - mapping.address
        else { return nil }
        let place = member.programs.count - 1
        let isFirst = member.programs[place].program == nil
        // Copied out and in again: the list would be copied by a change in place.
        members[mapping.pid] = nil
        member.programs[place].add(
            MappedFile(
                range: mapping.address..<mapping.address + mapping.length,
                offset: mapping.offset, path: mapping.path, inode: mapping.inode))
        member.reader.forget()
        members[mapping.pid] = member
        return isFirst ? .loaded(mapping.pid) : nil
    }

    private mutating func start(_ task: PerfTask) -> Change? {
        guard task.pid == task.tid, task.pid != task.parent else { return nil }
        // The number is of another process from now on, whoever started it.
        if let earlier = members.removeValue(forKey: task.pid) { former.append(earlier) }
        guard followsChildren, let parent = members[task.parent] else { return nil }
        guard members.count + former.count < Self.limit else {
            refused += 1
            return nil
        }
        members[task.pid] = Member(
            pid: task.pid, serial: nextSerial,
            machine: TraceMachine(process: task.pid, heirOf: parent.machine),
            programs: parent.programs)
        nextSerial += 1
        return .started(task.pid)
    }

    /// Takes a sample of an event; `script` are the functions of an interpreter that ran then,
    /// innermost first, as ``ScriptFrames`` numbers them.
    public mutating func take(
        _ sample: PerfSample, _ role: TraceRole, script: [UInt64] = []
    ) {
        guard times.contains(sample.time), var member = members.removeValue(forKey: sample.pid)
        else { return }
        defer { members[sample.pid] = member }
        guard let images = member.programs.last else { return }
        // Taken out: two that hold it would have it copied.
        var reader = StackReader()
        swap(&reader, &member.reader)
        member.machine.take(sample, role) { sample in
            role == .goRequest
                ? StackReader.chainAtEntry(of: sample)
                : reader.chain(of: sample, in: images, script: script)
        }
        member.reader = reader
    }
}
