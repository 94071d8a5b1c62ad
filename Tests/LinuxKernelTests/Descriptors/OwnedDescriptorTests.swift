import Glibc
import LinuxKernel
import TestWorlds
import Testing

/// A descriptor of ours is closed once, at the end of its owner.
@Suite(.serialized, .noLeakedDescriptors) struct OwnedDescriptorTests {
    static func isOpen(_ number: Int32) -> Bool { fcntl(number, F_GETFD) >= 0 }

    static func open() throws -> Int32 {
        let number = Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC)
        try #require(number >= 0)
        return number
    }

    /// An owner that can be kept in an array.
    final class Holder {
        let owner: OwnedDescriptor

        init(_ owner: consuming OwnedDescriptor) { self.owner = owner }
    }

    static func drop(_ owner: consuming OwnedDescriptor) -> Int32 { owner.number }

    @Test func `It is open while its owner lives, and closed after`() throws {
        let number = try Self.open()
        do {
            let owner = OwnedDescriptor(owning: number)
            #expect(owner.number == number)
            #expect(Self.isOpen(owner.number))
        }
        #expect(!Self.isOpen(number))
    }

    @Test func `Given away, it is closed by who took it`() throws {
        let number = try Self.open()
        let owner = OwnedDescriptor(owning: number)
        #expect(Self.isOpen(number))
        let dropped = Self.drop(owner)
        #expect(dropped == number)
        #expect(!Self.isOpen(number))
    }

    @Test func `The number, given out anew, is not closed a second time`() throws {
        let number = try Self.open()
        var owners = [Holder(OwnedDescriptor(owning: number))]
        owners.removeAll()
        // The lowest free number is given out again (open(2)).
        let next = try Self.open()
        #expect(next == number)
        owners.removeAll()
        #expect(Self.isOpen(next))
        #expect(close(next) == 0)
    }
}
