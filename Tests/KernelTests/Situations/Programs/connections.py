"""TCP connections while they live, while they close, and after their death."""

import errno
import os
import select
import socket
import struct

from ground import await_event, deaf, fill, listener, local_of, pair
from tcp_situations import INBOUND, LINGER_RESET, OUTBOUND, ends

IPPROTO_MPTCP = 262
TCP_LINGER2 = socket.TCP_LINGER2
SOCK_DESTROY = 21
NETLINK_SOCK_DIAG = 4


def doors(ground):
    """One listening socket of each family, for all that connect."""
    if not hasattr(ground, "doors"):
        ground.doors = {}
    key = ground.prefix
    if key not in ground.doors:
        door = listener()
        ground.tcp("tcp_listen_door", door, "LISTEN", local=local_of(door), direction="listening")
        ground.doors[key] = door
    return ground.doors[key]


def tcp_established(ground):
    client, server = pair(doors(ground))
    ground.tcp("tcp_established", client, "ESTABLISHED", **ends(client), **OUTBOUND)
    ground.tcp("tcp_established_inbound", server, "ESTABLISHED", **ends(server), **INBOUND)
    ground.connected("tcp_established", client, server)


def tcp6_established(ground):
    door = listener(socket.AF_INET6)
    client, server = pair(door)
    ground.tcp("tcp6_listen", door, "LISTEN", local=local_of(door), direction="listening")
    ground.tcp("tcp6_established", client, "ESTABLISHED", **ends(client), **OUTBOUND)
    ground.tcp("tcp6_established_inbound", server, "ESTABLISHED", **ends(server), **INBOUND)
    ground.connected("tcp6_established", client, server)


def tcp6_mapped(ground):
    """IPv4 spoken through a socket of IPv6."""
    client = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
    client.connect(("::ffff:127.0.0.1", doors(ground).getsockname()[1]))
    server, _ = doors(ground).accept()
    ground.tcp("tcp6_mapped_established", client, "ESTABLISHED", **ends(client), **OUTBOUND)
    ground.tcp("tcp6_mapped_inbound", server, "ESTABLISHED", **ends(server), **INBOUND)


def tcp_queues(ground):
    client, server = pair(doors(ground))
    server.sendall(b"y" * 1000)
    await_event(client, select.POLLIN)
    ground.tcp("tcp_established_unread", client, "ESTABLISHED", receive_queue=1000,
               **ends(client), **OUTBOUND)
    ground.tcp("tcp_established_unread_peer", server, "ESTABLISHED", **ends(server), **INBOUND)
    ground.unread.append((client, b"y" * 1000))


def tcp_duplicate(ground):
    client, server = pair(doors(ground))
    truth = ends(client)
    copy = os.dup(client.fileno())
    ground.tcp("tcp_duplicate_first", client, "ESTABLISHED", **truth, **OUTBOUND)
    ground.add("tcp_duplicate_second", copy, "inet", "stream", "tcp", "ESTABLISHED", **truth,
               **OUTBOUND)
    ground.tcp("tcp_duplicate_peer", server, "ESTABLISHED", **ends(server), **INBOUND)


def tcp_close_wait(ground):
    client, server = pair(doors(ground))
    truth = ends(client)
    server.close()
    await_event(client, select.POLLRDHUP)
    ground.tcp("tcp_close_wait", client, "CLOSE_WAIT", **truth, **OUTBOUND)

    client, server = pair(doors(ground))
    truth = ends(client)
    server.sendall(b"z" * 500)
    server.close()
    await_event(client, select.POLLRDHUP)
    ground.tcp("tcp_close_wait_unread", client, "CLOSE_WAIT", receive_queue=[500, 501], **truth,
               **OUTBOUND)
    ground.unread.append((client, b"z" * 500))

    client, server = pair(doors(ground))
    truth = ends(server)
    client.close()
    await_event(server, select.POLLRDHUP)
    ground.tcp("tcp_close_wait_inbound", server, "CLOSE_WAIT", **truth, **INBOUND)


