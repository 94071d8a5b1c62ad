import Measurements

/// The parts of a snapshot besides its sockets, as bytes and back.
///
/// A part that is the same as in the look before is left out of a frame of changes; one that is
/// empty is left out of a whole frame.
enum SnapshotCodec {
    static func write(
        _ snapshot: Snapshot, after earlier: Snapshot?, to writer: inout ByteWriter
    ) {
        writer.section(.time) { part in
            part.signed(snapshot.time.unixNanoseconds)
            part.duration(snapshot.bootTime)
        }
        let process = snapshot.process
        if earlier.map({ !isSame($0.process, process) }) ?? true {
            writer.section(.process) { write(process, to: &$0) }
        }
        writer.section(.uptime) { part in
            part.double(process.uptime)
            part.signed(Int64(process.threads))
        }
        if snapshot.descriptors != earlier?.descriptors ?? DescriptorTally() {
            writer.section(.descriptors) { write(snapshot.descriptors, to: &$0) }
        }
        if snapshot.namespace != earlier?.namespace ?? NamespaceFacts() {
            writer.section(.namespace) { write(snapshot.namespace, to: &$0) }
        }
        if let churn = snapshot.churn {
            writer.section(.churn) { write(churn, to: &$0) }
        }
        if snapshot.coverage != earlier?.coverage ?? Coverage() {
            writer.section(.coverage) { part in
                part.count(min(snapshot.coverage.missing.count, RecordingLimits.listEntries))
                for sentence in snapshot.coverage.missing.prefix(RecordingLimits.listEntries) {
                    part.text(sentence)
                }
            }
        }
    }

    /// Reads one part into a snapshot that holds what was so in the look before.
    static func read(
        _ section: SnapshotSection, from part: inout ByteReader, into snapshot: inout Snapshot
    ) throws(ByteReader.Fault) {
        switch section {
        case .time:
            snapshot.time = WallTime(unixNanoseconds: try part.signed())
            snapshot.bootTime = try part.duration()
        case .process: try readProcess(from: &part, into: &snapshot.process)
        case .uptime:
            snapshot.process.uptime = try part.double()
            snapshot.process.threads = Int(try part.signed())
        case .descriptors: snapshot.descriptors = try readDescriptors(from: &part)
        case .namespace: snapshot.namespace = try readNamespace(from: &part)
        case .churn: snapshot.churn = try readChurn(from: &part)
        case .coverage:
            var coverage = Coverage()
            for _ in 0..<(try listCount(of: "sentences", from: &part)) {
                coverage.lacks(try part.text())
            }
            snapshot.coverage = coverage
        case .sockets: break
        }
    }

    private static func listCount(of what: String, from part: inout ByteReader)
        throws(ByteReader.Fault) -> Int
    {
        try part.count(what, limit: RecordingLimits.listEntries)
    }

    // MARK: Process

    /// Whether two facts differ in nothing that changes at every look.
    private static func isSame(_ left: ProcessFacts, _ right: ProcessFacts) -> Bool {
        var (left, right) = (left, right)
        (left.uptime, right.uptime) = (0, 0)
        left.threads = right.threads
        return left == right
    }

    private static func write(_ process: ProcessFacts, to part: inout ByteWriter) {
        part.signed(Int64(process.pid))
        part.variable(process.startTicks)
        part.text(process.name)
        part.byte(process.runtime.code)
        part.signed(Int64(process.processors))
        part.byte((process.executable == nil ? 0 : 1) | (process.networkNamespace == nil ? 0 : 2))
        if let executable = process.executable { part.text(executable) }
        if let namespace = process.networkNamespace { part.variable(namespace) }
    }

    private static func readProcess(
        from part: inout ByteReader, into process: inout ProcessFacts
    ) throws(ByteReader.Fault) {
        let start = part.position
        guard let pid = Int32(exactly: try part.signed()) else {
            throw .malformed(offset: start, "a process number has more than 32 bits")
        }
        process.pid = pid
        process.startTicks = try part.variable()
        process.name = try part.text()
        process.runtime = Runtime(code: try part.byte())
        process.processors = Int(try part.signed())
        let flags = try part.byte()
        process.executable = flags & 1 != 0 ? try part.text() : nil
        process.networkNamespace = flags & 2 != 0 ? try part.variable() : nil
    }

    // MARK: Descriptors

