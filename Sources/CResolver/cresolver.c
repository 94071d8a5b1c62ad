#define _GNU_SOURCE
#include "cresolver.h"

#include <sys/stat.h>
#include <ares.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

struct CResolverChannel {
    ares_channel ares;
    CResolverAnswer answer;
    void *context;
    /// Why the last socket could not be made, 0 when it could.
    int socket_error;
};

typedef struct Question {
    CResolverChannel *channel;
    uint64_t token;
} Question;

// c-ares with its own socket calls neither reports why socket(2) failed nor keeps SIGPIPE away.

static ares_socket_t open_socket(int family, int type, int protocol, void *context) {
    CResolverChannel *channel = context;
    const int descriptor = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    channel->socket_error = descriptor < 0 ? errno : 0;
    if (descriptor >= 0 && type == SOCK_STREAM) {
        const int on = 1;
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    return descriptor;
}

static int close_socket(ares_socket_t descriptor, void *context) {
    (void)context;
    return close(descriptor);
}

static int connect_socket(ares_socket_t descriptor, const struct sockaddr *address,
                          ares_socklen_t length, void *context) {
    (void)context;
    return connect(descriptor, address, length);
}

static ares_ssize_t receive(ares_socket_t descriptor, void *buffer, size_t capacity, int flags,
                            struct sockaddr *source, ares_socklen_t *length, void *context) {
    (void)context;
    return recvfrom(descriptor, buffer, capacity, flags, source, length);
}

static ares_ssize_t send_pieces(ares_socket_t descriptor, const struct iovec *pieces, int count,
                                void *context) {
    (void)context;
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = (struct iovec *)pieces;
    message.msg_iovlen = (size_t)count;
    return sendmsg(descriptor, &message, MSG_NOSIGNAL);
}

static const struct ares_socket_functions socket_functions = {
    .asocket = open_socket,
    .aclose = close_socket,
    .aconnect = connect_socket,
    .arecvfrom = receive,
    .asendv = send_pieces,
};

static pthread_once_t library_once = PTHREAD_ONCE_INIT;

static void start_library(void) { ares_library_init(ARES_LIB_INIT_ALL); }

CResolverChannel *cresolver_create(const char *server, int timeout_milliseconds,
                                   CResolverAnswer answer, void *context) {
    pthread_once(&library_once, start_library);
    CResolverChannel *channel = calloc(1, sizeof *channel);
    if (channel == NULL) return NULL;
    channel->answer = answer;
    channel->context = context;
    // Everything that c-ares would look up in files is given, so that it reads none. Without
    // NOCHECKRESP it would hide SERVFAIL behind "could not contact DNS servers".
    struct ares_options options;
    memset(&options, 0, sizeof options);
    char lookups[] = "b";
    char nowhere[] = "/dev/null";
    options.flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES;
    options.timeout = timeout_milliseconds;
    options.tries = 1;
    options.ndots = 1;
    options.lookups = lookups;
    options.resolvconf_path = nowhere;
    const int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS |
                     ARES_OPT_LOOKUPS | ARES_OPT_DOMAINS | ARES_OPT_RESOLVCONF;
    if (ares_init_options(&channel->ares, &options, mask) != ARES_SUCCESS) {
        free(channel);
        return NULL;
    }
    if (ares_set_servers_ports_csv(channel->ares, server) != ARES_SUCCESS) {
        ares_destroy(channel->ares);
        free(channel);
        return NULL;
    }
    ares_set_socket_functions(channel->ares, &socket_functions, channel);
    return channel;
}

static CResolverStatus meaning(const CResolverChannel *channel, int status, const void *message) {
    if (message != NULL && status != ARES_EDESTRUCTION) return CResolverAnswered;
    switch (status) {
    case ARES_ETIMEOUT:
        return CResolverTimedOut;
    case ARES_ECONNREFUSED:
    case ARES_EOF:
        return channel->socket_error != 0 ? CResolverNoSocket : CResolverUnreachable;
    case ARES_EBADNAME:
    case ARES_EBADQUERY:
        return CResolverBadName;
    case ARES_ENOMEM:
        return CResolverNoMemory;
    case ARES_EDESTRUCTION:
    case ARES_ECANCELLED:
        return CResolverDestroyed;
    default:
        return CResolverFailed;
    }
}

static void answered(void *argument, int status, int timeouts, unsigned char *message,
                     int length) {
    (void)timeouts;
    Question *question = argument;
    CResolverChannel *channel = question->channel;
    const uint64_t token = question->token;
    free(question);
    channel->answer(channel->context, token, meaning(channel, status, message),
                    channel->socket_error, message, length > 0 ? (size_t)length : 0);
}

void cresolver_ask(CResolverChannel *channel, const char *name, int type, uint64_t token) {
    enum { class_internet = 1 };
    Question *question = malloc(sizeof *question);
    if (question == NULL) {
        channel->answer(channel->context, token, CResolverNoMemory, 0, NULL, 0);
        return;
    }
    question->channel = channel;
    question->token = token;
    channel->socket_error = 0;
    ares_query(channel->ares, name, class_internet, type, answered, question);
}

int cresolver_sockets(CResolverChannel *channel, int *descriptors, short *events, int capacity) {
    ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
    const int wanted = ares_getsock(channel->ares, sockets, ARES_GETSOCK_MAXNUM);
    int count = 0;
    for (int index = 0; index < ARES_GETSOCK_MAXNUM && count < capacity; index++) {
        short interest = 0;
        if (ARES_GETSOCK_READABLE(wanted, index)) interest |= POLLIN;
        if (ARES_GETSOCK_WRITABLE(wanted, index)) interest |= POLLOUT;
        if (interest == 0) continue;
        descriptors[count] = sockets[index];
        events[count] = interest;
        count++;
    }
    return count;
}

int cresolver_wait_milliseconds(CResolverChannel *channel) {
    struct timeval limit;
    const struct timeval *wait = ares_timeout(channel->ares, NULL, &limit);
    if (wait == NULL) return -1;
    // Rounded up: a poll that returns early would spin through the last millisecond.
    return (int)(wait->tv_sec * 1000 + (wait->tv_usec + 999) / 1000);
}

void cresolver_process(CResolverChannel *channel, int descriptor, bool readable, bool writable) {
    const ares_socket_t nothing = ARES_SOCKET_BAD;
    ares_process_fd(channel->ares, readable ? descriptor : nothing,
                    writable ? descriptor : nothing);
}

void cresolver_destroy(CResolverChannel *channel) {
    ares_destroy(channel->ares);
    free(channel);
}

int cresolver_wake_create(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void cresolver_wake(int descriptor) { eventfd_write(descriptor, 1); }

void cresolver_wake_drain(int descriptor) {
    eventfd_t count;
    eventfd_read(descriptor, &count);
}

void cresolver_name_thread(void) { pthread_setname_np(pthread_self(), "sockeye-dns"); }

bool cresolver_regular_file(int descriptor, CResolverFile *file) {
    struct stat status;
    if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        return false;
    }
    file->modified_nanoseconds =
        (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
    file->size = status.st_size;
    file->inode = status.st_ino;
    return true;
}
