import Measurements
import Testing

/// URLs and what references mean.
struct URLTests {
    @Test(arguments: [
        ("http://a", "http://a/"), ("HTTP://A.Test/B", "http://a.test/B"),
        ("https://a:443/", "https://a/"), ("http://a:80", "http://a/"),
        ("http://a:443/", "http://a:443/"),
        ("http://a:/x", "http://a/x"), ("http://a?q", "http://a/?q"), ("http://a#f", "http://a/"),
        ("http://a/b#f?g", "http://a/b"), ("http://a/b?c/../d", "http://a/b?c/../d"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"), ("http://[FE80::1]/", "http://[fe80::1]/"),
        ("http://127.0.0.1:65535/", "http://127.0.0.1:65535/"),
        ("http://a_b.test/", "http://a_b.test/"),
    ])
    func `A URL is read`(text: String, written: String) throws {
        let url = try ParsedURL.parse(text)
        #expect(url.text == written)
        #expect(try ParsedURL.parse(url.text) == url)
    }

    @Test(arguments: [
        "", "a", "/a", "//a/b", "ftp://a/", "http:/a", "http:a", "http://", "http:///x",
        "http://:80/",
        "http://a:0/", "http://a:65536/", "http://a:x/", "http://a:-1/",
        "http://u@a/",
        "http://u:p@a/", "http://[::1/", "http://[]/", "http://[::1]x/", "http://a b/",
        "http://a/\n",
        "http://a/\r\nX: y", "http://a/\u{0}", "http://a\u{7f}/", "http://ä.test/", "http://a<b/",
        " http://a/", "http://a/ ",
    ])
    func `What cannot be asked is refused`(text: String) {
        #expect(throws: URLFault.self) { _ = try ParsedURL.parse(text) }
    }

    @Test func `A URL is bounded`() throws {
        let longest = "http://a/" + String(repeating: "x", count: URLFault.longest - 9)
        #expect(try ParsedURL.parse(longest).text == longest)
        #expect(throws: URLFault.self) { _ = try ParsedURL.parse(longest + "x") }
        let base = try ParsedURL.parse("http://a/b/c")
        let long = String(repeating: "x", count: URLFault.longest)
        #expect(throws: URLFault.self) { _ = try ParsedURL.resolve(reference: long, against: base) }
    }

    /// RFC 3986, sections 5.4.1 and 5.4.2, without the fragments, which are never sent; `g:h` and
    /// `http:g` are refused, because nothing can be asked of them.
    @Test(arguments: [
        ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"),
        ("/g", "http://a/g"), ("//g", "http://g/"), ("?y", "http://a/b/c/d;p?y"),
        ("g?y", "http://a/b/c/g?y"), ("#s", "http://a/b/c/d;p?q"), ("g#s", "http://a/b/c/g"),
        ("g?y#s", "http://a/b/c/g?y"), (";x", "http://a/b/c/;x"), ("g;x", "http://a/b/c/g;x"),
        ("g;x?y#s", "http://a/b/c/g;x?y"), ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"),
        ("./", "http://a/b/c/"), ("..", "http://a/b/"), ("../", "http://a/b/"),
        ("../g", "http://a/b/g"), ("../..", "http://a/"), ("../../", "http://a/"),
        ("../../g", "http://a/g"), ("../../../g", "http://a/g"), ("../../../../g", "http://a/g"),
        ("/./g", "http://a/g"), ("/../g", "http://a/g"), ("g.", "http://a/b/c/g."),
        (".g", "http://a/b/c/.g"), ("g..", "http://a/b/c/g.."), ("..g", "http://a/b/c/..g"),
        ("./../g", "http://a/b/g"), ("./g/.", "http://a/b/c/g/"), ("g/./h", "http://a/b/c/g/h"),
        ("g/../h", "http://a/b/c/h"), ("g;x=1/./y", "http://a/b/c/g;x=1/y"),
        ("g;x=1/../y", "http://a/b/c/y"), ("g?y/./x", "http://a/b/c/g?y/./x"),
        ("g?y/../x", "http://a/b/c/g?y/../x"), ("g#s/./x", "http://a/b/c/g"),
        ("g#s/../x", "http://a/b/c/g"), ("https://h:8/x", "https://h:8/x"),
        ("//h:8?q", "http://h:8/?q"), ("g:h/", nil), ("http:g", nil), ("ftp://a/", nil),
        ("//", nil),
        ("//u@h/", nil), ("a b", nil), ("a\r\nb", nil), ("1:2", "http://a/b/c/1:2"),
    ])
    func `References mean what RFC 3986 says`(reference: String, expected: String?) throws {
        let base = try ParsedURL.parse("http://a/b/c/d;p?q")
        let found = try? ParsedURL.resolve(reference: reference, against: base)
        #expect(found?.text == expected)
    }

    @Test func `The scheme and the port of the base are kept`() throws {
        let base = try ParsedURL.parse("https://[::1]:8443")
        #expect(try ParsedURL.resolve(reference: "x", against: base).text == "https://[::1]:8443/x")
        #expect(try ParsedURL.resolve(reference: "//h/", against: base).text == "https://h/")
        #expect(try ParsedURL.resolve(reference: "?", against: base).text == "https://[::1]:8443/?")
    }

    @Test func `A fault names the text, cut, and never a password`() {
        let fault = URLFault(text: String(repeating: "x", count: 999), detail: "d")
        #expect(fault.text.count == 200)
        #expect(fault.description.hasSuffix("cannot be asked: d"))
    }
}
