import CResolver
import Glibc

/// The resolver's thread and the descriptor that wakes it.
///
/// The descriptor is closed when the last reference goes: the thread holds one while it runs, and
/// the core holds one while it may wake.
final class ResolverThread: Sendable {
    private final class Start {
        let core: ResolverCore
        let wake: WakeDescriptor

        init(core: ResolverCore, wake: WakeDescriptor) {
            self.core = core
            self.wake = wake
        }
    }

    private let wakeDescriptor: WakeDescriptor
    private let thread: pthread_t

    /// Starts the thread; nil when there is no descriptor or no thread to be had.
    init?(core: ResolverCore) {
        guard let wake = WakeDescriptor() else { return nil }
        wakeDescriptor = wake
        var thread = pthread_t()
        let start = Start(core: core, wake: wake)
        // The thread takes over the reference that is retained here.
        let context = unsafe Unmanaged.passRetained(start)
        let result = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                let start = unsafe Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
                ResolverThread.run(start)
                return nil
            }, context.toOpaque())
        guard result == 0 else {
            // The thread that would have taken it never began.
            unsafe context.release()
            return nil
        }
        self.thread = thread
    }

    /// Makes the thread look at the core.
    func wake() { wakeDescriptor.wake() }

    /// Waits for the thread's end; on the thread itself, lets it end on its own.
    func join() {
        if pthread_equal(thread, pthread_self()) != 0 {
            pthread_detach(thread)
        } else {
            pthread_join(thread, nil)
        }
    }

    private static func run(_ start: Start) {
        // Signals belong to the process's own threads: a handler of theirs must not run here.
        var all = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_BLOCK, &all, nil)
        cresolver_name_thread()
        ResolverLoop(core: start.core, wakeDescriptor: start.wake.rawValue).run()
        start.core.finish()
    }
}

/// The owner of an eventfd(2).
final class WakeDescriptor: Sendable {
    let rawValue: Int32

    init?() {
        rawValue = cresolver_wake_create()
        guard rawValue >= 0 else { return nil }
    }

    deinit { close(rawValue) }

    /// Makes the descriptor readable.
    func wake() { cresolver_wake(rawValue) }
}
