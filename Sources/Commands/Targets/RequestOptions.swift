import ArgumentParser
import Measurements
import Monitor

/// What is sent, and how redirects are treated.
struct RequestOptions: ParsableArguments {
    @Option(name: [.customShort("X"), .long], help: "The request method. Default GET.")
    var method: String?

    @Option(
        name: [.customShort("H"), .long],
        help: ArgumentHelp("A header field; repeatable.", valueName: "name: value"))
    var header: [String] = []

    @Option(help: "The body of the request.")
    var body: String?

    @Option(help: "The User-Agent field. Default Sockeye.")
    var userAgent: String?

    @Option(help: "The user name for basic authentication.")
    var username: String?

    @Option(help: ArgumentHelp("The variable that holds the password.", valueName: "variable"))
    var passwordEnv: String?

    @Option(help: ArgumentHelp("The file that holds the password.", valueName: "file"))
    var passwordFile: String?

    @Option(help: ArgumentHelp("The variable that holds a bearer token.", valueName: "variable"))
    var bearerEnv: String?

    @Option(help: ArgumentHelp("The file that holds a bearer token.", valueName: "file"))
    var bearerFile: String?

    @Flag(name: [.customShort("L"), .long], help: "Follow redirects.")
    var followRedirects = false

    @Option(help: "The most redirects that are followed, 0 to 50. Default 10.")
    var maxRedirects: Int?

    @Flag(help: "Ask for gzip, deflate and br.")
    var compressed = false

    /// Takes what is asked.
    func apply(to target: inout Target) throws(UsageMessage) {
        if let method {
            guard FieldText.isToken(method) else {
                throw UsageMessage(message: "--method \(method.escapedForTerminal): no method")
            }
            target.request.method = method.uppercased()
        }
        for line in header {
            let (name, rest) = try OptionText.pair(line, at: ":", "--header", "\"name: value\"")
            let value = FieldText.trimmed(rest)
            if let complaint = FieldText.complaint(name: name, value: value) {
                throw UsageMessage(message: "--header: \(complaint)".escapedForTerminal)
            }
            target.request.headers.append(HeaderField(name: name, value: value))
        }
        if let body { target.request.body = Array(body.utf8) }
        if let userAgent { target.request.userAgent = userAgent }
        if compressed { target.request.compression = ContentCoding.allCases }
        target.request.credentials = try credentials()
        let names = target.request.headers.map { $0.name.lowercased() }
        guard target.request.credentials == .none || !names.contains("authorization") else {
            throw UsageMessage(
                message: "--header Authorization and --username or --bearer-… exclude each other")
        }
        target.redirects.follow = followRedirects || maxRedirects != nil
        if let limit = try OptionText.number(maxRedirects, "--max-redirects", 0...50) {
            target.redirects.limit = limit
        }
    }

    private func credentials() throws(UsageMessage) -> Credentials {
        let password = try secret(
            "--password-env", passwordEnv, "--password-file", passwordFile)
        let token = try secret("--bearer-env", bearerEnv, "--bearer-file", bearerFile)
        if let token {
            guard username == nil, password == nil else {
                throw UsageMessage(message: "--username and --bearer-… exclude each other")
            }
            return .bearer(token)
        }
        guard let username else {
            guard password == nil else {
                throw UsageMessage(message: "--password-…: --username is missing")
            }
            return .none
        }
        guard let password else {
            throw UsageMessage(
                message: "--username: give the password by --password-env or --password-file")
        }
        guard !username.contains(":") else {
            throw UsageMessage(message: "--username: a colon ends the name (RFC 7617, section 2)")
        }
        return .basic(username: username, password: password)
    }

    private func secret(
        _ variableOption: String, _ variable: String?, _ fileOption: String, _ file: String?
    ) throws(UsageMessage) -> Secret? {
        guard variable == nil || file == nil else {
            throw UsageMessage(message: "\(variableOption) and \(fileOption) exclude each other")
        }
        let sources = [
            variable.map { (variableOption, SecretSource.variable($0)) },
            file.map { (fileOption, SecretSource.file($0)) },
        ]
        guard let (option, source) = sources.compactMap({ $0 }).first else { return nil }
        do throws(SecretSource.Fault) {
            return try source.read(environment: ProcessEnvironment.variables)
        } catch {
            throw UsageMessage(message: "\(option): \(error)".escapedForTerminal)
        }
    }
}