def tcp_fin_wait2(ground):
    client, server = pair(doors(ground))
    client.shutdown(socket.SHUT_WR)
    await_event(server, select.POLLRDHUP)
    ground.tcp("tcp_fin_wait2", client, "FIN_WAIT2", **ends(client), **OUTBOUND)
    ground.tcp("tcp_fin_wait2_peer", server, "CLOSE_WAIT", **ends(server), **INBOUND)


def tcp_fin_wait1(ground):
    client, server = pair(doors(ground))
    fill(client)
    client.shutdown(socket.SHUT_WR)
    ground.tcp("tcp_fin_wait1_unsent", client, "FIN_WAIT1", **ends(client), **OUTBOUND)
    ground.tcp("tcp_fin_wait1_unsent_peer", server, "ESTABLISHED", **ends(server), **INBOUND)


def tcp_fin_wait1_unacknowledged(ground):
    client, server = pair(doors(ground))
    deaf(server)
    client.shutdown(socket.SHUT_WR)
    ground.tcp("tcp_fin_wait1_unacknowledged", client, "FIN_WAIT1", **ends(client), **OUTBOUND)
    ground.tcp("tcp_fin_wait1_deaf_peer", server, "ESTABLISHED", **ends(server), **INBOUND)


def tcp_closing(ground):
    """Both close at once; our FIN waits behind data that the peer does not take."""
    client, server = pair(doors(ground))
    fill(client)
    client.shutdown(socket.SHUT_WR)
    server.shutdown(socket.SHUT_WR)
    await_event(client, select.POLLRDHUP)
    ground.tcp("tcp_closing", client, "CLOSING", **ends(client), **OUTBOUND)
    ground.tcp("tcp_closing_peer", server, "FIN_WAIT2", **ends(server), **INBOUND)


def tcp_last_ack(ground):
    """The peer closed first; our FIN waits behind data that it does not take."""
    client, server = pair(doors(ground))
    fill(client)
    server.shutdown(socket.SHUT_WR)
    await_event(client, select.POLLRDHUP)
    client.shutdown(socket.SHUT_WR)
    ground.tcp("tcp_last_ack", client, "LAST_ACK", **ends(client), **OUTBOUND)
    ground.tcp("tcp_last_ack_peer", server, "FIN_WAIT2", **ends(server), **INBOUND)


def tcp_closed_in_order(ground):
    client, server = pair(doors(ground))
    truth = ends(client)
    client.shutdown(socket.SHUT_WR)
    await_event(server, select.POLLRDHUP)
    server.close()
    await_event(client, select.POLLHUP)
    ground.tcp("tcp_time_wait_fd_open", client, "CLOSE", ghost="closed", **truth, **OUTBOUND)

    client, server = pair(doors(ground))
    truth = ends(client)
    server.close()
    await_event(client, select.POLLRDHUP)
    client.shutdown(socket.SHUT_WR)
    await_event(client, select.POLLHUP)
    ground.tcp("tcp_passive_closed_fd_open", client, "CLOSE", ghost="closed", **truth, **OUTBOUND)

    client, server = pair(doors(ground))
    truth = ends(server)
    client.close()
    await_event(server, select.POLLRDHUP)
    server.shutdown(socket.SHUT_WR)
    await_event(server, select.POLLHUP)
    ground.tcp("tcp_passive_closed_inbound", server, "CLOSE", ghost="closed", **truth, **INBOUND)


