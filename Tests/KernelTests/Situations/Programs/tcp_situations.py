"""TCP sockets in every state that a descriptor can be in, dead ones included."""

import errno
import socket
import struct

from ground import await_event, begin, closed_port, deaf, disconnect, listener, local_of, peer_of

TCP_SYNCNT = socket.TCP_SYNCNT
TCP_FASTOPEN_CONNECT = 30
TCP_FASTOPEN_NO_COOKIE = 34
IP_BIND_ADDRESS_NO_PORT = 24
LINGER_RESET = struct.pack("ii", 1, 0)
OUTBOUND = {"direction": "outbound"}
INBOUND = {"direction": "inbound"}


def stream(family=socket.AF_INET):
    return socket.socket(family, socket.SOCK_STREAM)


def ends(sock):
    """Both addresses of a connection, asked while it lives."""
    return {"local": local_of(sock), "peer": peer_of(sock)}


def tcp_unbound(ground):
    ground.tcp(
        "tcp_unbound", stream(), "CLOSE", ghost="never_connected", local=None, peer=None,
        direction="none")
    ground.tcp(
        "tcp6_unbound", stream(socket.AF_INET6), "CLOSE", ghost="never_connected", local=None,
        peer=None, direction="none")


def tcp_bound_port(ground):
    for name, family in (("tcp_bound_port", socket.AF_INET), ("tcp6_bound_port", socket.AF_INET6)):
        sock = closed_port(family)
        ground.tcp(
            name, sock, ["BOUND", "CLOSE"], ghost="bound_only", local=local_of(sock), peer=None,
            direction="none")


def tcp_bind_no_port(ground):
    sock = stream()
    sock.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
    sock.bind(("127.0.0.1", 0))
    ground.tcp(
        "tcp_bind_no_port", sock, ["BOUND", "CLOSE"], ghost=["bound_only", "never_connected"],
        local=["127.0.0.1:0", None], peer=None, direction="none")


def tcp_listen(ground):
    sock = listener()
    ground.tcp("tcp_listen", sock, "LISTEN", local=local_of(sock), peer=None,
               direction="listening")
    sock = listener(socket.AF_INET6, address="::")
    ground.tcp("tcp6_listen_any", sock, "LISTEN", local=f"[::]:{sock.getsockname()[1]}",
               peer=None, direction="listening")


def tcp_reuseport_twins(ground):
    first = stream()
    first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    first.bind(("127.0.0.1", 0))
    second = stream()
    second.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    second.bind(first.getsockname())
    for index, sock in enumerate((first, second)):
        sock.listen(4)
        ground.tcp(f"tcp_reuseport_twin_{index}", sock, "LISTEN", local=local_of(sock),
                   direction="listening")


def tcp_full_backlog(ground):
    sock = listener(backlog=0)
    client = stream()
    client.connect(sock.getsockname())
    ground.tcp("tcp_listen_full_backlog", sock, "LISTEN", local=local_of(sock),
               direction="listening", receive_queue=1)
    ground.tcp("tcp_established_not_accepted", client, "ESTABLISHED", **ends(client), **OUTBOUND)


def tcp_defer_accept(ground):
    sock = stream()
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 60)
    sock.bind(("127.0.0.1", 0))
    sock.listen(4)
    client = stream()
    client.connect(sock.getsockname())
    ground.tcp("tcp_listen_defer_accept", sock, "LISTEN", local=local_of(sock),
               direction="listening")
    ground.tcp("tcp_established_deferred", client, "ESTABLISHED", **ends(client), **OUTBOUND)


def silent_peer(ground):
    """A port whose every packet is dropped, so a connect to it stays in SYN_SENT."""
    if not hasattr(ground, "silent"):
        door = listener(backlog=0)
        try:
            deaf(door)
        except PermissionError:
            # Without rights, a kernel may have no room left for filters; a full queue of
            # connections not accepted drops every further SYN too.
            client = stream()
            client.connect(door.getsockname())
            ground.tcp("tcp_silent_queue", client, "ESTABLISHED", **OUTBOUND)
        ground.silent = door
        ground.tcp("tcp_listen_silent", door, "LISTEN", direction="listening")
    return ground.silent.getsockname()


