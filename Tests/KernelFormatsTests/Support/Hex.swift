/// Bytes written as people read them.
enum Hex {
    /// Reads pairs of hexadecimal digits.
    ///
    /// What follows a `#` on a line is a comment; `00*12` stands for twelve zero bytes. Anything
    /// else is a mistake in the test, and traps.
    static func bytes(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for line in text.split(separator: "\n") {
            for word in line.prefix(while: { $0 != "#" }).split(separator: " ") {
                let parts = word.split(separator: "*")
                guard let byte = UInt8(parts[0], radix: 16), parts[0].utf8.count == 2 else {
                    preconditionFailure("\(word) is no byte")
                }
                let count = parts.count == 2 ? Int(parts[1]) ?? 0 : 1
                bytes += [UInt8](repeating: byte, count: count)
            }
        }
        return bytes
    }
}
