public import ArgumentParser
public import Measurements
import Monitor

/// Where the connection goes, and how it gets there.
struct EndpointOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where the connection goes; the host of a URL stays the server name.",
            valueName: "host[:port]"))
    var address: String?

    @Option(help: "The TCP port.")
    var port: Int?

    @Option(help: "The Host header, SNI and certificate name.")
    var serverName: String?

    @Option(help: "http or https.")
    var scheme: Scheme?

    @Option(help: "The path, with its query.")
    var path: String?

    @Option(help: "What the target is called in results.")
    var name: String?

    @Option(name: .shortAndLong, help: "The deadline of a whole probe: 5s, 250ms.")
    var timeout: String?

    @Option(help: "The limit of the connect phase. Default 5s.")
    var connectTimeout: String?

    @Option(help: "ipv4, ipv6 or any.")
    var addressFamily: AddressFamilyPreference?

    @Option(help: ArgumentHelp("A DNS server to ask; repeatable.", valueName: "ip[:port]"))
    var resolver: [String] = []

    @Option(help: "How often a probe is cold: a duration, always or never. Default 5m.")
    var freshEvery: String?

    @Option(help: ArgumentHelp("A label of the results; repeatable.", valueName: "key=value"))
    var tag: [String] = []

    /// Takes what is the same for every target.
    func apply(to target: inout Target) throws(UsageMessage) {
        if let timeout = try OptionText.duration(timeout, "--timeout") { target.timeout = timeout }
        if let limit = try OptionText.duration(connectTimeout, "--connect-timeout") {
            target.network.connectTimeout = limit
        }
        if let addressFamily { target.network.family = addressFamily }
        for server in resolver where !NameServerText.isValid(server) {
            throw UsageMessage(
                message: "--resolver \(server): expected the address of a DNS server, such as "
                    + "10.0.0.53 or [::1]:5353")
        }
        target.network.resolvers = resolver
        switch freshEvery {
        case nil: break
        case "always": target.freshEvery = .always
        case "never": target.freshEvery = .never
        case let text:
            if let period = try OptionText.duration(
                text, "--fresh-every", atLeast: .milliseconds(10))
            {
                target.freshEvery = .every(period)
            }
        }
        for text in tag {
            let (key, value) = try OptionText.pair(text, at: "=", "--tag", "key=value")
            target.tags[key] = value
        }
    }

    /// One target: a URL or an address of the command line, or `--address` alone.
    func target(_ text: String?, from template: Target) throws(UsageMessage) -> Target {
        var endpoint = TargetEndpoint()
        if let text {
            try place(text, in: &endpoint)
        } else {
            try placeTuple(in: &endpoint)
        }
        if let address {
            try checked("--address") { () throws(TargetEndpoint.Fault) in
                try endpoint.setAddress(address)
            }
        }
        if let serverName {
            try checked("--server-name") { () throws(TargetEndpoint.Fault) in
                try endpoint.setServerName(serverName)
            }
        }
        if let port, address == nil || text == nil || text?.contains("://") == false {
            try checked("--port") { () throws(TargetEndpoint.Fault) in try endpoint.setPort(port) }
        }
        var target = template
        try checked("target") { () throws(TargetEndpoint.Fault) in
            try endpoint.apply(to: &target, name: name)
        }
        return target
    }

    private func place(_ text: String, in endpoint: inout TargetEndpoint) throws(UsageMessage) {
        guard text.contains("://") else {
            guard address == nil else {
                throw UsageMessage(
                    message: "\(text.escapedForTerminal): with --address give a URL, or nothing")
            }
            try placeTuple(in: &endpoint)
            try checked("target") { () throws(TargetEndpoint.Fault) in
                try endpoint.setAddress(text)
            }
            return
        }
        let said = [("--scheme", scheme != nil), ("--port", port != nil), ("--path", path != nil)]
        for (option, isGiven) in said where isGiven {
            throw UsageMessage(
                message: "\(option): the URL \(text.escapedForTerminal) already says it; "
                    + "with --address leave the URL out")
        }
        try checked("target") { () throws(TargetEndpoint.Fault) in try endpoint.setURL(text) }
    }

    private func placeTuple(in endpoint: inout TargetEndpoint) throws(UsageMessage) {
        endpoint.scheme = scheme
        guard let path else { return }
        try checked("--path") { () throws(TargetEndpoint.Fault) in try endpoint.setPath(path) }
    }

    private func checked(
        _ option: String, _ body: () throws(TargetEndpoint.Fault) -> Void
    ) throws(UsageMessage) {
        do throws(TargetEndpoint.Fault) {
            try body()
        } catch {
            throw UsageMessage(message: "\(option): \(error)".escapedForTerminal)
        }
    }
}

extension Scheme: ExpressibleByArgument {}
extension AddressFamilyPreference: ExpressibleByArgument {}
