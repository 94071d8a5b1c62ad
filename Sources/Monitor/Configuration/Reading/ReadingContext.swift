/// What is shared while one file is read: its name, its folder, and what was found wrong.
final class ReadingContext {
    let file: String
    let directory: String
    let reader: ConfigurationReader
    private var noted: [ConfigurationFault] = []
    private(set) var omitted = 0
    private(set) var warnings: [String] = []
    /// Files that were looked at, and what was wrong: thousands of targets name the same few.
    private var complaints: [String: String?] = [:]

    init(file: String, reader: ConfigurationReader) {
        self.file = file
        directory = ConfigurationFiles.directory(of: file)
        self.reader = reader
    }

    /// Notes a fault; those beyond the limit are counted.
    func fault(_ place: SourcePlace, _ message: String) {
        note(
            ConfigurationFault(
                file: file, line: place.line, column: place.column, message: message))
    }

    func note(_ fault: ConfigurationFault) {
        if noted.count < ConfigurationFaults.limit { noted.append(fault) } else { omitted += 1 }
    }

    /// The faults in the order of the text.
    var faults: [ConfigurationFault] {
        noted.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    }

    /// How many faults there are, those beyond the limit too.
    var faultCount: Int { noted.count + omitted }

    func warn(_ place: SourcePlace, _ message: String) {
        warnings.append("\(file):\(place.line):\(place.column): \(message)")
    }

    /// The place with the file, for a message about another place.
    func name(of place: SourcePlace) -> String { "\(file):\(place.line):\(place.column)" }

    func path(_ name: String) -> String { ConfigurationFiles.path(name, from: directory) }

    func complaint(about path: String) -> String? {
        if let known = complaints[path] { return known }
        let complaint = ConfigurationFiles.complaint(about: path)
        complaints[path] = .some(complaint)
        return complaint
    }
}