def tcp_reset(ground):
    door = doors(ground)
    client, server = pair(door)
    truth = ends(client)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RESET)
    server.close()
    await_event(client)
    ground.tcp("tcp_reset_by_peer", client, "CLOSE", ghost="reset",
               pending_error=errno.ECONNRESET, **truth, **OUTBOUND)

    client, server = pair(door)
    truth = ends(client)
    client.sendall(b"never read")
    await_event(server, select.POLLIN)
    server.close()
    await_event(client)
    ground.tcp("tcp_reset_peer_left_data", client, "CLOSE", ghost="reset",
               pending_error=errno.ECONNRESET, **truth, **OUTBOUND)

    client, server = pair(door)
    truth = ends(server)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RESET)
    client.close()
    await_event(server)
    ground.tcp("tcp_reset_inbound", server, "CLOSE", ghost="reset",
               pending_error=errno.ECONNRESET, **truth, **INBOUND)


def tcp_reset_err_consumed(ground):
    client, server = pair(doors(ground))
    truth = ends(client)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RESET)
    server.close()
    await_event(client)
    client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    ground.tcp("tcp_reset_err_consumed", client, "CLOSE", ghost=["reset", "closed"], **truth,
               **OUTBOUND)


def tcp_keepalive_death(ground):
    """CLOSE_WAIT until a keep-alive probe learns that the peer is gone for good."""
    client, server = pair(doors(ground))
    truth = ends(client)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    server.setsockopt(socket.IPPROTO_TCP, TCP_LINGER2, -1)
    server.close()
    ground.tcp("tcp_keepalive_death", client, "CLOSE", ghost=["reset", "closed"],
               pending_error=errno.EPIPE, **truth, **OUTBOUND)
    ground.later(lambda: await_event(client))


def tcp_destroyed(ground):
    """Ended by the administrator, as `ss -K` does (sock_diag(7), SOCK_DESTROY)."""
    client, server = pair(doors(ground))
    truth = ends(client)
    host, port = client.getsockname()
    there, door = client.getpeername()
    identity = struct.pack("!HH16s16s", port, door, socket.inet_aton(host),
                           socket.inet_aton(there)) + struct.pack("=III", 0, 0xFFFFFFFF,
                                                                  0xFFFFFFFF)
    request = struct.pack("=BBBBI", socket.AF_INET, socket.IPPROTO_TCP, 0, 0, 0xFFFFFFFF)
    body = request + identity
    header = struct.pack("=IHHII", 16 + len(body), SOCK_DESTROY, 5, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG) as diag:
        diag.send(header + body)
        answer = diag.recv(4096)
    code = -struct.unpack_from("=i", answer, 16)[0]
    if code:
        raise OSError(code, os.strerror(code))
    await_event(client)
    ground.tcp("tcp_ss_killed", client, "CLOSE", ghost="reset",
               pending_error=errno.ECONNABORTED, **truth, **OUTBOUND)
    await_event(server)
    ground.tcp("tcp_ss_killed_peer", server, "CLOSE", ghost="reset",
               pending_error=errno.ECONNRESET, **{"local": truth["peer"], "peer": truth["local"]},
               **INBOUND)


def mptcp(ground):
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, IPPROTO_MPTCP)
    ground.tcp("mptcp_unbound", sock, "CLOSE", ghost="never_connected", protocol="mptcp",
               local=None, peer=None, direction="none")
    door = listener(protocol=IPPROTO_MPTCP)
    ground.tcp("mptcp_listen", door, "LISTEN", protocol="mptcp", local=local_of(door),
               direction="listening")
    client, server = pair(door, IPPROTO_MPTCP)
    ground.tcp("mptcp_established", client, "ESTABLISHED", protocol="mptcp", **ends(client),
               **OUTBOUND)
    ground.tcp("mptcp_established_inbound", server, "ESTABLISHED", protocol="mptcp",
               **ends(server), **INBOUND)


def tls_layer(ground):
    client, server = pair(doors(ground))
    try:
        client.setsockopt(socket.IPPROTO_TCP, 31, b"tls")
    except OSError:
        client.close()
        server.close()
        raise
    ground.tcp("tcp_kernel_tls", client, "ESTABLISHED", **ends(client), **OUTBOUND)
    ground.tcp("tcp_kernel_tls_peer", server, "ESTABLISHED", **ends(server), **INBOUND)
