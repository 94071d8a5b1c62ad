import KernelFormats

/// The memory of another process by whole pages, each read once: a picture of one moment or so.
struct PythonMemory {
    private let read: (_ address: UInt64, _ count: Int) -> [UInt8]
    private var pages: [UInt64: [UInt8]] = [:]

    /// The bytes of a page; larger ones of the machine are read by parts.
    static let page: UInt64 = 4_096
    /// The most bytes of one read.
    static let limit = 1 << 20
    /// The most pages of one picture.
    static let pageLimit = 4_096

    init(_ read: @escaping (_ address: UInt64, _ count: Int) -> [UInt8]) { self.read = read }

    /// Whether an address can be one of an object: aligned, not 0, of user space.
    static func isPointer(_ address: UInt64) -> Bool {
        address & 7 == 0 && address >= page && address < 1 << 56
    }

    /// Exactly so many bytes; nil when they are not there.
    mutating func bytes(at address: UInt64, count: Int) -> [UInt8]? {
        guard count > 0, count <= Self.limit, address >= Self.page, address < 1 << 56 else {
            return nil
        }
        var result: [UInt8] = []
        result.reserveCapacity(count)
        while result.count < count {
            let place = address + UInt64(result.count)
            let start = place & ~(Self.page - 1)
            let content: [UInt8]
            if let known = pages[start] {
                content = known
            } else {
                guard pages.count < Self.pageLimit else { return nil }
                content = Array(read(start, Int(Self.page)).prefix(Int(Self.page)))
                pages[start] = content
            }
            let part = content.dropFirst(Int(place - start)).prefix(count - result.count)
            guard !part.isEmpty else { return nil }
            result += part
        }
        return result
    }

    /// The 8 bytes at an address as a number.
    mutating func word(at address: UInt64) -> UInt64? {
        guard let bytes = bytes(at: address, count: 8) else { return nil }
        return KernelInteger.u64(bytes.span, 0)
    }

    /// The 4 bytes at an address as a number.
    mutating func half(at address: UInt64) -> UInt32? {
        guard let bytes = bytes(at: address, count: 4) else { return nil }
        return KernelInteger.u32(bytes.span, 0)
    }

    /// The object that is pointed to from an address; nil when nothing that can be one.
    mutating func pointer(at address: UInt64) -> UInt64? {
        word(at: address).flatMap { Self.isPointer($0) ? $0 : nil }
    }
}
