"""Makes every situation a socket can be in, says the truth of each, and checks them again.

Usage: situations.py DIRECTORY [--own-namespace]

Prints one JSON object a line: the situations, those that are unavailable here, then
`{"ready": true}`. Obeys `verify` and `quit` on its input. The truth is what this program knows
from what it did; it asks no table of the kernel.
"""

import json
import os
import select
import signal
import socket
import sys
import threading

import connections
import datagrams
import descriptors
import tcp_situations
from ground import Ground, loopback_up, new_network_namespace

TCP = [
    # These two take seconds; they come first.
    tcp_situations.tcp_timed_out, connections.tcp_keepalive_death,
    tcp_situations.tcp_unbound, tcp_situations.tcp_bound_port, tcp_situations.tcp_bind_no_port,
    tcp_situations.tcp_listen, tcp_situations.tcp_reuseport_twins,
    tcp_situations.tcp_full_backlog, tcp_situations.tcp_defer_accept,
    tcp_situations.tcp_syn_sent, tcp_situations.tcp_syn_recv, tcp_situations.tcp_refused,
    tcp_situations.tcp_refused_blocking, tcp_situations.tcp_fastopen_deferred,
    tcp_situations.tcp_disconnected_af_unspec, tcp_situations.tcp_self_connected,
    connections.tcp_established, connections.tcp6_established, connections.tcp6_mapped,
    connections.tcp_queues, connections.tcp_duplicate, connections.tcp_close_wait,
    connections.tcp_fin_wait2, connections.tcp_fin_wait1,
    connections.tcp_fin_wait1_unacknowledged, connections.tcp_closing,
    connections.tcp_last_ack, connections.tcp_closed_in_order, connections.tcp_reset,
    connections.tcp_reset_err_consumed, connections.tcp_destroyed, connections.mptcp,
    connections.tls_layer,
]
OTHER = [
    datagrams.udp_situations, datagrams.udp_disconnected, datagrams.udp_refused,
    datagrams.udp_unread, datagrams.udplite_bound, datagrams.raw_icmp, datagrams.icmp_ping,
    datagrams.unix_streams, datagrams.unix_datagrams, datagrams.netlink, datagrams.packet,
    datagrams.vsock, datagrams.xdp, datagrams.sctp, *datagrams.RARE,
]
FOREIGN = [
    tcp_situations.tcp_unbound, tcp_situations.tcp_bound_port, tcp_situations.tcp_listen,
    tcp_situations.tcp_refused, connections.tcp_established, connections.tcp_close_wait,
    connections.tcp_reset, datagrams.udp_situations, datagrams.raw_icmp, datagrams.netlink,
    datagrams.packet,
]

signals = []
HARMLESS = {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}


def listen_for_signals():
    """Notes every signal that arrives; an inspection sends none."""
    for number in signal.valid_signals() - HARMLESS:
        try:
            signal.signal(number, lambda number, _: signals.append(number))
        except (OSError, ValueError):
            pass


def foreign(ground, prefix, makers, stays=None):
    """Makes sockets in another network namespace, which this process then only holds."""
    failure = []
    made = threading.Event()

    def work():
        try:
            new_network_namespace()
            for maker in makers:
                ground.attempt(maker)
        except OSError as error:
            failure.append(error)
        made.set()
        if stays and not failure:
            stays.wait()

    ground.prefix, ground.foreign = prefix, True
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    made.wait()
    if not stays or failure:
        thread.join()
    for error in failure:
        ground.refuse("all", error)
    ground.prefix, ground.foreign = "", False


def table():
    """The descriptors of this process with what their links say, without the one that lists."""
    result = {}
    for entry in os.listdir("/proc/self/fd"):
        try:
            result[int(entry)] = os.readlink(f"/proc/self/fd/{entry}")
        except FileNotFoundError:
            pass
    return result


def portrait(row):
    """What can be asked of a socket without changing it."""
    descriptor = row["descriptor"]
    poll = select.poll()
    poll.register(descriptor, select.POLLIN | select.POLLOUT | select.POLLRDHUP)
    seen = {"poll": [events for _, events in poll.poll(0)]}
    if row.get("type") != "stream" or row["family"] not in ("inet", "inet6"):
        return seen
    with borrowed(row) as sock:
        seen["local"] = repr(sock.getsockname())
        seen["keepalive"] = sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        seen["blocking"] = os.get_blocking(descriptor)
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
        seen["state"] = info[0]
    return seen


