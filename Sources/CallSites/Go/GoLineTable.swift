import KernelFormats

/// Go's table of functions and lines (`.gopclntab`), which also stripped programs have.
///
/// The layout is that of Go 1.20 and later (internal/abi/symtab.go, runtime/symtab.go,
/// debug/gosym/pclntab.go): magic 0xFFFFFFF1. All texts and numbers in it are checked, since a file
/// may say anything.
public struct GoLineTable {
    /// A function, or one that was inlined into it.
    public struct Frame: Hashable, Sendable {
        /// Its name with its package: `net/http.(*Client).Do`.
        public var function: String
        /// The file, as the compiler was given it.
        public var file: String
        /// The line, 1 or more; 0 when the table does not say.
        public var line: Int
    }

    private let bytes: [UInt8]
    private let textStart: UInt64
    private let quantum: UInt32
    private let functionCount: Int
    private let names: Int
    private let units: Int
    private let files: Int
    private let programs: Int
    private let functions: Int
    /// Reads what is loaded at an address: trees of inlined calls.
    private let memory: (_ address: UInt64, _ count: Int) -> [UInt8]
    private let functionData: UInt64?

    /// Reads the table of a program; nil when it has none of this layout.
    public init?(_ image: ELFImage) {
        guard let section = image[".gopclntab"] ?? image[".data.rel.ro.gopclntab"] else {
            return nil
        }
        let bytes = image.bytes(of: section)
        let span = bytes.span
        guard KernelInteger.u32(span, 0) == 0xFFFF_FFF1, bytes.count > 72, span[7] == 8 else {
            return nil
        }
        let words = (0..<8).map { KernelInteger.u64(span, 8 + 8 * $0) }
        guard words.dropFirst(3).allSatisfy({ $0 < UInt64(bytes.count) }), span[6] > 0,
            words[0] < 1 << 24
        else { return nil }
        let module = GoModuleData(image, table: section.address)
        self.bytes = bytes
        quantum = UInt32(span[6])
        functionCount = Int(words[0])
        (names, units, files) = (Int(words[3]), Int(words[4]), Int(words[5]))
        (programs, functions) = (Int(words[6]), Int(words[7]))
        // Since Go 1.26 the header does not say where the text is. A guess would name the wrong
        // functions, and a uprobe at a guessed address would break the program.
        let text = words[2] != 0 ? words[2] : module?.text ?? 0
        guard text != 0 else { return nil }
        textStart = text
        functionData = module?.functionData(headerHasText: words[2] != 0)
        memory = { image.bytes(at: $0, count: $1) }
    }

    // MARK: Functions

    /// Where a function begins and ends, before the file is moved; nil when there is none.
    public func range(ofFunction name: String) -> Range<UInt64>? {
        let wanted = Array(name.utf8)
        for index in 0..<functionCount {
            guard let function = function(index) else { return nil }
            let start = names + function.name
            guard start >= 0, start + wanted.count < bytes.count, bytes[start + wanted.count] == 0,
                bytes[start..<start + wanted.count].elementsEqual(wanted)
            else { continue }
            return function.start..<function.end
        }
        return nil
    }

    /// Where the functions are whose names fit, before the file is moved.
    func functions(where fits: (_ name: String) -> Bool) -> [Range<UInt64>] {
        (0..<functionCount).compactMap { index in
            guard let function = function(index), fits(text(names + function.name)) else {
                return nil
            }
            return function.start..<function.end
        }
    }

    private struct Function {
        var start: UInt64
        var end: UInt64
        /// Where its record is in the table.
        var place: Int
        var name: Int
    }

    private func function(_ index: Int) -> Function? {
        let span = bytes.span
        let entry = functions + 8 * index
        guard entry + 12 <= bytes.count else { return nil }
        let start = textStart &+ UInt64(KernelInteger.u32(span, entry))
        let end = textStart &+ UInt64(KernelInteger.u32(span, entry + 8))
        let place = functions + Int(KernelInteger.u32(span, entry + 4))
        // Neither wraps around: a function is no longer than the offsets can say.
        guard start >= textStart, end >= start, end - start <= UInt64(UInt32.max),
            place + 44 <= bytes.count
        else { return nil }
        return Function(
            start: start, end: end, place: place,
            name: Int(Int32(bitPattern: KernelInteger.u32(span, place + 4))))
    }

    private func function(at address: UInt64) -> Function? {
        guard address >= textStart, address - textStart <= UInt64(UInt32.max) else { return nil }
        let span = bytes.span
        let offset = UInt32(address - textStart)
        var (low, high) = (0, functionCount)
        while low < high {
            let middle = (low + high) / 2
            if KernelInteger.u32(span, functions + 8 * middle) <= offset {
                low = middle + 1
            } else {
                high = middle
            }
        }
        guard low > 0, let found = function(low - 1), address < found.end else { return nil }
        return found
    }

