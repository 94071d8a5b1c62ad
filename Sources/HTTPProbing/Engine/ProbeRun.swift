import ConnectionPooling
import HTTPWire
import Measurements
import NIOCore

/// One probe under way.
///
/// Runs are recycled: the objects live as long as their loop.
final class ProbeRun {
    /// Who gets the outcome.
    enum Origination {
        /// The schedule; the outcome goes to the sink.
        case schedule
        /// A closed loop that starts the next probe when this one ends.
        case closedLoop
        /// A caller that waits.
        case caller((ProbeOutcome) -> Void)
    }

    /// Where the run is, as far as its connection is concerned.
    enum Stage {
        /// In the free list.
        case free
        /// Waits for the pool.
        case waiting
        /// A connection is being made for it.
        case connecting(ConnectionID)
        /// It has the exclusive use of a connection.
        case exchanging(Connection)
    }

    let index: Int
    /// Counts the uses of this object, so that a late callback can tell that its run is over.
    private(set) var serial: UInt64 = 0
    var stage = Stage.free
    private(set) var compiled: CompiledTarget?
    var origination = Origination.schedule
    /// Whether the schedule asked for fresh DNS, TCP and TLS.
    var wantsFresh = false
    var started = MonotonicInstant(nanoseconds: 0)
    var lateness = Duration.zero

    private(set) var phase: ProbePhase?
    private var phaseStart = MonotonicInstant(nanoseconds: 0)
    var timings = PhaseTimings()
    var attempts = 1
    var dns: DNSFacts?
    /// The facts of the connection as they were when this run began to use it.
    var connection: ConnectionFacts?
    var tls: TLSFacts?

    // The hop under way: the target's own request, or one that a redirect made.
    var origin = OriginID(index: -1)
    var request = ByteBuffer()
    var context = ResponseContext.ordinary
    var hop: HopTarget?
    var hops: [RedirectHop] = []
    var redirectCount = 0

    // The response under way. The parser belongs to the run and not to the connection, so that
    // an idle connection costs no parser.
    var parser = ResponseParser(limits: ResponseParserLimits())
    private var parserLimits = ResponseParserLimits()
    var status = -1
    var version: HTTPVersionFact?
    var bodyBytes = 0
    var body = BodyCollector()

    init(index: Int) {
        self.index = index
    }

    /// Starts the object's next use.
    func begin(_ compiled: CompiledTarget, at now: MonotonicInstant) {
        serial &+= 1
        self.compiled = compiled
        started = now
        phase = nil
        timings = PhaseTimings()
        attempts = 1
        dns = nil
        connection = nil
        tls = nil
        origin = compiled.origin
        request = compiled.requestBytes
        context = compiled.context
        hop = nil
        if !hops.isEmpty { hops = [] }
        redirectCount = 0
        if compiled.parserLimits != parserLimits {
            parserLimits = compiled.parserLimits
            parser = ResponseParser(limits: parserLimits)
        }
        resetResponse()
    }

    /// Forgets everything that belongs to one use.
    func end() {
        serial &+= 1
        stage = .free
        compiled = nil
        origination = .schedule
        connection = nil
        tls = nil
        dns = nil
        body.reset()
    }

    /// Forgets the response under way, before a further hop or attempt.
    func resetResponse() {
        parser.begin(context)
        status = -1
        version = nil
        bodyBytes = 0
        body.reset()
    }

    /// Ends the phase under way and begins the next, or none.
    func enter(_ next: ProbePhase?, at now: MonotonicInstant) {
        if let phase {
            timings.setNanoseconds(now.nanoseconds - phaseStart.nanoseconds, of: phase)
        }
        phase = next
        phaseStart = now
    }
}

/// Where a redirect leads: what a hop needs beside the target's own settings.
struct HopTarget {
    /// The URL that is asked.
    var url: ParsedURL
    /// The origin of the connection.
    var origin: Origin
}