def tcp_syn_sent(ground):
    address = silent_peer(ground)
    sock = stream()
    sock.setsockopt(socket.IPPROTO_TCP, TCP_SYNCNT, 30)
    begin(sock, address)
    ground.tcp("tcp_syn_sent", sock, "SYN_SENT", local=local_of(sock),
               peer="%s:%d" % address, **OUTBOUND)


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def tcp_syn_recv(ground):
    """Both ends open at once: our SYN is answered by a SYN, and its ACK never comes."""
    address = silent_peer(ground)
    sock = stream()
    sock.setsockopt(socket.IPPROTO_TCP, TCP_SYNCNT, 30)
    begin(sock, address)
    local = sock.getsockname()
    here, there = socket.inet_aton("127.0.0.1"), socket.inet_aton("127.0.0.1")
    header = struct.pack("!HHIIBBHHH", address[1], local[1], 7, 0, 5 << 4, 0x02, 65535, 0, 0)
    code = checksum(there + here + struct.pack("!BBH", 0, socket.IPPROTO_TCP, 20) + header)
    header = header[:16] + struct.pack("!H", code) + header[18:]
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP) as raw:
        raw.sendto(header, ("127.0.0.1", 0))
    ground.tcp("tcp_syn_recv", sock, "SYN_RECV", local="%s:%d" % local,
               peer="%s:%d" % address, **OUTBOUND)


def tcp_refused(ground):
    for name, family in (("tcp_refused", socket.AF_INET), ("tcp6_refused", socket.AF_INET6)):
        closed = closed_port(family)
        ground.tcp(name + "_port_keeper", closed, ["BOUND", "CLOSE"], ghost="bound_only",
                   local=local_of(closed))
        sock = stream(family)
        sock.bind((closed.getsockname()[0], 0))
        local = local_of(sock)
        try:
            begin(sock, closed.getsockname()[:2])
        except ConnectionRefusedError:
            pass
        await_event(sock)
        ground.tcp(name, sock, "CLOSE", ghost="connect_failed", local=local,
                   peer=local_of(closed), pending_error=errno.ECONNREFUSED, **OUTBOUND)


def tcp_refused_blocking(ground):
    closed = closed_port()
    sock = stream()
    try:
        sock.connect(closed.getsockname())
    except ConnectionRefusedError:
        pass
    closed.close()
    ground.tcp("tcp_refused_blocking", sock, "CLOSE", ghost="connect_failed", peer=None,
               direction=["outbound", "unknown", "none"])


def tcp_timed_out(ground):
    address = silent_peer(ground)
    sock = stream()
    sock.setsockopt(socket.IPPROTO_TCP, TCP_SYNCNT, 1)
    begin(sock, address)
    ground.tcp("tcp_timed_out", sock, "CLOSE", ghost="connect_failed", local=local_of(sock),
               peer="%s:%d" % address, pending_error=errno.ETIMEDOUT, **OUTBOUND)
    ground.later(lambda: await_event(sock))


def tcp_fastopen_deferred(ground):
    """Connected as far as the program knows; the SYN waits for the first data."""
    sock = stream()
    sock.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1)
    sock.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, 1)
    target = listener()
    ground.tcp("tcp_listen_fastopen_target", target, "LISTEN", direction="listening")
    sock.connect(target.getsockname())
    ground.tcp("tcp_fastopen_deferred", sock, "SYN_SENT", peer=local_of(target), **OUTBOUND)


def tcp_disconnected_af_unspec(ground):
    address = silent_peer(ground)
    sock = stream()
    begin(sock, address)
    disconnect(sock)
    ground.tcp("tcp_disconnected_af_unspec", sock, "CLOSE",
               ghost=["connect_failed", "reset", "other"], peer=None,
               pending_error=errno.ECONNRESET)


def tcp_self_connected(ground):
    """Connected to itself, by the simultaneous opening of RFC 9293."""
    sock = stream()
    sock.bind(("127.0.0.1", 0))
    sock.connect(sock.getsockname())
    ground.tcp("tcp_self_connected", sock, "ESTABLISHED", **ends(sock))
