import ArgumentParser
import Glibc
import Measurements

/// What is trusted and what is presented.
struct TLSOptions: ParsableArguments {
    @Flag(help: "Accept any certificate; results are marked verified: false.")
    var insecure = false

    @Option(help: ArgumentHelp("Trusted roots (PEM) instead of the system's.", valueName: "file"))
    var caFile: String?

    @Option(help: ArgumentHelp("The client certificate chain (PEM).", valueName: "file"))
    var certificateFile: String?

    @Option(help: ArgumentHelp("The client certificate's key (PEM).", valueName: "file"))
    var keyFile: String?

    @Option(help: "The oldest TLS version that is accepted: 1.0 to 1.3. Default 1.2.")
    var minTlsVersion: String?

    /// Takes the settings; files must be readable.
    func apply(to target: inout Target) throws(UsageMessage) {
        let files = [
            ("--ca-file", caFile), ("--certificate-file", certificateFile), ("--key-file", keyFile),
        ]
        for case (let option, let path?) in files {
            // The kernel reads the path for the length of the call (access(2)).
            guard unsafe access(path, R_OK) == 0 else {
                throw UsageMessage(message: "\(option): cannot read \(path.escapedForTerminal)")
            }
        }
        guard (certificateFile == nil) == (keyFile == nil) else {
            throw UsageMessage(message: "--certificate-file and --key-file belong together")
        }
        target.tls.caFile = caFile
        target.tls.certificateFile = certificateFile
        target.tls.keyFile = keyFile
        target.tls.insecureSkipVerify = insecure
        if let minTlsVersion {
            target.tls.minimumVersion = try Self.version(minTlsVersion, "--min-tls-version")
        }
    }

    static func version(_ text: String, _ option: String) throws(UsageMessage) -> TLSVersion {
        guard let version = TLSVersion(rawValue: "TLS \(text)") else {
            throw UsageMessage(message: "\(option) \(text): expected 1.0, 1.1, 1.2 or 1.3")
        }
        return version
    }
}
