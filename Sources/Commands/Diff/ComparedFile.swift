import Glibc
import LeakAnalysis

/// One side of a comparison: a recording, or a saved inspection.
struct ComparedFile {
    /// What was seen.
    let summary: SeriesSummary
    /// What a reader has to know of it besides.
    let notes: [String]

    /// Reads a file.
    ///
    /// Throws a usage fault that names the file, what is wrong with it, and what to do.
    init(path: String) throws(UsageMessage) {
        let file = try OpenFile(path, flags: O_RDONLY)
        let bytes = try file.contents()
        if bytes.first == UInt8(ascii: "{") {
            do throws(SavedInspection.Fault) {
                summary = try SavedInspection(bytes).summary
            } catch {
                throw file.fault("\(error)")
            }
            notes = []
            return
        }
        do throws(RecordingFault) {
            let name = path.escapedForTerminal
            (summary, notes) = try Self.recorded(bytes, name: name)
        } catch {
            throw file.fault("\(error)")
        }
    }

    private static func recorded(
        _ bytes: [UInt8], name: String
    ) throws(RecordingFault) -> (SeriesSummary, [String]) {
        var decoder = try RecordingDecoder(bytes)
        var series = SnapshotSeries()
        while let event = try decoder.next() {
            if case .snapshot(let snapshot) = event { series.observe(snapshot) }
        }
        guard let summary = series.summary else { throw .headCutOff(bytes: bytes.count) }
        var notes: [String] = []
        if decoder.cutOff > 0 {
            notes.append(
                "\(name): \(decoder.cutOff) bytes at its end are of a look that is not whole, and "
                    + "are left out")
        }
        if series.restarts > 0 {
            notes.append(
                "\(name): it holds \(series.restarts + 1) programs one after another; the last one "
                    + "is compared")
        }
        return (summary, notes)
    }
}
