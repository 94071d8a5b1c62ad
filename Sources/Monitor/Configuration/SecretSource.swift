public import Measurements

/// Where a secret is read from, so that it stands in no configuration and on no command line.
public enum SecretSource: Hashable, Sendable {
    /// A file that holds it; one line break at the end is not part of it. At most 64 KiB.
    case file(String)
    /// A variable of the environment.
    case variable(String)
    /// The text itself.
    case text(String)

    /// Why a secret cannot be had.
    ///
    /// Never carries it.
    public struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
        /// The sentence.
        public var description: String
    }

    /// Reads the secret.
    public func read(environment: [String: String]) throws(Fault) -> Secret {
        let value: String
        switch self {
        case .text(let text):
            value = text
        case .variable(let name):
            guard let found = environment[name] else {
                throw Fault(description: "the environment has no variable \(name)")
            }
            value = found
        case .file(let path):
            do throws(ConfigurationFiles.ReadFault) {
                let text = try ConfigurationFiles.text(
                    of: path, limit: ConfigurationFiles.secretLimit)
                value = text.last?.isNewline == true ? String(text.dropLast()) : text
            } catch {
                throw Fault(description: "cannot read \(path): \(error.reason)")
            }
        }
        // It goes into a header field (RFC 9110, section 5.5).
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw Fault(description: "a secret with a control character cannot be sent")
        }
        return Secret(value)
    }
}
