#define _GNU_SOURCE
#include "clinuxshims.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/netlink_diag.h>
#include <linux/packet_diag.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// The layouts that the Swift readers of these messages rely on.
_Static_assert(sizeof(struct nlmsghdr) == 16, "netlink header");
_Static_assert(NLM_F_DUMP_INTR == 0x10, "interrupted dumps");
_Static_assert((NLM_F_REQUEST | NLM_F_DUMP) == 0x301, "dump requests");
_Static_assert(SOCK_DIAG_BY_FAMILY == 20, "message type");
_Static_assert(sizeof(struct inet_diag_req_v2) == 56, "inet request");
_Static_assert(sizeof(struct inet_diag_req) == 60 && TCPDIAG_GETSOCK == 18, "older inet request");
_Static_assert(sizeof(struct inet_diag_msg) == 72, "inet row");
_Static_assert(offsetof(struct inet_diag_msg, id.idiag_src) == 8, "inet row, source");
_Static_assert(offsetof(struct inet_diag_msg, id.idiag_dst) == 24, "inet row, destination");
_Static_assert(offsetof(struct inet_diag_msg, idiag_expires) == 52, "inet row, timer");
_Static_assert(offsetof(struct inet_diag_msg, idiag_inode) == 68, "inet row, inode");
_Static_assert(INET_DIAG_INFO == 2 && INET_DIAG_REQ_PROTOCOL == 3, "inet attributes");
_Static_assert(sizeof(struct unix_diag_req) == 24, "unix request");
_Static_assert(offsetof(struct unix_diag_msg, udiag_ino) == 4, "unix row, inode");
_Static_assert(UNIX_DIAG_NAME == 0 && UNIX_DIAG_PEER == 2 && UNIX_DIAG_RQLEN == 4, "unix attributes");
_Static_assert(sizeof(struct netlink_diag_req) == 20, "netlink request");
_Static_assert(offsetof(struct netlink_diag_msg, ndiag_portid) == 4, "netlink row, port");
_Static_assert(offsetof(struct netlink_diag_msg, ndiag_ino) == 16, "netlink row, inode");
_Static_assert(sizeof(struct packet_diag_req) == 20, "packet request");
_Static_assert(offsetof(struct packet_diag_msg, pdiag_ino) == 4, "packet row, inode");

static int open_socket(void) {
    int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (descriptor < 0) return -errno;
    // A large buffer saves wake-ups; the kernel cuts it to its own limit (socket(7), SO_RCVBUF).
    int size = 1 << 20;
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    // A kernel that stops answering must not hold us for ever.
    struct timeval patience = {.tv_sec = 5};
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return descriptor;
}

struct visit {
    int netns;
    int result;
};

static void *enter_and_open(void *argument) {
    struct visit *visit = argument;
    visit->result = setns(visit->netns, CLONE_NEWNET) == 0 ? open_socket() : -errno;
    return NULL;
}

int clinux_diag_socket(int netns) {
    if (netns < 0) return open_socket();
    struct visit visit = {.netns = netns, .result = -EAGAIN};
    pthread_t thread;
    int error = pthread_create(&thread, NULL, enter_and_open, &visit);
    if (error != 0) return -error;
    pthread_join(thread, NULL);
    return visit.result;
}

int clinux_netlink_send(int socket, const uint8_t *bytes, uint32_t count) {
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    ssize_t sent;
    do {
        sent = sendto(socket, bytes, count, 0, (struct sockaddr *)&kernel, sizeof kernel);
    } while (sent < 0 && errno == EINTR);
    return sent < 0 ? errno : 0;
}

int64_t clinux_boot_time(void) {
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}
