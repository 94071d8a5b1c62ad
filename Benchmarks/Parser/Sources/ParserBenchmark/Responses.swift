/// What is read: small answers as health checks have them, a page of many fields, and two bodies.
let responses: [(name: String, bytes: [UInt8])] = [
    ("two bytes", Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".utf8)),
    ("nginx", Array((nginxHead + "Content-Length: 612\r\n\r\n").utf8) + text(612)),
    ("many fields", Array((nginxHead + manyFields + "Content-Length: 0\r\n\r\n").utf8)),
    ("64 KiB counted", Array((nginxHead + "Content-Length: 65536\r\n\r\n").utf8) + text(65_536)),
    ("16 chunks", Array((nginxHead + "Transfer-Encoding: chunked\r\n\r\n").utf8) + chunks),
]

private let nginxHead = """
    HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r
    Content-Type: text/html\r\nLast-Modified: Wed, 31 Dec 2025 00:00:00 GMT\r
    Connection: keep-alive\r\nETag: "6954a600-264"\r\nAccept-Ranges: bytes\r\n
    """

private let manyFields = (1...24).map { number in
    "X-Field-\(number): \(String(repeating: "value ", count: number % 6 + 1))\r\n"
}.joined()

private let chunks: [UInt8] =
    (0..<16).flatMap { _ in Array("200\r\n".utf8) + text(512) + Array("\r\n".utf8) }
    + Array("0\r\n\r\n".utf8)

private func text(_ count: Int) -> [UInt8] {
    (0..<count).map { 0x61 + UInt8($0 % 26) }
}
