import CallSites
import Measurements

/// A function that asked for sockets that are open, as `watch --trace` tells it.
struct SocketAuthor {
    var function: String
    /// The file and the line, where they are known.
    var place: String
    var opened: Int
    var surviving: Int

    /// The functions of which sockets are open, most first.
    static func authors(_ outcome: TraceOutcome) -> [SocketAuthor] {
        outcome.sites.filter { $0.surviving > 0 }.map { site in
            SocketAuthor(
                function: site.frame.function,
                place: TraceReport.place(site.frame), opened: site.opened,
                surviving: site.surviving)
        }
    }

    /// The first of them in a few words, for a line.
    static func line(_ authors: [SocketAuthor]) -> String {
        guard let first = authors.first else { return "nothing that was opened since is open" }
        let place = first.place.isEmpty ? "" : " (\(first.place))"
        let rest = authors.count - 1
        return
            "\(Decimals.grouped(first.surviving)) by \(first.function.escapedForTerminal)\(place)"
            + (rest > 0 ? " and more by \(rest) others" : "")
    }

    /// A table, no wider and no longer than is asked.
    static func table(_ authors: [SocketAuthor], columns: Int, most: Int) -> [String] {
        guard most >= 2 else { return [] }
        let head = "OPEN".column(9, right: true) + "OPENED".column(10, right: true) + "  ASKED BY"
        guard !authors.isEmpty else {
            return ["\("".column(21))\(line(authors))".clipped(to: columns)]
        }
        let shown = authors.count > most - 1 ? most - 2 : authors.count
        var lines = [head]
        for author in authors.prefix(shown) {
            lines.append(
                (Decimals.grouped(author.surviving).column(9, right: true)
                    + Decimals.grouped(author.opened).column(10, right: true)
                    + "  \(author.function.escapedForTerminal)  \(author.place)")
                    .withoutTrailingSpaces
                    .clipped(to: columns))
        }
        if shown < authors.count {
            lines.append("          and \(authors.count - shown) more functions")
        }
        return lines
    }

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
