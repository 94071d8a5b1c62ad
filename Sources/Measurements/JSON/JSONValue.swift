/// A JSON value as far as a check needs it: a scalar whole, a container by its size.
public enum JSONValue: Hashable, Sendable, CustomStringConvertible {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array(count: Int)
    case object(count: Int)

    /// The value that a scalar is.
    public init(_ scalar: JSONScalar) {
        switch scalar {
        case .null: self = .null
        case .bool(let bool): self = .bool(bool)
        case .number(let number): self = .number(number)
        case .string(let string): self = .string(string)
        }
    }

    /// The value when it has no parts.
    public var scalar: JSONScalar? {
        switch self {
        case .null: .null
        case .bool(let bool): .bool(bool)
        case .number(let number): .number(number)
        case .string(let string): .string(string)
        case .array, .object: nil
        }
    }

    /// The number when it is one.
    public var number: Double? {
        if case .number(let number) = self { number } else { nil }
    }

    /// What an expression is matched against: a string itself, another scalar as JSON.
    public var text: String? {
        switch self {
        case .string(let string): string
        case .null, .bool, .number: description
        case .array, .object: nil
        }
    }

    /// The value as JSON, or the size of a container in words; a long string cut.
    public var description: String {
        switch self {
        case .null: "null"
        case .bool(let bool): "\(bool)"
        case .number(let number):
            number == number.rounded() && number.magnitude < 1e15 ? "\(Int64(number))" : "\(number)"
        case .string(let string):
            string.count > 100 ? "\"\(string.prefix(100))…\"" : "\"\(string)\""
        case .array(let count): "an array of \(count)"
        case .object(let count): "an object of \(count)"
        }
    }
}

/// Bytes that are not JSON.
public struct JSONFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The offset of the byte, from zero.
    public var offset: Int
    /// What is wrong there.
    public var detail: String

    /// The fault and its place.
    public var description: String { "\(detail) at byte \(offset)" }
}
