import ArgumentParser
import Measurements
import Monitor

/// The targets that a command line names, and what is asked of them.
struct TargetOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "A URL, or an address with or without a port.", valueName: "target"))
    var urls: [String] = []

    @OptionGroup(title: "Endpoint") var endpoint: EndpointOptions
    @OptionGroup(title: "Request") var request: RequestOptions
    @OptionGroup(title: "TLS") var tls: TLSOptions
    @OptionGroup(title: "Expectations") var expectations: ExpectationOptions

    /// Whether the command line names any target.
    var namesTargets: Bool { !urls.isEmpty || endpoint.address != nil }

    /// The targets, in the order of the command line; the options hold for each of them.
    ///
    /// - Throws: A usage fault that names the option or the target.
    func targets() throws(UsageMessage) -> [Target] {
        guard namesTargets else {
            throw UsageMessage(
                message: "give a target: a URL such as https://monitor.test/health, or --address")
        }
        guard endpoint.name == nil || urls.count <= 1 else {
            throw UsageMessage(message: "--name is for one target, and \(urls.count) are given")
        }
        var template = Target(address: "")
        try endpoint.apply(to: &template)
        try request.apply(to: &template)
        try tls.apply(to: &template)
        try expectations.apply(to: &template)
        var targets: [Target] = []
        var names: Set<String> = []
        for text in urls.isEmpty ? [nil] : urls.map(Optional.some) {
            let target = try endpoint.target(text, from: template)
            guard names.insert(target.name).inserted else {
                throw UsageMessage(message: "\(target.name.escapedForTerminal) is given twice")
            }
            targets.append(target)
        }
        return targets
    }
}

/// The value of an option, read with a fault that names the option.
enum OptionText {
    static func duration(
        _ text: String?, _ option: String, atLeast minimum: Duration = .milliseconds(1)
    ) throws(UsageMessage) -> Duration? {
        guard let text else { return nil }
        let duration = try DurationArgument.parse(text, option: option)
        guard duration >= minimum else {
            throw UsageMessage(
                message: "\(option) \(text): must be \(DurationText.exact(minimum)) or more")
        }
        return duration
    }

    static func number<Number: Comparable>(
        _ value: Number?, _ option: String, _ range: ClosedRange<Number>
    ) throws(UsageMessage) -> Number? {
        guard let value else { return nil }
        guard range.contains(value) else {
            throw UsageMessage(
                message: "\(option) \(value): must be from \(range.lowerBound) to "
                    + "\(range.upperBound)")
        }
        return value
    }

    /// Splits `NAME SEPARATOR REST` at the first separator.
    static func pair(_ text: String, at separator: Character, _ option: String, _ form: String)
        throws(UsageMessage) -> (String, String)
    {
        guard let index = text.firstIndex(of: separator), index != text.startIndex else {
            throw UsageMessage(message: "\(option) \(text): expected \(form)")
        }
        return (String(text[..<index]), String(text[text.index(after: index)...]))
    }
}
