import Measurements

/// A hash of an origin that is the same in every run, so that a target stays with its loop.
///
/// FNV-1a in 64 bits over the parts that tell most origins apart.
func stableHash(of origin: Origin) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func mix(_ byte: UInt8) {
        hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }
    for byte in origin.address.utf8 { mix(byte) }
    mix(UInt8(truncatingIfNeeded: origin.port))
    mix(UInt8(truncatingIfNeeded: origin.port >> 8))
    for byte in origin.serverName.utf8 { mix(byte) }
    // The low bits of FNV are weak where inputs are alike; fold the high ones in.
    return hash ^ hash >> 32
}
