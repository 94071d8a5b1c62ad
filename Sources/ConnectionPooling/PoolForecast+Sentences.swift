import Measurements

extension PoolForecast {
    /// What a probe on a fresh plain connection costs in units of one on a kept connection, by
    /// CPU of this process: `Benchmarks/README.md`, "cold and warm".
    public static let coldCost = 10.0

    /// The forecast in sentences, the most important first.
    public var sentences: [String] {
        guard origins > 0 else { return ["no target is scheduled"] }
        var lines = [
            "\(Self.count(origins, "origin")), \(Self.decimal(probesPerSecond)) probes a second: "
                + "\(Self.percent(reuse)) reuse expected, \(Self.count(held, "connection")) held, "
                + "\(Self.size(bytes))"
        ]
        if let bindingLimit { lines.append(sentence(for: bindingLimit)) }
        return lines
    }

    private func sentence(for limit: Limit) -> String {
        let all = "\(Self.grouped(origins)) would hold \(Self.size(bytesForAll))"
        let now = reuse + (1 - reuse) * Self.coldCost
        let saving = "and save \(Self.percent(1 - 1 / now)) of the CPU"
        switch limit {
        case .descriptors(let count):
            return "the descriptor limit binds: \(Self.grouped(count)) connections for "
                + "\(Self.grouped(origins)) origins; \(all) \(saving); raise it with ulimit -n "
                + "or LimitNOFILE="
        case .memory(let bytes):
            return "the memory budget binds: \(Self.size(bytes)) for \(Self.grouped(origins)) "
                + "origins; \(all) \(saving)"
        case .maxIdle(let count):
            return "\(Self.grouped(count)) idle connections for \(Self.grouped(origins)) "
                + "origins: \(Self.percent(reuse)) reuse; \(all) \(saving); mode auto sizes itself"
        case .idleTimeout(let timeout):
            return "the idle timeout of \(DurationText.format(timeout)) ends connections before "
                + "their next use; \(all) \(saving); mode auto keeps what will be used"
        }
    }

    static func grouped(_ number: Int) -> String {
        var digits = String(number)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return ([digits] + groups).joined(separator: ",")
    }

    static func decimal(_ number: Double) -> String {
        number >= 100 ? grouped(Int(number.rounded())) : "\((number * 10).rounded() / 10)"
    }

    static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

    static func count(_ number: Int, _ noun: String) -> String {
        "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
    }

    static func size(_ bytes: Int) -> String {
        if bytes < 1_048_576 { return "\((bytes + 1023) / 1024) KiB" }
        let mebibytes = Double(bytes) / 1_048_576
        return mebibytes >= 10 ? "\(Int(mebibytes.rounded())) MiB" : "\(decimal(mebibytes)) MiB"
    }
}
