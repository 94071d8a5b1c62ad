/// Reads configurations from files.
public struct ConfigurationReader: Sendable {
    /// Where `password_env` and `token_env` look.
    public var environment: [String: String]
    /// Says what is wrong with a regular expression; nil when nothing is.
    public var patternComplaint: @Sendable (String) -> String?

    /// The most targets of one configuration.
    public static let targetLimit = 1_000_000

    /// Makes a reader.
    ///
    /// - Parameter patternComplaint: Without it expressions are taken as they are, and one that
    ///   is wrong shows only in the outcomes of its target.
    public init(
        environment: [String: String] = [:],
        patternComplaint: @escaping @Sendable (String) -> String? = { _ in nil }
    ) {
        self.environment = environment
        self.patternComplaint = patternComplaint
    }

    /// Reads a configuration and the files it names.
    ///
    /// Other files are seen from its folder.
    ///
    /// A file larger than 64 MiB is refused. Either everything is right, or nothing is taken.
    public func load(path: String) throws(ConfigurationFaults) -> MonitorConfiguration {
        let text: String
        do throws(ConfigurationFiles.ReadFault) {
            text = try ConfigurationFiles.text(of: path, limit: ConfigurationFiles.textLimit)
        } catch {
            throw ConfigurationFaults(
                faults: [ConfigurationFault(file: path, message: "cannot read: \(error.reason)")])
        }
        return try read(text, file: path)
    }

    /// Reads a configuration that is already in memory.
    ///
    /// - Parameter file: The path for messages; relative paths are seen from its folder.
    public func read(_ text: String, file: String) throws(ConfigurationFaults)
        -> MonitorConfiguration
    {
        let context = ReadingContext(file: file, reader: self)
        var assembly = ConfigurationAssembly(context: context)
        do throws(ConfigurationFault) {
            if let root = try YAMLReader.read(text, file: file) { assembly.read(root) }
        } catch {
            context.note(error)
        }
        return try assembly.result()
    }
}
