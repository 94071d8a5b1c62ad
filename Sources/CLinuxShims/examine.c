#define _GNU_SOURCE
#include "clinuxshims.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// Headers that are older than the kernel lack these numbers; they are the same on every
// architecture that has them (include/uapi/asm-generic/unistd.h, asm-generic/socket.h).
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif
#ifndef SO_PEERNAME
#define SO_PEERNAME 28
#endif
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif
#ifndef SIOCGSKNS
#define SIOCGSKNS 0x894C
#endif
#define TCP_INFO_OPTION 11
#define MPTCP_PROTOCOL 262
// Of tcpi_pmtu in struct tcp_info; pins.c holds it.
#define PMTU_OFFSET 60

_Static_assert(SYS_pidfd_open == 434 && SYS_pidfd_getfd == 438, "system call numbers");
_Static_assert(SO_PEERNAME == 28, "include/uapi/asm-generic/socket.h");
_Static_assert(FIONREAD == 0x541B, "include/uapi/asm-generic/ioctls.h");

static int integer_option(int socket, int name) {
    int value = -1;
    socklen_t length = sizeof value;
    return getsockopt(socket, SOL_SOCKET, name, &value, &length) == 0 ? value : -1;
}

uint64_t clinux_netns_cookie(int socket) {
    uint64_t cookie = 0;
    socklen_t length = sizeof cookie;
    return getsockopt(socket, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &length) == 0 ? cookie : 0;
}

static uint64_t netns_inode(int socket) {
    struct stat status;
    uint64_t inode = 0;
    int namespace = ioctl(socket, SIOCGSKNS);
    if (namespace < 0) return 0;
    if (fstat(namespace, &status) == 0) inode = status.st_ino;
    close(namespace);
    return inode;
}

static void ask_tcp(int socket, clinux_examination *out) {
    socklen_t length = sizeof out->tcp;
    if (getsockopt(socket, IPPROTO_TCP, TCP_INFO_OPTION, out->tcp, &length) == 0)
        out->tcp_length = length;
}

// Whether a socket of TCP was ever asked to connect, or accepted: without a path nothing was
// received, there is no other side, and no error.
static int has_path(const clinux_examination *out) {
    uint32_t mtu;
    if (out->tcp_length < PMTU_OFFSET + sizeof mtu) return 1;
    memcpy(&mtu, out->tcp + PMTU_OFFSET, sizeof mtu);
    return mtu != 0;
}

static void ask_local(int socket, clinux_examination *out) {
    socklen_t length = sizeof out->local;
    if (getsockname(socket, (struct sockaddr *)out->local, &length) == 0)
        out->local_length = length < sizeof out->local ? length : sizeof out->local;
}

static void ask_peer(int socket, clinux_examination *out) {
    socklen_t length;
    // More than the size of the family's own address is EINVAL.
    length = out->domain == AF_INET    ? sizeof(struct sockaddr_in)
             : out->domain == AF_INET6 ? sizeof(struct sockaddr_in6)
                                       : sizeof out->peer;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERNAME, out->peer, &length) == 0)
        out->peer_length = length < sizeof out->peer ? length : sizeof out->peer;
}

static void ask(int socket, uint64_t home_cookie, clinux_examination *out) {
    out->protocol = integer_option(socket, SO_PROTOCOL);
    ask_local(socket, out);
    sa_family_t family;
    memcpy(&family, out->local, sizeof family);
    int is_stream = out->protocol == IPPROTO_TCP || out->protocol == MPTCP_PROTOCOL;
    if (is_stream && out->local_length > 0 && (family == AF_INET || family == AF_INET6)) {
        out->domain = family;
        out->type = SOCK_STREAM;
    } else {
        out->domain = integer_option(socket, SO_DOMAIN);
        out->type = integer_option(socket, SO_TYPE);
    }
    out->netns_cookie = clinux_netns_cookie(socket);
    if (home_cookie != 0 && out->netns_cookie != 0 && out->netns_cookie != home_cookie)
        out->netns_inode = netns_inode(socket);
    int is_inet = out->domain == AF_INET || out->domain == AF_INET6;
    if (is_inet && out->type == SOCK_STREAM) {
        ask_tcp(socket, out);
        if (!has_path(out)) return;
        int unread;
        if (ioctl(socket, FIONREAD, &unread) == 0) out->unread = unread;
    }
    ask_peer(socket, out);
    struct pollfd poller = {.fd = socket, .events = POLLIN | POLLOUT | POLLRDHUP};
    if (poll(&poller, 1, 0) >= 0) out->poll_events = poller.revents;
}

int clinux_confirm(int pidfd, int number, uint64_t *inode, int *state) {
    int duplicate = (int)syscall(SYS_pidfd_getfd, pidfd, number, 0);
    if (duplicate < 0) return errno;
    struct stat status;
    uint8_t first = 0;
    socklen_t length = sizeof first;
    int result = fstat(duplicate, &status) != 0 ? errno : 0;
    *inode = status.st_ino;
    // The state is the structure's first byte.
    if (getsockopt(duplicate, IPPROTO_TCP, TCP_INFO_OPTION, &first, &length) != 0) first = 0;
    *state = first;
    close(duplicate);
    return result;
}

int clinux_examine(int pidfd, int number, uint64_t home_cookie, clinux_examination *out) {
    memset(out, 0, offsetof(clinux_examination, tcp));
    out->domain = -1;
    out->unread = -1;
    int duplicate = (int)syscall(SYS_pidfd_getfd, pidfd, number, 0);
    if (duplicate < 0) return errno;
    struct stat status;
    int result = fstat(duplicate, &status) != 0 ? errno : S_ISSOCK(status.st_mode) ? 0 : ENOTSOCK;
    if (result == 0) {
        out->inode = status.st_ino;
        ask(duplicate, home_cookie, out);
    }
    close(duplicate);
    return result;
}

int clinux_pidfd_open(pid_t pid, int is_thread) {
    // PIDFD_THREAD is O_EXCL (include/uapi/linux/pidfd.h).
    int descriptor = (int)syscall(SYS_pidfd_open, pid, is_thread ? O_EXCL : 0);
    return descriptor < 0 ? -errno : descriptor;
}
