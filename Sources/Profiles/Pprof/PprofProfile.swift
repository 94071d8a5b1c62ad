/// A profile in the format of pprof.
///
/// The message is `perftools.profiles.Profile`: https://github.com/google/pprof/blob/main/proto/profile.proto
///
/// Its sample types are `opened` and `surviving`, counts of sockets; the latter is the default.
/// Each sample has a label `author`, the innermost function of the user's own where there is one:
/// `-tagleaf=author` shows counts by it.
public struct PprofProfile: Sendable {
    /// The message as it is; `go tool pprof` reads this too.
    public let bytes: [UInt8]

    /// Encodes a profile.
    ///
    /// Equal stacks become one sample; functions, locations and texts are written once each.
    public init(_ profile: SocketProfile) {
        var tables = PprofTables(samples: profile.samples)
        var writer = ProtobufWriter()
        for value in ProfileValue.allCases {
            let name = tables.text(value.rawValue)
            let unit = tables.text("count")
            writer.message(1) {
                $0.number(1, name)
                $0.number(2, unit)
            }
        }
        Self.writeSamples(profile.samples, &tables, to: &writer)
        let comments = profile.comments.map { tables.text($0) }
        let defaultType = tables.text(ProfileValue.surviving.rawValue)
        let period = (type: tables.text("sockets"), unit: tables.text("count"))
        tables.write(to: &writer)
        writer.number(9, profile.startNanoseconds)
        writer.number(10, profile.durationNanoseconds)
        // Every socket is counted: the period is 1.
        writer.message(11) {
            $0.number(1, period.type)
            $0.number(2, period.unit)
        }
        writer.number(12, 1)
        writer.numbers(13, comments)
        writer.number(14, defaultType)
        bytes = writer.bytes
    }

    /// The message in gzip, as the format wants it in a file; equal profiles give equal bytes.
    ///
    /// Throws ``GzipError`` when there is no memory.
    public func gzipped() throws -> [UInt8] { try Gzip.compressed(bytes) }

    private static func writeSamples(
        _ samples: [ProfileSample], _ tables: inout PprofTables, to writer: inout ProtobufWriter
    ) {
        var places: [[Int64]: Int] = [:]
        var merged: [(locations: [Int64], values: [Int64], author: Int64)] = []
        let authorKey = tables.text("author")
        for sample in samples {
            let values = ProfileValue.allCases.map { sample[$0] }
            let locations = sample.shownStack.map { tables.location($0) }
            let place = places[locations, default: merged.count]
            if place < merged.count {
                for index in values.indices {
                    let (sum, overflow) = merged[place].values[index]
                        .addingReportingOverflow(values[index])
                    merged[place].values[index] = overflow ? .max : sum
                }
            } else {
                places[locations] = place
                merged.append((locations, values, sample.author.map { tables.text($0) } ?? 0))
            }
        }
        for sample in merged {
            writer.message(2) {
                $0.numbers(1, sample.locations)
                $0.numbers(2, sample.values)
                if sample.author == 0 { return }
                $0.message(3) {
                    $0.number(1, authorKey)
                    $0.number(2, sample.author)
                }
            }
        }
    }
}
