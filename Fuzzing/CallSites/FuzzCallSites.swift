/// What libFuzzer calls with each input: a letter for the parser, then bytes for it.
///
/// A broken promise traps.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCallSites(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // SAFETY: libFuzzer lends `count` bytes at `start` for the time of the call; they are copied.
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    guard let letter = bytes.first else { return 0 }
    let input = Array(bytes.dropFirst())
    switch letter {
    case UInt8(ascii: "r"): RecordPromises.check(input)
    case UInt8(ascii: "e"): ImagePromises.check(file: input)
    case UInt8(ascii: "g"): ImagePromises.check(sections: input)
    case UInt8(ascii: "u"): UnwindPromises.check(input)
    case UInt8(ascii: "l"): LinePromises.check(input)
    case UInt8(ascii: "n"): TextPromises.check(symbol: input)
    case UInt8(ascii: "c"): TextPromises.check(generated: input)
    case UInt8(ascii: "m"): TextPromises.check(maps: input)
    default: break
    }
    return 0
}

/// Traps when something does not hold.
func promise(_ holds: Bool, _ broken: @autoclosure () -> String) {
    if !holds { fatalError(broken()) }
}
