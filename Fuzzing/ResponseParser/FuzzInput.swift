import HTTPWire

/// One input of the fuzzer: five bytes of settings, then the bytes of a response.
///
/// Letters do for the settings, so that seeds can be read:
/// - byte 0 in bits: 0…1 the context (1 HEAD, 2 CONNECT, else ordinary), 2 the limits of byte 1
///   instead of the defaults, 3 single bytes instead of the cuts of bytes 2…4, 4 the largest
///   limits that there are
/// - byte 1: the limit of the head in bytes; the other limits are fractions of it
/// - bytes 2…4: where the response is cut, in 256ths of its length
struct FuzzInput {
    static let settingsLength = 5

    let context: ResponseContext
    let limits: ResponseParserLimits
    let response: ArraySlice<UInt8>
    private let cutsEverywhere: Bool
    private let cutBytes: ArraySlice<UInt8>

    /// Nil for inputs too short for the settings.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.settingsLength else { return nil }
        context =
            switch bytes[0] & 3 {
            case 1: .head
            case 2: .connect
            default: .ordinary
            }
        var limits = ResponseParserLimits()
        if bytes[0] & 4 != 0 {
            let limit = Int(bytes[1])
            limits.headerBytes = limit
            limits.bodyBytes = limit / 2
            limits.trailerBytes = limit / 4
            limits.chunkExtensionBytes = limit / 16
            limits.informationalResponses = limit % 2
        }
        if bytes[0] & 16 != 0 {
            limits.headerBytes = .max
            limits.bodyBytes = .max
            limits.trailerBytes = .max
            limits.chunkExtensionBytes = .max
            limits.informationalResponses = .max
        }
        self.limits = limits
        cutsEverywhere = bytes[0] & 8 != 0
        cutBytes = bytes[2..<Self.settingsLength]
        response = bytes[Self.settingsLength...]
    }

    /// The response in pieces, some of which may be empty.
    var pieces: [ArraySlice<UInt8>] {
        if cutsEverywhere { return response.indices.map { response[$0...$0] } }
        var pieces: [ArraySlice<UInt8>] = []
        var start = response.startIndex
        for byte in cutBytes.sorted() {
            let cut = response.startIndex + Int(byte) * (response.count + 1) / 256
            pieces.append(response[start..<cut])
            start = cut
        }
        pieces.append(response[start...])
        return pieces
    }
}
