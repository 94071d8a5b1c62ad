#ifndef SOCKEYE_CRESOLVER_H
#define SOCKEYE_CRESOLVER_H

// The C door to c-ares, used as a transport only: one channel asks one server, once. Which server
// is asked next, and what an answer means, is decided outside.
//
// A channel belongs to one thread. c-ares picks the query identifiers and the source ports, drops
// answers that match no question or come from another address, and asks again over TCP when an
// answer is truncated (RFC 7766).

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A channel to one DNS server.
typedef struct CResolverChannel CResolverChannel;

/// How a question ended.
typedef enum CResolverStatus {
    /// A whole message came, whatever its response code.
    CResolverAnswered = 0,
    /// Nothing usable came in time.
    CResolverTimedOut = 1,
    /// The server cannot be reached, or closed the connection.
    CResolverUnreachable = 2,
    /// The name cannot be asked for (RFC 1035, section 2.3.4).
    CResolverBadName = 3,
    /// A socket could not be made; `error_number` says why.
    CResolverNoSocket = 4,
    /// There was no memory.
    CResolverNoMemory = 5,
    /// The channel was destroyed.
    CResolverDestroyed = 6,
    /// Anything else that c-ares says.
    CResolverFailed = 7,
} CResolverStatus;

/// Called once for each question, from `cresolver_ask`, `cresolver_process` or
/// `cresolver_destroy`. The message lives until the call returns; it is NULL when there is none.
/// It must not call back into the channel.
typedef void (*CResolverAnswer)(void *context, uint64_t token, CResolverStatus status,
                                int error_number, const uint8_t *message, size_t length);

/// Makes a channel to `server`: an address, `IPv4:port` or `[IPv6]:port`. Opens no socket yet.
/// Returns NULL when the text is no address, or without memory.
CResolverChannel *cresolver_create(const char *server, int timeout_milliseconds,
                                   CResolverAnswer answer, void *context);

/// Asks for records of a type in class IN, with recursion.
void cresolver_ask(CResolverChannel *channel, const char *name, int type, uint64_t token);

/// Writes the channel's sockets and their poll(2) events; returns how many, at most `capacity`
/// and at most `CRESOLVER_SOCKETS_MAX`.
int cresolver_sockets(CResolverChannel *channel, int *descriptors, short *events, int capacity);

/// The most sockets a channel has: one for UDP and one for TCP.
enum { CRESOLVER_SOCKETS_MAX = 2 };

/// How long poll(2) may wait before `cresolver_process` is due, in milliseconds; −1 when nothing
/// is under way.
int cresolver_wait_milliseconds(CResolverChannel *channel);

/// Reads from and writes to one socket, or none (−1), and sees to the time limits.
void cresolver_process(CResolverChannel *channel, int descriptor, bool readable, bool writable);

/// Ends every question with `CResolverDestroyed`, closes every socket and frees the channel.
void cresolver_destroy(CResolverChannel *channel);

/// Makes a descriptor that wakes a poll (eventfd(2)); −1 with errno when there is none.
int cresolver_wake_create(void);

/// Makes the descriptor readable. Async-signal-safe, safe from any thread.
void cresolver_wake(int descriptor);

/// Makes the descriptor unreadable again.
void cresolver_wake_drain(int descriptor);

/// What tells one state of a file from another.
typedef struct CResolverFile {
    int64_t modified_nanoseconds;
    int64_t size;
    uint64_t inode;
} CResolverFile;

/// Reads the state of a regular file (fstat(2)); false for anything else.
///
/// Here because Foundation's and Glibc's modules both own `struct stat`, and Swift sees only one.
bool cresolver_regular_file(int descriptor, CResolverFile *file);

/// Names the calling thread for ps(1) and debuggers.
void cresolver_name_thread(void);

#endif
