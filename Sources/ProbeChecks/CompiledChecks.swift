public import Measurements

/// The checks of one target, ready to be evaluated any number of times.
public struct CompiledChecks: Sendable {
    private let checks: [any Check]
    /// What is reported when everything holds: made once, shared by every outcome.
    private let passed: [CheckResult]
    /// Whether the content of the body has to be kept.
    public let needsBody: Bool
    private let statusAlone: [ClosedRange<Int>]?

    /// Compiles specifications.
    ///
    /// None at all means that the status must be 200 to 299.
    public init(
        _ specifications: [CheckSpecification], using matchers: some TextMatcherFactory
    ) throws(CheckFault) {
        var checks: [any Check] = []
        for specification in specifications {
            checks.append(try Self.compile(specification, using: matchers))
        }
        let judgesStatus = specifications.contains { if case .status = $0 { true } else { false } }
        // A body check alone says what is wanted of the body, not that an error page will do.
        if !judgesStatus { checks.insert(StatusCheck(ranges: [200...299]), at: 0) }
        self.checks = checks
        passed = checks.map { CheckResult(name: $0.name, passed: true) }
        needsBody = checks.contains { $0.needsBody }
        statusAlone = checks.count == 1 ? (checks[0] as? StatusCheck)?.ranges : nil
    }

    /// The results when the status is all that is judged, and passes; nil means ``evaluate(_:)``.
    ///
    /// For the usual target, whose evidence then need not be gathered.
    public func passedByStatusAlone(_ status: Int) -> [CheckResult]? {
        guard let statusAlone else { return nil }
        for range in statusAlone where range.contains(status) { return passed }
        return nil
    }

    /// Evaluates every check.
    ///
    /// - Returns: The results in the order of the specifications, and the first that failed.
    public func evaluate(_ evidence: CheckEvidence) -> (
        results: [CheckResult], firstFailure: CheckResult?
    ) {
        var results = passed
        var firstFailure: CheckResult?
        for (index, check) in checks.enumerated() {
            guard let detail = check.complaint(about: evidence) else { continue }
            results[index] = CheckResult(name: check.name, passed: false, detail: detail)
            if firstFailure == nil { firstFailure = results[index] }
        }
        return (results, firstFailure)
    }

    private static func compile(
        _ specification: CheckSpecification, using matchers: some TextMatcherFactory
    ) throws(CheckFault) -> any Check {
        do throws(PatternFault) {
            switch specification {
            case .status(let ranges):
                return StatusCheck(ranges: ranges)
            case .body(let pattern, let matches):
                return BodyCheck(
                    pattern: pattern, matcher: try matchers.compile(pattern),
                    isWanted: matches)
            case .header(let name, let pattern, let matches, let allowMissing):
                return HeaderCheck(
                    field: name, pattern: pattern, matcher: try matchers.compile(pattern),
                    isWanted: matches, allowsMissing: allowMissing)
            case .json(let pointer, let comparison):
                return try jsonCheck(pointer, comparison, matchers)
            case .certificateDays(let days):
                return CertificateDaysCheck(days: days)
            case .tlsVersion(let version):
                return TLSVersionCheck(minimum: version)
            case .httpVersion(let versions):
                return HTTPVersionCheck(versions: versions)
            case .maximumElapsed(let limit):
                return ElapsedCheck(limit: limit)
            }
        } catch {
            throw CheckFault(description: "\(error)")
        }
    }

    private static func jsonCheck(
        _ pointer: String, _ comparison: JSONComparison, _ matchers: some TextMatcherFactory
    ) throws(PatternFault) -> any Check {
        guard let parsed = JSONPointer(pointer) else {
            throw PatternFault(
                pattern: pointer,
                detail: "a JSON pointer is empty or begins with /, and ~ is followed by 0 or 1")
        }
        var matcher: (any TextMatcher)?
        if case .matches(let pattern) = comparison { matcher = try matchers.compile(pattern) }
        return JSONCheck(pointer: parsed, comparison: comparison, matcher: matcher)
    }
}

/// A check that cannot be compiled.
public struct CheckFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong with it.
    public var description: String

    /// Makes a fault.
    public init(description: String) {
        self.description = description
    }
}

/// One thing that must hold.
protocol Check: Sendable {
    /// The check's stable name in results.
    var name: String { get }
    /// Whether it reads the body.
    var needsBody: Bool { get }
    /// What was found instead of what was expected; nil when the check holds.
    func complaint(about evidence: CheckEvidence) -> String?
}

extension Check {
    var needsBody: Bool { false }
}
