"""What every situation stands on: the list of truths, and sockets that nobody answers.

A field of a truth is one value, or a list of values that all say the same of it: where the
vocabulary has two names for one fact, both are right.
"""

import ctypes
import errno
import fcntl
import os
import select
import socket
import struct

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
SO_ATTACH_FILTER = 26


def text(address, family=socket.AF_INET):
    """An address as the product prints it."""
    if family == socket.AF_INET6:
        return f"[{address[0]}]:{address[1]}"
    return f"{address[0]}:{address[1]}"


def local_of(sock):
    return text(sock.getsockname(), sock.family)


def peer_of(sock):
    return text(sock.getpeername(), sock.family)


class Ground:
    """The situations made so far, and the sockets that have to stay open for them."""

    def __init__(self, own_namespace=False):
        self.own_namespace = own_namespace
        self.rows = []
        self.held = []
        self.unavailable = []
        self.connections = []
        self.unread = []
        self.waits = []
        self.foreign = False
        self.directory = None
        self.prefix = ""

    def add(self, name, sock, family, kind, protocol, state, **truth):
        """Adds a socket; what is left out of `truth` is not compared."""
        descriptor = sock if isinstance(sock, int) else sock.fileno()
        row = {
            "name": self.prefix + name,
            "descriptor": descriptor,
            "inode": os.fstat(descriptor).st_ino,
            "family": family,
            "type": kind,
            "protocol": protocol,
            "state": state,
            "ghost": None,
            "pending_error": 0,
        }
        row.update(truth)
        if self.foreign:
            row["ghost"] = "foreign_netns"
            # Who listens there is not known here, and the counters do not always tell who began.
            if row.get("direction") in ("inbound", "outbound"):
                row["direction"] = [row["direction"], "unknown"]
        self.rows.append(row)
        self.held.append(sock)
        return sock

    def tcp(self, name, sock, state, **truth):
        """Adds a TCP socket."""
        family = "inet6" if sock.family == socket.AF_INET6 else "inet"
        protocol = truth.pop("protocol", "tcp")
        return self.add(name, sock, family, "stream", protocol, state, **truth)

    def descriptor(self, name, descriptor, kind):
        """Adds a descriptor that is no socket."""
        self.rows.append(
            {
                "name": name,
                "descriptor": descriptor,
                "inode": os.fstat(descriptor).st_ino,
                "kind": kind,
            }
        )

    def refuse(self, name, error):
        """Notes a situation that this kernel, or this user's rights, do not allow."""
        code = error.errno or 0
        self.unavailable.append(
            {
                "name": self.prefix + name,
                "unavailable": errno.errorcode.get(code, str(error)),
                "errno": code,
                "reason": os.strerror(code) if code else str(error),
            }
        )

    def attempt(self, maker):
        """Makes a situation named like its function; notes the reason when it is refused."""
        try:
            maker(self)
        except OSError as error:
            self.refuse(maker.__name__, error)

    def connected(self, name, client, server):
        """Remembers both ends: closing one must be seen by the other at once."""
        self.connections.append((self.prefix + name, client, server))

    def later(self, condition):
        """Something that has to have happened before the situations are ready."""
        self.waits.append(condition)


def listener(family=socket.AF_INET, backlog=16, address=None, protocol=0):
    sock = socket.socket(family, socket.SOCK_STREAM, protocol)
    sock.bind((address or ("::1" if family == socket.AF_INET6 else "127.0.0.1"), 0))
    sock.listen(backlog)
    return sock


def pair(listening, protocol=0):
    """A connection: the end that connected, and the end that was accepted."""
    client = socket.socket(listening.family, socket.SOCK_STREAM, protocol)
    client.connect(listening.getsockname()[:2])
    server, _ = listening.accept()
    return client, server


def deaf(sock):
    """Lets the kernel drop all that arrives for this socket: a classic filter, `ret #0`."""
    program = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))
    filter_ = struct.pack("HL", 1, ctypes.addressof(program))
    sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, filter_)


def begin(sock, address):
    """Starts to connect without waiting."""
    sock.setblocking(False)
    code = sock.connect_ex(address)
    if code not in (0, errno.EINPROGRESS):
        raise OSError(code, os.strerror(code))


def disconnect(sock):
    """Ends what the socket was connected to: connect(2) with AF_UNSPEC."""
    if LIBC.connect(sock.fileno(), struct.pack("H14x", socket.AF_UNSPEC), 16) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def await_event(sock, events=select.POLLERR, seconds=10):
    """Waits for an event without reading the error that goes with it."""
    poll = select.poll()
    poll.register(sock, events)
    if not poll.poll(seconds * 1000):
        raise OSError(errno.ETIME, "the situation did not come about")


def closed_port(family=socket.AF_INET):
    """A port that nobody listens on, kept by a socket that is bound only."""
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
    return sock


def fill(sock):
    """Sends until neither the peer's window nor the own buffer takes more."""
    sock.setblocking(False)
    sent = 0
    idle = 0
    while idle < 3:
        try:
            sent += sock.send(b"x" * 65536)
            idle = 0
        except BlockingIOError:
            idle += 1
            select.select([], [], [], 0.02)
    return sent


def loopback_up():
    """Sets the loopback interface of this thread's network namespace up (netdevice(7))."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        request = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(sock, 0x8913, request))[1]
        fcntl.ioctl(sock, 0x8914, struct.pack("16sH14x", b"lo", flags | 1))


def new_network_namespace():
    """Moves this thread alone into a network namespace of its own, loopback up."""
    if LIBC.unshare(CLONE_NEWNET) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    loopback_up()
