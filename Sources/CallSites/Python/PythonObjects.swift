import KernelFormats

/// What is kept of a code object.
struct PythonCode {
    var function: String
    var file: String
    var firstLine: Int
    var parameters: Int
    /// How many bytes of instructions it has; nil up to 3.10.
    var instructions: Int?
    var lines: [UInt8]
    /// What it points to and the head of its name, to see that the address still holds the same.
    var identity: [UInt64]
    var nameHead: [UInt8]
}

/// Objects of a Python program, read from its memory and believed only as far as their types say.
struct PythonObjects {
    let layout: PythonLayout
    /// Types by their address, once their name was read.
    private var types: [UInt64: String] = [:]
    private var codes: [UInt64: PythonCode] = [:]

    /// The most code objects and types that are kept.
    static let cacheLimit = 4_096
    /// The most characters of a text.
    static let textLimit = 4_096
    /// The most bytes of a table of lines.
    static let tableLimit = 1 << 19
    /// How many bytes of a name are compared: its length, its hash and its first characters.
    static let nameHead = 64

    init(_ layout: PythonLayout) { self.layout = layout }

    /// Whether the object at an address is of the type of this name (`ob_type`, `tp_name`).
    mutating func isObject(
        _ address: UInt64, of type: String, _ memory: inout PythonMemory
    ) -> Bool {
        guard PythonMemory.isPointer(address), let place = memory.pointer(at: address + 8) else {
            return false
        }
        if let known = types[place] { return known == type }
        guard let text = memory.pointer(at: place + 24, aligned: false),
            let bytes = memory.bytes(at: text, count: type.utf8.count + 1),
            bytes.last == 0, bytes.dropLast().elementsEqual(type.utf8)
        else { return false }
        if types.count >= Self.cacheLimit { types = [:] }
        types[place] = type
        return true
    }

    /// A text (PyUnicodeObject in its compact forms); nil when there is none at the address.
    mutating func text(at address: UInt64, _ memory: inout PythonMemory) -> String? {
        guard isObject(address, of: "str", &memory),
            let length = memory.word(at: address + 16), length <= UInt64(Self.textLimit),
            let state = memory.half(at: address + 32)
        else { return nil }
        // `interned` has 2 bits up to 3.13 and 16 from 3.14: there, nothing above 3 is in those.
        let bits = state & 0xFFFF <= 3 ? state >> 16 : state >> 2
        let (kind, isCompact, isASCII) = (Int(bits & 7), bits & 8 != 0, bits & 16 != 0)
        guard isCompact, kind == 1 || kind == 2 || kind == 4, !isASCII || kind == 1 else {
            return nil
        }
        guard length > 0 else { return "" }
        let count = Int(length)
        let start = address + UInt64(isASCII ? layout.asciiText : layout.otherText)
        guard let bytes = memory.bytes(at: start, count: kind * count) else { return nil }
        var scalars = String.UnicodeScalarView()
        for index in 0..<count {
            var value: UInt32 = 0
            for byte in 0..<kind { value |= UInt32(bytes[kind * index + byte]) << (8 * byte) }
            // Halves of surrogates are what Python makes of bytes that are no UTF-8.
            scalars.append(Unicode.Scalar(value) ?? "\u{FFFD}")
        }
        return String(scalars)
    }

    /// The bytes of a `bytes` object.
    private mutating func content(at address: UInt64, _ memory: inout PythonMemory) -> [UInt8]? {
        guard isObject(address, of: "bytes", &memory),
            let size = memory.word(at: address + 16), size <= UInt64(Self.tableLimit)
        else { return nil }
        return size == 0 ? [] : memory.bytes(at: address + 32, count: Int(size))
    }

    /// The code object at an address; nil when there is none.
    mutating func code(at address: UInt64, _ memory: inout PythonMemory) -> PythonCode? {
        guard isObject(address, of: "code", &memory),
            let head = memory.bytes(at: address + 8, count: layout.codeSize - 8)
        else { return nil }
        let bytes = head.span
        func word(_ offset: Int) -> UInt64 { KernelInteger.u64(bytes, offset - 8) }
        let name = word(layout.codeQualifiedName ?? layout.codeName)
        guard PythonMemory.isPointer(name),
            let nameHead = memory.bytes(at: name + 16, count: Self.nameHead - 16)
        else { return nil }
        // Other fields change while it runs: counters of calls, for one.
        let identity = [
            word(16), word(layout.codeFirstLine) & 0xFFFF_FFFF, word(layout.codeFile), name,
            word(layout.codeLines),
        ]
        if let known = codes[address], known.identity == identity, known.nameHead == nameHead {
            return known
        }
        let firstLine = Int(Int32(bitPattern: KernelInteger.u32(bytes, layout.codeFirstLine - 8)))
        let parameters = Int(
            Int32(bitPattern: KernelInteger.u32(bytes, layout.codeParameters - 8)))
        let units = layout.codeInstructions == nil ? 0 : word(16)
        guard firstLine >= 0, (0..<65_536).contains(parameters), units < 1 << 30,
            let function = text(at: name, &memory),
            let file = text(at: word(layout.codeFile), &memory),
            let lines = content(at: word(layout.codeLines), &memory)
        else { return nil }
        let code = PythonCode(
            function: function, file: file, firstLine: firstLine, parameters: parameters,
            instructions: layout.codeInstructions == nil ? nil : 2 * Int(units), lines: lines,
            identity: identity, nameHead: nameHead)
        if codes.count >= Self.cacheLimit { codes = [:] }
        codes[address] = code
        return code
    }
}

extension PythonMemory {
    /// The address that is kept at an address, of anything or of an object.
    fileprivate mutating func pointer(at address: UInt64, aligned: Bool) -> UInt64? {
        word(at: address).flatMap {
            $0 >= Self.page && $0 < 1 << 56 && (!aligned || $0 & 7 == 0) ? $0 : nil
        }
    }
}