def borrowed(row):
    """A second descriptor of the socket; naming a family keeps Python from asking for it."""
    family = socket.AF_INET6 if row["family"] == "inet6" else socket.AF_INET
    return socket.socket(family, socket.SOCK_STREAM, 0, os.dup(row["descriptor"]))


def sockets(ground):
    return [row for row in ground.rows if "kind" not in row]


def differences(ground, before, portraits, poll):
    """All that is not as it was; reads the pending errors, so only once."""
    found = []
    after = table()
    for number in sorted(before.keys() | after.keys()):
        if before.get(number) != after.get(number):
            found.append(f"descriptor {number}: {before.get(number)} -> {after.get(number)}")
    for row in ground.rows:
        if os.fstat(row["descriptor"]).st_ino != row["inode"]:
            found.append(f"{row['name']}: another inode")
    for row in sockets(ground):
        now = portrait(row)
        if now != portraits[row["descriptor"]]:
            found.append(f"{row['name']}: {portraits[row['descriptor']]} -> {now}")
    if signals:
        found.append(f"signals arrived: {signals}")
    with open("/proc/self/status", encoding="ascii") as file:
        tracer = [line.split()[1] for line in file if line.startswith("TracerPid")]
    if tracer != ["0"]:
        found.append(f"traced by {tracer}")
    return found + pending_errors(ground) + unread(ground) + watched(poll) + ends(ground)


def pending_errors(ground):
    found = []
    for row in sockets(ground):
        with borrowed(row) as sock:
            code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code != row["pending_error"]:
            found.append(f"{row['name']}: SO_ERROR {code}, not {row['pending_error']}")
    return found


def unread(ground):
    found = []
    for sock, data in ground.unread:
        sock.setblocking(False)
        if sock.recv(65536) != data:
            found.append(f"data that waited in descriptor {sock.fileno()} is gone")
    return found


def watch(ground):
    """Registers the connections for edges, and takes the events that are due now."""
    poll = next(item for item in ground.held if isinstance(item, select.epoll))
    for _, client, server in ground.connections:
        for sock in (client, server):
            poll.register(sock, select.EPOLLIN | select.EPOLLOUT | select.EPOLLET)
    poll.poll(0)
    return poll


def watched(poll):
    """A look at a socket is no event of it, and leaves it registered."""
    return ["an event arrived where nothing happened"] if poll.poll(0) else []


def ends(ground):
    """Closing one end is seen by the other at once: nobody else holds the connection."""
    found = []
    for name, client, server in ground.connections:
        client.close()
        try:
            if server.recv(1, socket.MSG_DONTWAIT) != b"":
                found.append(f"{name}: data instead of an end")
        except BlockingIOError:
            found.append(f"{name}: close() sent no FIN")
    return found


def say(value):
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def main():
    listen_for_signals()
    ground = Ground(own_namespace="--own-namespace" in sys.argv)
    ground.directory = sys.argv[1]
    if ground.own_namespace:
        loopback_up()
    for maker in TCP + OTHER + descriptors.ALL:
        ground.attempt(maker)
    foreign(ground, "foreign_", FOREIGN)
    stays = threading.Event()
    foreign(ground, "foreign_lived_in_", [connections.tcp_established], stays)
    for wait in ground.waits:
        wait()

    for row in ground.rows + ground.unavailable:
        say(row)
    poll = watch(ground)
    before = table()
    portraits = {row["descriptor"]: portrait(row) for row in sockets(ground)}
    say({"ready": True, "pid": os.getpid(), "others": others(ground)})
    for line in sys.stdin:
        if line.strip() == "verify":
            found = differences(ground, before, portraits, poll)
            say({"verified": True} if not found else {"verified": False, "differences": found})
        elif line.strip() == "quit":
            return


def others(ground):
    """Descriptors that are part of no situation: there must be none."""
    known = {row["descriptor"] for row in ground.rows}
    return {str(number): link for number, link in table().items() if number not in known
            and not link.startswith("/proc/")}


if __name__ == "__main__":
    main()
