import Foundation
import Measurements
import TestWorlds
import Testing

/// Text inside XML.
@Suite struct XMLTextTests {
    @Test func `Whatever the text is, a reader of XML gets it back`() throws {
        let text = "a<b>&\"c\"'d'\n\te \u{1F980} é \u{E000}"
        let directory = try TemporaryDirectory("xml")
        let escaped = XMLText.escaped(text)
        let path = try directory.write("<t a=\"\(escaped)\">\(escaped)</t>", to: "text.xml")
        let read = try ChildProcess.run(
            [
                "python3", "-c",
                "import sys, xml.etree.ElementTree as t; r = t.parse(sys.argv[1]).getroot(); "
                    + "sys.stdout.buffer.write((r.text + '|' + r.get('a')).encode())", path,
            ], outputPath: directory.file("read"))
        #expect(read == "\(text)|\(text)")
    }

    @Test func `What XML has no character for is replaced`() {
        #expect(
            XMLText.escaped("\u{0}\u{1B}\u{7F}\u{9B}\u{FFFE}\u{FFFF}x")
                == "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}x")
    }
}