    private func text(_ offset: Int) -> String { ELFImage.text(bytes, at: offset) }

    // MARK: Frames

    /// The function that an address is in, and before it the calls that were inlined there,
    /// innermost first; empty when the address is in no function.
    ///
    /// Give the address of an instruction within the call: one less than where it returns to.
    public func frames(at address: UInt64) -> [Frame] {
        guard let function = function(at: address) else { return [] }
        let span = bytes.span
        let count = Int(KernelInteger.u32(span, function.place + 28))
        let unit = Int(KernelInteger.u32(span, function.place + 32))
        var frames: [Frame] = []
        var address = address
        // PCDATA_InlTreeIndex is table 2, FUNCDATA_InlTree table 3 (internal/abi/funcdata.go).
        if let tree = tree(of: function, tables: count) {
            let indices = Int(KernelInteger.u32(span, function.place + 44 + 4 * 2))
            while frames.count < 64, count > 2,
                let index = value(indices, function, address), index >= 0
            {
                let call = memory(tree &+ 16 * UInt64(index), 16)
                guard call.count == 16 else { break }
                let name = Int(Int32(bitPattern: KernelInteger.u32(call.span, 4)))
                let parent = KernelInteger.u32(call.span, 8)
                frames.append(frame(text(names + name), function, unit, address))
                guard function.start &+ UInt64(parent) < function.end else { break }
                address = function.start &+ UInt64(parent)
            }
        }
        frames.append(frame(text(names + function.name), function, unit, address))
        return frames
    }

    private func tree(of function: Function, tables: Int) -> UInt64? {
        let span = bytes.span
        guard let functionData, function.place + 44 <= bytes.count, tables < 64,
            span[function.place + 43] > 3
        else { return nil }
        let offset = KernelInteger.u32(span, function.place + 44 + 4 * tables + 4 * 3)
        return offset == .max ? nil : functionData &+ UInt64(offset)
    }

    private func frame(
        _ name: String, _ function: Function, _ unit: Int, _ address: UInt64
    ) -> Frame {
        let span = bytes.span
        let file = value(Int(KernelInteger.u32(span, function.place + 20)), function, address)
        let line = value(Int(KernelInteger.u32(span, function.place + 24)), function, address)
        var path = ""
        if let file, file >= 0 {
            let offset = KernelInteger.u32(span, units + 4 * (unit + file))
            if offset != .max { path = text(files + Int(offset)) }
        }
        return Frame(function: name, file: path, line: max(0, line ?? 0))
    }

    /// The value of a program of pairs at an address (runtime.pcvalue): each pair is the change of
    /// the value, and for how many instructions it holds; nil where the program does not reach.
    private func value(_ program: Int, _ function: Function, _ target: UInt64) -> Int? {
        var place = programs + program
        guard program != 0, place < bytes.count else { return nil }
        var value: Int32 = -1
        var address = function.start
        var isFirst = true
        while address <= target {
            guard let change = number(&place), change != 0 || isFirst,
                let length = number(&place)
            else { return nil }
            isFirst = false
            value &+=
                change & 1 != 0 ? Int32(bitPattern: ~(change >> 1)) : Int32(bitPattern: change >> 1)
            let step = UInt64(length) * UInt64(quantum)
            guard step > 0 else { return nil }
            address &+= step
            if target < address { return Int(value) }
        }
        return nil
    }

    private func number(_ place: inout Int) -> UInt32? {
        var result: UInt32 = 0
        var shift: UInt32 = 0
        while place < bytes.count, shift < 35 {
            let byte = bytes[place]
            place += 1
            result |= UInt32(byte & 0x7F) << shift
            if byte < 0x80 { return result }
            shift += 7
        }
        return nil
    }
}

/// The part of `runtime.moduledata` that tells where a program's text and its trees are.
struct GoModuleData {
    private let words: [UInt64]

    /// Finds the structure by its first word, the address of the table of lines.
    init?(_ image: ELFImage, table: UInt64) {
        for name in [".go.module", ".noptrdata", ".data", ".data.rel.ro"] {
            guard let section = image[name] else { continue }
            let bytes = image.bytes(of: section)
            let span = bytes.span
            var place = 0
            while place + 8 * 48 <= bytes.count {
                // The table's length is known twice: a word that is the address by chance is not
                // followed by that of the names within the table.
                if KernelInteger.u64(span, place) == table,
                    KernelInteger.u64(span, place + 8) > table
                {
                    words = (0..<48).map { KernelInteger.u64(span, place + 8 * $0) }
                    return
                }
                place += 8
            }
        }
        return nil
    }

    /// Where the text begins (runtime/symtab.go, `text`).
    var text: UInt64 { words[22] }

    /// Where the trees of inlined calls begin (`gofunc`): since Go 1.26, whose header does not say
    /// where the text is, three words later.
    func functionData(headerHasText: Bool) -> UInt64 { words[headerHasText ? 40 : 43] }
}
