import CDecompression

/// The owner of one C decoder: its `deinit` is the only place that frees it.
@safe final class DecoderState {
    /// How one step ended.
    enum StepEnd: Hashable {
        case needsInput
        case needsOutput
        case finished
        case failed(String)
    }

    private let stream: OpaquePointer

    /// Makes a decoder, or nil when there is no memory.
    init?(_ format: CDecompressionFormat) {
        guard let stream = unsafe cdecompression_create(format) else { return nil }
        unsafe self.stream = stream
    }

    deinit { unsafe cdecompression_free(stream) }

    /// Decodes from `input` at `offset`, which moves, into the start of `output`.
    func step(
        _ input: Span<UInt8>, _ offset: inout Int, into output: inout [UInt8]
    ) -> (count: Int, end: StepEnd) {
        let rest = input.extracting(offset..<input.count)
        var left = rest.count
        var produced = 0
        // The C side keeps neither pointer: each call gives both anew.
        let status = unsafe rest.withUnsafeBufferPointer { rest in
            unsafe output.withUnsafeMutableBufferPointer { output in
                var next = rest.baseAddress
                return unsafe cdecompression_step(
                    stream, &next, &left, output.baseAddress, output.count, &produced)
            }
        }
        offset += rest.count - left
        let end: StepEnd =
            switch status {
            case CDecompressionNeedsInput: .needsInput
            case CDecompressionNeedsOutput: .needsOutput
            case CDecompressionFinished: .finished
            case CDecompressionOutOfMemory: .failed("the decoder wants too much memory")
            default: .failed(errorText)
            }
        return (produced, end)
    }

    /// Makes a finished gzip decoder ready for the next member.
    func startNextMember() { unsafe cdecompression_next_member(stream) }

    private var errorText: String {
        // A constant text, or one that lives as long as the stream.
        unsafe String(cString: cdecompression_error(stream))
    }
}
