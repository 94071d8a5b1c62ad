/// The rules for the text of header fields (RFC 9110, section 5).
public enum FieldText {
    /// Whether a text is a token: a field name or a method.
    public static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// Why a field cannot be sent; nil when it can.
    ///
    /// The message never carries the value.
    public static func complaint(name: String, value: String) -> String? {
        guard isToken(name) else {
            return "\"\(YAMLNode.shortened(name))\" is not the name of a header field"
        }
        guard value.utf8.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }) else {
            return "the value of \(name) contains a control character"
        }
        if ["transfer-encoding", "content-length"].contains(name.lowercased()) {
            return "\(name) follows from the body and cannot be set"
        }
        return nil
    }

    /// The value without blanks around it.
    public static func trimmed(_ value: some StringProtocol) -> String {
        func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }
        let start = value.drop(while: isBlank)
        return String(start.reversed().drop(while: isBlank).reversed())
    }
}
