/// What libFuzzer calls with each input: a letter for the parser, then bytes for it.
///
/// A broken promise traps.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzKernelFormats(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // SAFETY: libFuzzer lends `count` bytes at `start` for the time of the call; they are copied.
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    guard let letter = bytes.first, let parser = KernelParser(letter: letter) else { return 0 }
    do throws(Breach) {
        try parser.check(Array(bytes.dropFirst()))
    } catch {
        fatalError("\(parser): \(error)")
    }
    return 0
}
