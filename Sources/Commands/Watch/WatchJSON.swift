import LeakAnalysis
import Measurements

/// An object for each look (`sockeye.watch/1`), and one for the end.
struct WatchJSON: WatchView {
    var authors: SocketAuthors?

    mutating func show(_ snapshot: Snapshot, _ series: SnapshotSeries) {
        write("look") { json in
            Self.writeSeries(series, to: &json)
            json.key("cohorts")
            json.array { json in for row in series.cohorts() { row.write(to: &json) } }
            writeAuthors(to: &json)
        }
    }

    mutating func showExecution(from old: ProcessFacts, to new: ProcessFacts) {
        write("executed") { json in
            json.key("executable")
            json.string(new.executable)
        }
    }

    mutating func finish(_ series: SnapshotSeries, _ end: WatchEnd) {
        write("ended") { json in
            json.key("reason")
            json.string(end.word)
            Self.writeSeries(series, to: &json)
            writeAuthors(to: &json)
        }
    }

    private func writeAuthors(to json: inout JSONWriter) {
        guard let authors else { return }
        json.key("authors")
        json.array { json in for author in authors.list { author.write(to: &json) } }
        json.key("not_seen")
        json.array { json in for line in authors.missing { json.string(line) } }
    }

    private static func writeSeries(_ series: SnapshotSeries, to json: inout JSONWriter) {
        guard let summary = series.summary else { return }
        json.key("series")
        summary.write(to: &json)
    }

    private func write(_ event: String, _ body: (inout JSONWriter) -> Void) {
        var json = JSONWriter(reserving: 4_096)
        json.object { json in
            json.key("schema")
            json.string("sockeye.watch/1")
            json.key("event")
            json.string(event)
            body(&json)
        }
        json.endLine()
        StandardStreams.output(json.bytes)
    }
}
