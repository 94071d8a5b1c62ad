import Glibc
import LinuxKernel
import Testing

/// What a refusal of the kernel is called.
@Suite struct KernelErrorTests {
    @Test(arguments: [ESRCH, ENOENT])
    func `A process that is not there is gone`(code: Int32) {
        let error = KernelError("open /proc/1/fd", code: code)
        #expect(error.isGone && !error.isPermission)
    }

    @Test(arguments: [EACCES, EPERM])
    func `What may not be done is a matter of permission`(code: Int32) {
        let error = KernelError("open /proc/1/fd", code: code)
        #expect(error.isPermission && !error.isGone)
    }

    @Test func `It says what was asked for and why not`() {
        #expect(
            KernelError("open /proc/1/fd", code: EACCES).description
                == "open /proc/1/fd: Permission denied")
        #expect(KernelError("x", code: 99_999).description.hasPrefix("x: "))
        #expect(!KernelError("x", code: EINVAL).isGone)
        #expect(!KernelError("x", code: EINVAL).isPermission)
    }
}
