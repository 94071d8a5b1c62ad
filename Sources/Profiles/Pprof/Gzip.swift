import CZlib

/// Why nothing was compressed.
public enum GzipError: Error, Hashable {
    /// zlib gave this code (zlib.h: `Z_MEM_ERROR` is -4).
    case failed(code: Int32)
}

/// The gzip format (RFC 1952), by the system's zlib.
enum Gzip {
    /// One gzip member without a name and a time: equal input gives equal output.
    static func compressed(_ bytes: [UInt8]) throws(GzipError) -> [UInt8] {
        guard let count = UInt32(exactly: bytes.count) else {
            throw .failed(code: Z_BUF_ERROR)
        }
        // All zero is how zlib wants a stream before it is made, with its own allocator.
        var stream = unsafe z_stream()
        // 15 is the largest window, and 16 more ask for gzip (zlib.h, deflateInit2).
        let made = unsafe deflateInit2_(
            &stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY,
            ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard made == Z_OK else { throw .failed(code: made) }
        // It was made above, and this is its one end.
        defer { _ = unsafe deflateEnd(&stream) }
        // As zlib promises, one step has room enough in this many bytes.
        let bound = unsafe Int(deflateBound(&stream, UInt(count)))
        var input = bytes
        var code = Z_OK
        // The first `written` bytes are zlib's, and no more are read.
        let output = unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, written in
            // Both buffers outlive this one call, and are not kept after it.
            unsafe input.withUnsafeMutableBufferPointer { source in
                unsafe stream.next_in = source.baseAddress
                unsafe stream.avail_in = count
                unsafe stream.next_out = buffer.baseAddress
                unsafe stream.avail_out = UInt32(clamping: buffer.count)
                code = unsafe deflate(&stream, Z_FINISH)
            }
            // zlib has filled exactly so many of the bytes.
            written = unsafe Int(stream.total_out)
        }
        guard code == Z_STREAM_END else { throw .failed(code: code) }
        return output
    }
}
