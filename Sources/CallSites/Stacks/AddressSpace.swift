/// A file that is mapped into a process so that it can be executed (proc_pid_maps(5)).
public struct MappedFile: Hashable, Sendable {
    /// Where it is mapped.
    public var range: Range<UInt64>
    /// Which offset of the file is mapped there first.
    public var offset: UInt64
    /// Its path, as the kernel gives it; `[vdso]` and the like too.
    public var path: String
    /// The number of the file in its file system; 0 when it is not known, or there is no file.
    public var inode: UInt64

    /// Makes a mapping.
    public init(range: Range<UInt64>, offset: UInt64, path: String, inode: UInt64 = 0) {
        self.range = range
        self.offset = offset
        self.path = path
        self.inode = inode
    }

    /// Reads the executable mappings of `/proc/PID/maps`.
    public static func executables(in text: String) -> [MappedFile] {
        // By bytes: as characters, a carriage return and what ends the line are one.
        text.utf8.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5).map(Substring.init)
            guard fields.count == 6, fields[1].utf8.contains(UInt8(ascii: "x")) else { return nil }
            let ends = fields[0].split(separator: "-")
            guard ends.count == 2, let start = UInt64(ends[0], radix: 16),
                let end = UInt64(ends[1], radix: 16), start < end,
                let offset = UInt64(fields[2], radix: 16)
            else { return nil }
            let path = fields[5].utf8.drop { $0 == UInt8(ascii: " ") }
            // Memory that is of no file has at most blanks there.
            guard !path.isEmpty else { return nil }
            return MappedFile(
                range: start..<end, offset: offset, path: String(Substring(path)),
                inode: UInt64(fields[4]) ?? 0)
        }
    }
}

/// Which files are mapped where in a process, to be executed.
public struct AddressSpace: Sendable {
    /// The mappings, by address; none overlap.
    public private(set) var mappings: [MappedFile] = []

    /// The most mappings that are kept; more are not taken.
    public static let limit = 100_000

    /// Makes an address space.
    public init(_ mappings: [MappedFile] = []) {
        for mapping in mappings { add(mapping) }
    }

    /// A file was mapped: what was there before is gone.
    public mutating func add(_ mapping: MappedFile) {
        guard !mapping.range.isEmpty, mappings.count < Self.limit else { return }
        let first = index(above: mapping.range.lowerBound)
        var end = first
        while end < mappings.count,
            mappings[end].range.lowerBound < mapping.range.upperBound
        {
            end += 1
        }
        var parts = [mapping]
        if first < end {
            let (lowest, highest) = (mappings[first], mappings[end - 1])
            if lowest.range.lowerBound < mapping.range.lowerBound {
                var part = lowest
                part.range = lowest.range.lowerBound..<mapping.range.lowerBound
                parts.insert(part, at: 0)
            }
            if highest.range.upperBound > mapping.range.upperBound {
                var part = highest
                part.offset &+= mapping.range.upperBound - highest.range.lowerBound
                part.range = mapping.range.upperBound..<highest.range.upperBound
                parts.append(part)
            }
        }
        mappings.replaceSubrange(first..<end, with: parts)
    }

    /// The mapping that an address is in.
    public func mapping(of address: UInt64) -> MappedFile? {
        let place = index(above: address)
        guard place < mappings.count, mappings[place].range.contains(address) else { return nil }
        return mappings[place]
    }

    /// The first mapping that ends above an address.
    private func index(above address: UInt64) -> Int {
        var (low, high) = (0, mappings.count)
        while low < high {
            let middle = (low + high) / 2
            if mappings[middle].range.upperBound <= address {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}
