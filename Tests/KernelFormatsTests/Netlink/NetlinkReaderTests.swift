import KernelFormats
import Testing

/// The messages of one datagram.
@Suite struct NetlinkReaderTests {
    /// All messages up to the end, or up to the fault.
    static func read(_ bytes: [UInt8]) -> (messages: [NetlinkMessage], fault: NetlinkFault?) {
        var reader = NetlinkReader()
        var messages: [NetlinkMessage] = []
        do throws(NetlinkFault) {
            while let message = try reader.next(in: bytes.span) { messages.append(message) }
            return (messages, nil)
        } catch {
            return (messages, error)
        }
    }

    @Test func `Every message of a datagram is read, with every field of its header`() {
        let parts = [Captured.listener, Captured.unixPair, Captured.netlink, Captured.done]
        let (messages, fault) = Self.read(parts.reduce([], +))
        #expect(fault == nil)
        #expect(messages.map(\.type) == [20, 20, 20, NetlinkMessage.done])
        #expect(messages.allSatisfy { $0.sequence == 0x0102_0304 && $0.flags == 2 })
        #expect(messages.allSatisfy { !$0.wasInterrupted })
        #expect(messages.map(\.payload) == [16..<408, 424..<468, 484..<512, 528..<532])
    }

    @Test func `An error is told from a row`() {
        let (messages, fault) = Self.read(Captured.errorWithoutFamily)
        #expect(fault == nil)
        #expect(messages.map(\.type) == [NetlinkMessage.error])
        #expect(messages.map(\.payload) == [16..<56])
    }

    @Test func `A dump that the kernel calls interrupted says so`() {
        var bytes = Captured.done
        bytes[6] |= 0x10
        #expect(Self.read(bytes).messages.map(\.wasInterrupted) == [true])
    }

    @Test(arguments: 0...7)
    func `What pads a message to four bytes is passed over`(length: Int) {
        let payload = [UInt8](repeating: 0xAA, count: length)
        var bytes = NetlinkMessage.dumpRequest(sequence: 7, payload: payload)
        while bytes.count % 4 != 0 { bytes.append(0xBB) }
        let first = bytes.count
        bytes += NetlinkMessage.dumpRequest(sequence: 8, payload: payload)
        let (messages, fault) = Self.read(bytes)
        #expect(fault == nil)
        #expect(messages.map(\.sequence) == [7, 8])
        #expect(messages.map(\.payload.count) == [length, length])
        #expect(messages.last?.payload.lowerBound == first + 16)
    }

    @Test func `A request is read as it was written`() {
        let bytes = NetlinkMessage.dumpRequest(sequence: 0xDEAD_BEEF, payload: [1, 2, 3, 4])
        #expect(
            bytes == [20, 0, 0, 0, 20, 0, 1, 3, 0xEF, 0xBE, 0xAD, 0xDE, 0, 0, 0, 0, 1, 2, 3, 4])
        let message = Self.read(bytes).messages.first
        #expect(message?.type == NetlinkMessage.socketDiagnosis)
        #expect(message?.flags == 0x301)
        #expect(message?.sequence == 0xDEAD_BEEF)
        #expect(message?.payload == 16..<20)
    }

    @Test func `An empty datagram has no message`() {
        let (messages, fault) = Self.read([])
        #expect(messages.isEmpty && fault == nil)
    }

    @Test func `A datagram cut anywhere gives what is whole, and then a fault`() {
        let parts = [Captured.timeWait, Captured.unixAbstract, Captured.done]
        let whole = parts.reduce([], +)
        let ends = [0, 96, 168, 188]
        for length in 0..<whole.count {
            let (messages, fault) = Self.read(Array(whole[..<length]))
            let complete = ends.count { $0 > 0 && $0 <= length }
            #expect(messages.count == complete, "cut at \(length)")
            #expect((fault == nil) == ends.contains(length), "cut at \(length)")
            guard let fault else { continue }
            let start = ends[complete]
            if length - start < 16 {
                #expect(fault == .truncated(offset: start), "cut at \(length)")
            } else {
                let claim = ends[complete + 1] - start
                #expect(fault == .badLength(claim, offset: start), "cut at \(length)")
            }
        }
    }

    @Test(arguments: [0, 1, 15, 21, 0x7FFF_FFFF, 0xFFFF_FFFC, 0xFFFF_FFFF])
    func `A length that cannot be ends the walk`(length: UInt32) {
        var bytes: [UInt8] = []
        KernelInteger.append(length, to: &bytes)
        bytes += Captured.done.dropFirst(4)
        let (messages, fault) = Self.read(Captured.packet + bytes)
        #expect(messages.count == 1)
        #expect(fault == .badLength(Int(length), offset: 32))
    }

    @Test func `A fault says what and where`() {
        #expect(
            NetlinkFault.truncated(offset: 96).description
                == "a netlink datagram ends within the header at byte 96")
        #expect(
            NetlinkFault.badLength(3, offset: 20).description
                == "a netlink message at byte 20 claims 3 bytes")
    }
}
