"""Sockets that are not TCP: UDP, raw, Unix, netlink, packet, and the rarer families."""

import errno
import os
import socket

from ground import await_event, disconnect, local_of, peer_of

IPPROTO_UDPLITE = 136
AF_XDP = 44
# A socket without a row of its own has one of two names for the same nothing.
IDLE = ["UNCONNECTED", "CLOSE", None]
BOUND = ["UNCONNECTED", "BOUND", "CLOSE"]


def udp(ground, name, sock, state, **truth):
    family = "inet6" if sock.family == socket.AF_INET6 else "inet"
    return ground.add(name, sock, family, "dgram", truth.pop("protocol", "udp"), state, **truth)


def datagram(family=socket.AF_INET, protocol=0):
    return socket.socket(family, socket.SOCK_DGRAM, protocol)


def udp_situations(ground):
    udp(ground, "udp_unbound", datagram(), IDLE, ghost=["never_connected", "other"], local=None,
        peer=None)
    bound = datagram()
    bound.bind(("127.0.0.1", 0))
    udp(ground, "udp_bound", bound, BOUND, local=local_of(bound), peer=None)
    six = datagram(socket.AF_INET6)
    six.bind(("::1", 0))
    udp(ground, "udp6_bound", six, BOUND, local=local_of(six), peer=None)
    connected = datagram()
    connected.connect(bound.getsockname())
    udp(ground, "udp_connected", connected, "ESTABLISHED", local=local_of(connected),
        peer=local_of(bound))
    six_connected = datagram(socket.AF_INET6)
    six_connected.connect(six.getsockname()[:2])
    udp(ground, "udp6_connected", six_connected, "ESTABLISHED", local=local_of(six_connected),
        peer=local_of(six))


def udp_disconnected(ground):
    target = datagram()
    target.bind(("127.0.0.1", 0))
    udp(ground, "udp_disconnect_target", target, BOUND)
    sock = datagram()
    sock.connect(target.getsockname())
    disconnect(sock)
    udp(ground, "udp_conn_then_disc", sock, IDLE, ghost=["never_connected", "other"], local=None,
        peer=None)


def udp_refused(ground):
    """Connected to a port that answered with an ICMP refusal, not read yet."""
    closed = datagram()
    closed.bind(("127.0.0.1", 0))
    sock = datagram()
    sock.connect(closed.getsockname())
    closed.close()
    sock.send(b"?")
    await_event(sock)
    udp(ground, "udp_refused", sock, "ESTABLISHED", local=local_of(sock), peer=peer_of(sock),
        pending_error=errno.ECONNREFUSED)


def udp_unread(ground):
    sock = datagram()
    sock.bind(("127.0.0.1", 0))
    sock.sendto(b"d" * 100, sock.getsockname())
    udp(ground, "udp_unread", sock, BOUND, local=local_of(sock))
    ground.unread.append((sock, b"d" * 100))


def udplite_bound(ground):
    sock = datagram(protocol=IPPROTO_UDPLITE)
    sock.bind(("127.0.0.1", 0))
    udp(ground, "udplite_bound", sock, BOUND, protocol="udplite", local=local_of(sock))


def raw_icmp(ground):
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    ground.add("raw_icmp", sock, "inet", "raw", "raw", IDLE)
    six = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
    ground.add("raw6_icmp", six, "inet6", "raw", "raw", IDLE)


def icmp_ping(ground):
    if ground.own_namespace:
        with open("/proc/sys/net/ipv4/ping_group_range", "w", encoding="ascii") as file:
            file.write("0 0")
    sock = datagram(protocol=socket.IPPROTO_ICMP)
    sock.bind(("127.0.0.1", 0))
    ground.add("icmp_ping", sock, "inet", "dgram", "icmp", BOUND)


