import Measurements

/// What the findings about dead connections share.
enum GhostFinding {
    /// How sure a count of ghosts makes: their own TCP_INFO proves each, and a second look that
    /// none was on its way.
    static func confidence(_ count: Int, _ census: Census) -> Confidence {
        if count >= Threshold.many { return .certain }
        return census.hasSecondLook ? .likely : .undecided
    }

    /// Where dead connections went, most first.
    static func places(_ sockets: [SocketRecord]) -> [(name: String, count: Int)] {
        var counts: [IPEndpoint: Int] = [:]
        for socket in sockets {
            if let peer = socket.peer?.endpoint { counts[peer.unmapped, default: 0] += 1 }
        }
        return counts.map { ($0.key.description, $0.value) }.sorted { ($0.1, $1.0) > ($1.1, $0.0) }
    }

    /// Says where they went, how old they are, and how many more come.
    static func describe(_ sockets: [SocketRecord], _ finding: inout Finding, _ census: Census) {
        let places = places(sockets)
        if !places.isEmpty { finding.evidence.append("they went to \(Phrase.places(places))") }
        let ages = AgeProfile(sockets.filter(\.wasUsedOnce).map(\.sinceSent))
        addAges(ages, "last sent something", &finding, census)
    }

    /// Says how old some sockets are, and the rate that their ages show.
    static func addAges(
        _ ages: AgeProfile, _ verb: String, _ finding: inout Finding, _ census: Census
    ) {
        guard ages.count > 0 else { return }
        finding.evidence.append(
            ages.count == 1
                ? "it \(verb) \(Phrase.seconds(ages.oldest)) ago"
                : "they \(verb) between \(Phrase.seconds(ages.youngest)) and "
                    + "\(Phrase.seconds(ages.oldest)) ago")
        if let rate = ages.rate {
            finding.ratePerSecond = rate
            finding.secondsToLimit = census.secondsToLimit(rate)
            finding.evidence.append(
                "their ages are spread evenly, so there are \(Phrase.rate(rate)) more")
            if !ages.isSteady {
                finding.evidence[finding.evidence.count - 1] =
                    "by the younger half of their ages there are now \(Phrase.rate(rate)) more"
            }
        } else if ages.count >= 8, !ages.isOngoing {
            finding.evidence.append(
                "none has been added for \(Phrase.seconds(ages.youngest)): it does not grow now")
        }
    }
}