    private static func write(_ tally: DescriptorTally, to part: inout ByteWriter) {
        part.signed(Int64(tally.open))
        part.signed(Int64(tally.highest))
        part.byte((tally.softLimit == nil ? 0 : 1) | (tally.hardLimit == nil ? 0 : 2))
        if let limit = tally.softLimit { part.signed(Int64(limit)) }
        if let limit = tally.hardLimit { part.signed(Int64(limit)) }
        let kinds = tally.byKind.map { ($0.key.code, $0.value) }.sorted { $0.0 < $1.0 }
        part.count(kinds.count)
        for (code, count) in kinds {
            part.byte(code)
            part.signed(Int64(count))
        }
        let repeated = tally.repeated.prefix(RecordingLimits.listEntries)
        part.count(repeated.count)
        for entry in repeated {
            part.text(entry.target)
            part.byte(entry.kind.code)
            part.signed(Int64(entry.count))
        }
    }

    private static func readDescriptors(from part: inout ByteReader)
        throws(ByteReader.Fault) -> DescriptorTally
    {
        var tally = DescriptorTally()
        tally.open = Int(try part.signed())
        let start = part.position
        guard let highest = Int32(exactly: try part.signed()) else {
            throw .malformed(offset: start, "a descriptor has more than 32 bits")
        }
        tally.highest = highest
        let flags = try part.byte()
        tally.softLimit = flags & 1 != 0 ? Int(try part.signed()) : nil
        tally.hardLimit = flags & 2 != 0 ? Int(try part.signed()) : nil
        for _ in 0..<(try listCount(of: "kinds of descriptors", from: &part)) {
            let kind = DescriptorKind(code: try part.byte())
            tally.byKind[kind, default: 0] &+= Int(try part.signed())
        }
        for _ in 0..<(try listCount(of: "repeated targets", from: &part)) {
            let target = try part.text()
            let kind = DescriptorKind(code: try part.byte())
            tally.repeated.append(
                RepeatedTarget(target: target, kind: kind, count: Int(try part.signed())))
        }
        return tally
    }

    // MARK: Namespace

    private static func write(_ facts: NamespaceFacts, to part: inout ByteWriter) {
        part.byte(facts.listenOverflows == nil ? 0 : 1)
        if let overflows = facts.listenOverflows { part.variable(overflows) }
        part.fixed16(facts.ephemeralPorts.lowerBound)
        part.fixed16(facts.ephemeralPorts.upperBound)
        let groups = facts.timeWait.prefix(RecordingLimits.listEntries)
        part.count(groups.count)
        for group in groups {
            part.endpoint(group.peer)
            part.signed(Int64(group.count))
            part.signed(Int64(group.youngest))
            part.signed(Int64(group.oldest) &- Int64(group.youngest))
        }
        let listeners = facts.fullListeners.prefix(RecordingLimits.listEntries)
        part.count(listeners.count)
        for listener in listeners { part.endpoint(listener) }
    }

    private static func readNamespace(from part: inout ByteReader)
        throws(ByteReader.Fault) -> NamespaceFacts
    {
        var facts = NamespaceFacts()
        facts.listenOverflows = try part.byte() & 1 != 0 ? try part.variable() : nil
        let start = part.position
        let (lowest, highest) = (try part.fixed16(), try part.fixed16())
        guard lowest <= highest else {
            throw .malformed(offset: start, "the range of ports ends before it begins")
        }
        facts.ephemeralPorts = lowest...highest
        for _ in 0..<(try listCount(of: "groups in TIME_WAIT", from: &part)) {
            let peer = try part.endpoint()
            let count = Int(try part.signed())
            let youngest = Int(try part.signed())
            let oldest = youngest &+ Int(try part.signed())
            facts.timeWait.append(
                TimeWaitGroup(peer: peer, count: count, youngest: youngest, oldest: oldest))
        }
        for _ in 0..<(try listCount(of: "listeners", from: &part)) {
            facts.fullListeners.append(try part.endpoint())
        }
        return facts
    }

    // MARK: Churn

    private static func write(_ churn: Churn, to part: inout ByteWriter) {
        part.double(churn.seconds)
        part.signed(Int64(churn.looks))
        part.signed(Int64(churn.born))
        part.signed(Int64(churn.died))
        part.signed(Int64(churn.vanishedGhosts))
        let peers = churn.passedTo.prefix(RecordingLimits.listEntries)
        part.count(peers.count)
        for entry in peers {
            part.endpoint(entry.peer)
            part.signed(Int64(entry.count))
        }
    }

    private static func readChurn(from part: inout ByteReader) throws(ByteReader.Fault) -> Churn {
        let seconds = try part.double()
        var churn = Churn(seconds: seconds, looks: Int(try part.signed()))
        churn.born = Int(try part.signed())
        churn.died = Int(try part.signed())
        churn.vanishedGhosts = Int(try part.signed())
        for _ in 0..<(try listCount(of: "peers", from: &part)) {
            let peer = try part.endpoint()
            churn.passedTo.append(PeerCount(peer: peer, count: Int(try part.signed())))
        }
        return churn
    }
}
