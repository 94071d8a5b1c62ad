import Measurements
import ProbeChecks
import Testing

/// Pointers and comparisons.
struct JSONCheckTests {
    /// The document of RFC 6901, section 5.
    static let document = #"""
        {"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5,
         "k\"l": 6, " ": 7, "m~n": 8}
        """#

    @Test(arguments: [
        ("/foo/0", JSONScalar.string("bar")), ("/", .number(0)), ("/a~1b", .number(1)),
        ("/c%d", .number(2)), ("/e^f", .number(3)), ("/g|h", .number(4)), ("/i\\j", .number(5)),
        ("/k\"l", .number(6)), ("/ ", .number(7)), ("/m~0n", .number(8)),
    ])
    func `The pointers of RFC 6901 lead to their values`(pointer: String, value: JSONScalar) throws
    {
        #expect(try complaint(Self.document, at: pointer, .equals(value)) == nil)
    }

    @Test func `The whole document and the array of RFC 6901 are found`() throws {
        #expect(
            try complaint(Self.document, at: "", .equals(.null)) == "an object of 10, expected null"
        )
        #expect(
            try complaint(Self.document, at: "/foo", .equals(.null))
                == "an array of 2, expected null")
    }

    @Test(arguments: [
        "/foo/2", "/foo/-", "/foo/00", "/foo/01", "/foo/+1", "/foo/-1", "/foo/0/x", "/foo/bar",
        "/bar",
        "//", "/a/b", "/foo/99999999999999999999",
    ])
    func `A pointer to nothing is said`(pointer: String) throws {
        #expect(try complaint(Self.document, at: pointer) == "the pointer leads to nothing")
    }

    @Test func `Escapes are undone once, and code points are compared as they are`() throws {
        #expect(try complaint(#"{"~1": 1}"#, at: "/~01", .equals(.number(1))) == nil)
        #expect(try complaint(#"{"\u0061": 1}"#, at: "/a", .equals(.number(1))) == nil)
        #expect(try complaint("{\"e\u{301}\": 1}", at: "/\u{e9}") == "the pointer leads to nothing")
        #expect(try complaint("{\"\u{301}\": 1}", at: "/\u{301}", .equals(.number(1))) == nil)
    }

    @Test func `Of members with one name the last counts`() throws {
        #expect(try complaint(#"{"a": 1, "a": 2}"#, at: "/a", .equals(.number(2))) == nil)
    }

    @Test(arguments: [
        ("1", JSONComparison.exists, nil), ("null", .exists, nil),
        ("1.0", .equals(.number(1)), nil), ("1", .equals(.number(2)), "1, expected 2"),
        ("\"1\"", .equals(.number(1)), "\"1\", expected 1"),
        ("true", .equals(.bool(true)), nil), ("true", .equals(.number(1)), "true, expected 1"),
        ("null", .equals(.null), nil), ("[]", .equals(.null), "an array of 0, expected null"),
        ("1", .notEquals(.number(1)), "1, expected anything but 1"),
        ("{}", .notEquals(.number(1)), nil), ("\"a b\"", .matches("b"), nil),
        ("12.5", .matches("2.5"), nil), ("true", .matches("ru"), nil),
        ("[\"b\"]", .matches("b"), "an array of 1, expected a match for \"b\""),
        ("\"a\"", .matches("b"), "\"a\", expected a match for \"b\""),
        ("1", .lessThan(1), "1, expected a number below 1"), ("0.9", .lessThan(1), nil),
        ("1", .atMost(1), nil), ("2", .atMost(1), "2, expected a number of at most 1"),
        ("1", .greaterThan(1), "1, expected a number above 1"), ("1e2", .greaterThan(99), nil),
        ("1", .atLeast(1), nil), ("-1", .atLeast(1), "-1, expected a number of at least 1"),
        ("\"5\"", .atLeast(1), "\"5\", expected a number of at least 1"),
    ])
    func `Values compare as asked`(json: String, comparison: JSONComparison, expected: String?)
        throws
    {
        #expect(try complaint(json, at: "", comparison) == expected)
        #expect(try complaint("[0, {\"a\": \(json)}]", at: "/1/a", comparison) == expected)
    }

    @Test func `A string is read with its escapes`() throws {
        let text = #""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\ud800x\ude00""#
        let expected = "\"\\/\u{8}\u{c}\n\r\t\u{e9}\u{1f600}\u{fffd}x\u{fffd}"
        #expect(try complaint(text, at: "", .equals(.string(expected))) == nil)
    }
}