def unix_streams(ground):
    def unix(name, sock, state, kind="stream", **truth):
        return ground.add(name, sock, "unix", kind, "unix", state, **truth)

    unix("unix_stream_unbound", socket.socket(socket.AF_UNIX), IDLE, local=None, peer=None)
    first, second = socket.socketpair()
    unix("unix_pair", first, "ESTABLISHED")
    unix("unix_pair_other", second, "ESTABLISHED")
    ground.connected("unix_pair", first, second)
    left, gone = socket.socketpair()
    gone.close()
    unix("unix_pair_peer_closed", left, ["ESTABLISHED", "CLOSE_WAIT", "CLOSE"])

    path = os.path.join(ground.directory, "stream")
    door = socket.socket(socket.AF_UNIX)
    door.bind(path)
    door.listen(4)
    unix("unix_stream_listen", door, "LISTEN", local=path)
    client = socket.socket(socket.AF_UNIX)
    client.connect(path)
    server, _ = door.accept()
    unix("unix_stream_connected", client, "ESTABLISHED")
    unix("unix_stream_accepted", server, "ESTABLISHED", local=path)

    abstract = socket.socket(socket.AF_UNIX)
    abstract.bind(f"\0sockeye-situation-{os.getpid()}")
    abstract.listen(1)
    unix("unix_abstract_listen", abstract, "LISTEN",
         local=f"@sockeye-situation-{os.getpid()}")

    removed = os.path.join(ground.directory, "removed")
    orphan = socket.socket(socket.AF_UNIX)
    orphan.bind(removed)
    os.unlink(removed)
    unix("unix_path_removed", orphan, IDLE + ["BOUND"])


def unix_datagrams(ground):
    path = os.path.join(ground.directory, "datagrams")
    bound = datagram(socket.AF_UNIX)
    bound.bind(path)
    # The kernel calls a datagram socket connected too once somebody connected to it.
    ground.add("unix_dgram_bound", bound, "unix", "dgram", "unix", BOUND + ["ESTABLISHED"],
               local=path)
    connected = datagram(socket.AF_UNIX)
    connected.connect(path)
    ground.add("unix_dgram_connected", connected, "unix", "dgram", "unix",
               ["ESTABLISHED", "UNCONNECTED"])
    left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ground.add("unix_seqpacket", left, "unix", "seqpacket", "unix", "ESTABLISHED")
    ground.add("unix_seqpacket_other", right, "unix", "seqpacket", "unix", "ESTABLISHED")


def netlink(ground):
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    ground.add("netlink", sock, "netlink", "raw", "netlink", IDLE, ghost=["never_connected",
                                                                          "other"])
    bound = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    bound.bind((0, 0))
    ground.add("netlink_bound", bound, "netlink", "raw", "netlink", BOUND + [None])


def packet(ground):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    ground.add("packet", sock, "packet", "raw", "packet", IDLE)
    cooked = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
    cooked.bind(("lo", 0))
    ground.add("packet_dgram_bound", cooked, "packet", "dgram", "packet", BOUND + [None])


def vsock(ground):
    sock = socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)
    ground.add("vsock_unbound", sock, "vsock", "stream", "vsock", IDLE,
               ghost=["never_connected", "other"])
    door = socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)
    door.bind((0xFFFFFFFF, 0xFFFFFFFF))
    door.listen(1)
    ground.add("vsock_listen", door, "vsock", "stream", "vsock", ["LISTEN", None], ghost="other")


def xdp(ground):
    sock = socket.socket(AF_XDP, socket.SOCK_RAW, 0)
    ground.add("xdp", sock, "xdp", "raw", "xdp", IDLE, ghost=["never_connected", "other"])


def rare(family, kind, protocol, name):
    """A family that many kernels are built without."""

    def maker(ground):
        sock = socket.socket(family, kind, protocol)
        ground.add(name, sock, "other", ["stream", "dgram", "raw", "seqpacket", "rdm", "other"],
                   ["other", "raw"], IDLE + ["BOUND"], ghost=[None, "never_connected", "other"])

    maker.__name__ = name
    return maker


RARE = [
    rare(38, socket.SOCK_SEQPACKET, 0, "crypto"),
    rare(15, socket.SOCK_RAW, 2, "key"),
    rare(29, socket.SOCK_RAW, 1, "can"),
    rare(30, socket.SOCK_SEQPACKET, 0, "tipc"),
    rare(31, socket.SOCK_RAW, 1, "bluetooth"),
    rare(43, socket.SOCK_STREAM, 0, "smc"),
    rare(45, socket.SOCK_DGRAM, 0, "mctp"),
]


def sctp(ground):
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 132)
    ground.add("sctp", sock, "inet", "stream", "other", IDLE,
               ghost=["never_connected", "other"])
