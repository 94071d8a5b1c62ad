import CallSites
import Measurements

/// A function that asked for sockets that are open, as `watch --trace` tells it.
struct SocketAuthor {
    var function: String
    /// The file and the line, where they are known.
    var place: String
    var opened: Int
    var surviving: Int

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("function")
            json.string(function)
            json.key("place")
            json.string(place)
            json.key("opened")
            json.integer(opened)
            json.key("surviving")
            json.integer(surviving)
        }
    }
}

/// The functions of which sockets are open, most first, and what could not be seen of them.
struct SocketAuthors {
    let list: [SocketAuthor]
    let missing: [String]

    init(_ outcome: TraceOutcome) {
        list = outcome.sites.filter { $0.surviving > 0 }.map { site in
            SocketAuthor(
                function: site.frame.function, place: TraceReport.place(site.frame),
                opened: site.opened, surviving: site.surviving)
        }
        missing = outcome.coverage.missing
    }

    /// The first of them in a few words, for a line.
    var line: String {
        let blind = missing.isEmpty ? "" : " (not all was seen)"
        guard let first = list.first else {
            return "nothing that was opened since is open" + blind
        }
        let place = first.place.isEmpty ? "" : " (\(first.place))"
        let rest = list.count - 1
        return
            "\(Decimals.grouped(first.surviving)) by \(first.function.escapedForTerminal)\(place)"
            + (rest > 0 ? " and more by \(rest) others" : "") + blind
    }

    /// A table, no wider and no longer than is asked.
    func table(columns: Int, most: Int) -> [String] {
        guard most >= 2 else { return [] }
        let blind = missing.map { "not seen: \($0.escapedForTerminal)".clipped(to: columns) }
            .prefix(max(0, most - 2))
        let head = "OPEN".column(9, right: true) + "OPENED".column(10, right: true) + "  ASKED BY"
        guard !list.isEmpty else {
            return ["\("".column(21))nothing that was opened since is open".clipped(to: columns)]
                + blind
        }
        let room = most - 1 - blind.count
        let shown = list.count > room ? room - 1 : list.count
        var lines = [head]
        for author in list.prefix(shown) {
            lines.append(
                (Decimals.grouped(author.surviving).column(9, right: true)
                    + Decimals.grouped(author.opened).column(10, right: true)
                    + "  \(author.function.escapedForTerminal)  \(author.place)")
                    .withoutTrailingSpaces.clipped(to: columns))
        }
        if shown < list.count {
            lines.append("          and \(list.count - shown) more functions")
        }
        return lines + blind
    }
}
