import CLinuxShims
import Glibc
import KernelFormats

/// One perf event, closed when its owner goes: the kernel then forgets it (perf_event_open(2)).
struct PerfEvent: ~Copyable {
    private let descriptor: OwnedDescriptor
    /// The number that its samples begin with.
    let identifier: UInt64

    var number: Int32 { descriptor.number }

    /// What is asked for.
    struct Request {
        var type: UInt32
        var config: UInt64 = 0
        var layout = PerfSampleLayout(hasCallChain: false, hasRaw: false)
        var stack: UInt32 = 0
        var pid: Int32 = -1
        var cpu: Int32
        var counts = true
        var isUrgent = false
        var inherit = false
        var inheritsThreadsOnly = true
        var followsTasks = false
        var uprobe: (path: String, offset: UInt64)?

        /// The bytes in a ring that wake its reader.
        static let watermark: UInt32 = 1 << 18
        /// The most frames of a stack (kernel.perf_event_max_stack is 127 as a rule).
        static let frames: UInt16 = 127
    }

    init(_ request: Request) throws(KernelError) {
        var raw = clinux_perf_request()
        raw.type = request.type
        raw.config = request.config
        raw.sample_type = request.layout.sampleType
        raw.registers = request.layout.registers
        raw.stack = request.stack
        raw.watermark = Request.watermark
        raw.is_urgent = request.isUrgent ? 1 : 0
        raw.frames = request.layout.hasCallChain ? Request.frames : 0
        raw.pid = request.pid
        raw.cpu = request.cpu
        raw.counts = request.counts ? 1 : 0
        // A uprobe that is inherited breaks clone(2) in the process that is looked at.
        precondition(request.uprobe == nil || !request.inherit, "a uprobe is never inherited")
        raw.inherit = request.inherit ? 1 : 0
        raw.threads_only = request.inheritsThreadsOnly ? 1 : 0
        raw.follows_tasks = request.followsTasks ? 1 : 0
        let number: Int32
        if let uprobe = request.uprobe {
            raw.uprobe_offset = uprobe.offset
            // The text lives as long as the call, which copies it.
            number = unsafe clinux_perf_open(&raw, uprobe.path)
        } else {
            // The structure is ours and outlives the call.
            number = unsafe clinux_perf_open(&raw, nil)
        }
        guard number >= 0 else { throw KernelError("open a perf event", code: -number) }
        let descriptor = OwnedDescriptor(owning: number)
        var identifier: UInt64 = 0
        // One integer of our own.
        let code = unsafe clinux_perf_identifier(descriptor.number, &identifier)
        guard code == 0 else { throw KernelError("ask a perf event its number", code: code) }
        self.identifier = identifier
        self.descriptor = descriptor
    }

    /// Lets it write to the ring of another event on the same processor.
    borrowing func redirect(to ring: Int32) throws(KernelError) {
        let code = clinux_perf_redirect(number, ring)
        guard code == 0 else { throw KernelError("share a ring", code: code) }
    }

    /// Lets only those events through that a filter admits (Documentation/trace/events.rst).
    borrowing func filter(_ text: String) throws(KernelError) {
        // The text lives as long as the call.
        let code = unsafe clinux_perf_filter(number, text)
        guard code == 0 else { throw KernelError("filter \(text)", code: code) }
    }

    borrowing func enable() throws(KernelError) {
        let code = clinux_perf_enable(number, 1)
        guard code == 0 else { throw KernelError("start a perf event", code: code) }
    }

    borrowing func disable() { _ = clinux_perf_enable(number, 0) }
}

/// The ring of one processor.
final class PerfRing {
    let event: PerfEvent
    /// Where it is mapped.
    private let base: UInt
    private let pages: UInt32
    private var buffer: [UInt8]

    /// Makes the ring of an event; `pages` is a power of two.
    init(_ event: consuming PerfEvent, pages: UInt32) throws(KernelError) {
        base = clinux_ring_map(event.number, pages)
        guard base != 0 else { throw .last("map a ring of \(pages) pages") }
        self.pages = pages
        self.event = event
        buffer = [UInt8](repeating: 0, count: Int(pages) * Int(sysconf(Int32(_SC_PAGESIZE))))
    }

    deinit {
        clinux_ring_unmap(base, pages)
    }

    /// Takes all records that are in it.
    func drain() -> [UInt8] {
        let capacity = UInt64(buffer.count)
        // The buffer is as large as the ring.
        let count = unsafe buffer.withUnsafeMutableBufferPointer {
            unsafe clinux_ring_drain(base, $0.baseAddress, capacity)
        }
        precondition(count <= capacity, "a ring has no more than its size")
        return Array(buffer[..<Int(count)])
    }
}
