"""Descriptors that are no sockets; their kinds are counted."""

import ctypes
import os
import platform
import select
import stat
import struct

from ground import LIBC

# Numbers that differ between processors: bpf(2), perf_event_open(2).
BPF, PERF_EVENT_OPEN = {"x86_64": (321, 298), "aarch64": (280, 241)}.get(
    platform.machine(), (-1, -1))


def call(name, *arguments):
    descriptor = getattr(LIBC, name)(*arguments)
    if descriptor < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return descriptor


def pipe(ground):
    for index, descriptor in enumerate(os.pipe()):
        ground.descriptor(f"pipe_{index}", descriptor, "pipe")


def eventfd(ground):
    ground.descriptor("eventfd", os.eventfd(0), "eventfd")


def eventpoll(ground):
    """Watches the connections too: a closed duplicate must not remove them from it."""
    poll = select.epoll()
    ground.held.append(poll)
    ground.descriptor("epoll", poll.fileno(), "eventpoll")


def timerfd(ground):
    ground.descriptor("timerfd", call("timerfd_create", 1, 0), "timerfd")


def signalfd(ground):
    mask = ctypes.create_string_buffer(128)
    ground.descriptor("signalfd", call("signalfd", -1, mask, 0), "signalfd")


def inotify(ground):
    ground.descriptor("inotify", call("inotify_init1", 0), "inotify")


def fanotify(ground):
    ground.descriptor("fanotify", call("fanotify_init", 0, 0), "fanotify")


def memfd(ground):
    ground.descriptor("memfd", os.memfd_create("situation"), "memfd")


def files(ground):
    path = os.path.join(ground.directory, "file")
    ground.descriptor("file", os.open(path, os.O_RDWR | os.O_CREAT), "file")
    gone = os.path.join(ground.directory, "gone")
    ground.descriptor("file_deleted", os.open(gone, os.O_RDWR | os.O_CREAT), "file")
    os.unlink(gone)
    ground.descriptor("directory", os.open(ground.directory, os.O_RDONLY), "directory")
    ground.descriptor("null", os.open("/dev/null", os.O_RDWR), "device")


def named_pipe(ground):
    path = os.path.join(ground.directory, "named")
    os.mkfifo(path)
    ground.descriptor("named_pipe", os.open(path, os.O_RDWR), ["pipe", "file"])


def pidfd(ground):
    ground.descriptor("pidfd", os.pidfd_open(os.getpid()), "pidfd")


def pty(ground):
    for index, descriptor in enumerate(os.openpty()):
        ground.descriptor(f"pty_{index}", descriptor, "device")


def namespace(ground):
    ground.descriptor("namespace", os.open("/proc/self/ns/net", os.O_RDONLY), "namespace")


def io_uring(ground):
    parameters = ctypes.create_string_buffer(120)
    ground.descriptor("io_uring", call("syscall", 425, 1, parameters), "io_uring")


def bpf_map(ground):
    """An array of one element (bpf(2), BPF_MAP_CREATE)."""
    attributes = ctypes.create_string_buffer(struct.pack("IIIII", 2, 4, 4, 1, 0), 128)
    ground.descriptor("bpf_map", call("syscall", BPF, 0, attributes, 128), "bpf")


def perf_event(ground):
    """A software counter of this process (perf_event_open(2))."""
    attributes = ctypes.create_string_buffer(struct.pack("IIQ", 1, 128, 0), 128)
    ground.descriptor("perf_event", call("syscall", PERF_EVENT_OPEN, attributes, 0, -1, -1, 0), "perf")


def standard(ground):
    """The three descriptors that the process was started with."""
    for descriptor in range(3):
        mode = os.fstat(descriptor).st_mode
        link = os.readlink(f"/proc/self/fd/{descriptor}")
        if stat.S_ISFIFO(mode):
            kind = "pipe" if link.startswith("pipe:") else ["pipe", "file"]
        else:
            kind = "device" if stat.S_ISCHR(mode) else "file"
        ground.descriptor(f"standard_{descriptor}", descriptor, kind)


ALL = [
    standard, pipe, eventfd, eventpoll, timerfd, signalfd, inotify, fanotify, memfd, files, named_pipe,
    pidfd, pty, namespace, io_uring, bpf_map, perf_event,
]
