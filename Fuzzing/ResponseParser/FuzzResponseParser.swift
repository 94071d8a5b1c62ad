import HTTPWire

/// What libFuzzer calls with each input; a broken promise traps.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzResponseParser(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // SAFETY: libFuzzer lends `count` bytes at `start` for the time of the call; they are copied.
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    guard let input = FuzzInput(bytes) else { return 0 }
    var parser = ResponseParser(limits: input.limits)
    let whole = Reading([input.response], of: input, using: &parser)
    // The same parser again: it must not remember the response before.
    let cut = Reading(input.pieces, of: input, using: &parser)
    promise(whole == cut, "cut: \(cut), whole: \(whole)")
    return 0
}
