#ifndef SOCKEYE_CLINUXSHIMS_H
#define SOCKEYE_CLINUXSHIMS_H

// The C door to the calls of Linux that Swift cannot import: variadic system calls, function-like
// macros, and what must be over within microseconds.

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What a duplicate of another process's descriptor answered.
typedef struct clinux_examination {
    uint64_t inode;          ///< Of the socket (fstat(2)).
    uint64_t netns_cookie;   ///< Of its network namespace (SO_NETNS_COOKIE, Linux 5.14); 0: none.
    uint64_t netns_inode;    ///< Of its network namespace (SIOCGSKNS); 0 when not asked or refused.
    int32_t domain;          ///< SO_DOMAIN; -1 when it could not be asked.
    int32_t type;            ///< SO_TYPE.
    int32_t protocol;        ///< SO_PROTOCOL.
    int32_t poll_events;     ///< What poll(2) said at once.
    int32_t unread;          ///< Bytes received and not read (FIONREAD); -1 where it has no sense.
    uint32_t tcp_length;     ///< Valid bytes of `tcp`; 0 when the socket is not of TCP.
    uint32_t local_length;   ///< Valid bytes of `local`; 0 when there is no name.
    uint32_t peer_length;    ///< Valid bytes of `peer`; 0 when there is no other side.
    uint8_t tcp[256];        ///< struct tcp_info.
    uint8_t local[128];      ///< getsockname(2).
    uint8_t peer[128];       ///< SO_PEERNAME, which a dead connection still answers.
} clinux_examination;

/// Duplicates descriptor `number` of the process behind `pidfd`, asks it, and closes the duplicate.
///
/// The duplicate lives within this call only, since while it does, a close(2) by the owner sends
/// no FIN. Nothing is consumed: SO_ERROR, which reading would take away, is not asked for. The
/// inode of the network namespace is asked for only with `home_cookie` other than 0 and other
/// than the socket's own cookie.
///
/// Returns 0, or the errno of pidfd_getfd(2) (EBADF: no such descriptor; EPERM: no permission;
/// ESRCH: the process has ended), or ENOTSOCK.
int clinux_examine(int pidfd, int number, uint64_t home_cookie, clinux_examination *out);

/// Asks the same way for as much as tells whether a descriptor is still the socket it was, and
/// dead: its inode, and the number of its TCP state (0: not of TCP).
///
/// Returns as `clinux_examine`.
int clinux_confirm(int pidfd, int number, uint64_t *inode, int *state);

/// Opens a descriptor of a process (pidfd_open(2)), close-on-exec; with `is_thread` of one of its
/// threads (PIDFD_THREAD, Linux 6.9). Returns it, or -errno.
int clinux_pidfd_open(pid_t pid, int is_thread);

/// Opens a sock_diag netlink socket in the network namespace behind `netns`, or in the caller's
/// own with -1.
///
/// Another namespace is entered on a thread that ends with this call: setns(2) acts on one
/// thread, and the rest of the process stays where it is. Returns the socket, or -errno.
int clinux_diag_socket(int netns);

/// The cookie of the network namespace that a socket is in; 0 when the kernel has none.
uint64_t clinux_netns_cookie(int socket);

/// Sends one datagram to the kernel. Returns 0 or an errno.
int clinux_netlink_send(int socket, const uint8_t *bytes, uint32_t count);

/// Seconds since boot, suspension included (CLOCK_BOOTTIME), in nanoseconds.
int64_t clinux_boot_time(void);

/// Names the pipe that caught signals are written to, each as a byte of its number; -1 for none.
///
/// The top bit is set when the kernel sent it by itself, as a terminal's driver does at Ctrl-C
/// (sigaction(2), SI_KERNEL). One for the whole program, and named before anything is caught.
void clinux_signal_pipe(int writing);

/// Lets a signal write to the pipe instead of what it did before. What was ignored when the program
/// started, as nohup(1) has it, stays ignored, but for SIGCHLD. Returns 0, ECANCELED for an ignored
/// one, or another errno.
int clinux_signal_catch(int number);

/// Lets a signal that was caught do again what it did before.
void clinux_signal_release(int number);

/// Makes descendants whose parents end children of this process (PR_SET_CHILD_SUBREAPER, prctl(2)).
/// Returns 0 or an errno.
int clinux_adopt_orphans(void);

/// What perf event is asked for (struct perf_event_attr). It is made disabled, counts time on
/// CLOCK_MONOTONIC, leaves the kernel's part of stacks out, and wakes by bytes, not by events.
typedef struct clinux_perf_request {
    uint32_t type;             ///< PERF_TYPE_TRACEPOINT 2, PERF_TYPE_SOFTWARE 1, or a PMU's number.
    uint64_t config;           ///< The number of the tracepoint.
    uint64_t uprobe_offset;    ///< Where in the file, for a uprobe.
    uint64_t sample_type;      ///< What a sample has.
    uint64_t registers;        ///< sample_regs_user.
    uint32_t stack;            ///< sample_stack_user: bytes, a multiple of 8.
    uint32_t watermark;        ///< Bytes in the ring that wake its reader.
    uint16_t frames;           ///< The most frames of a stack.
    int32_t pid;               ///< A thread, or -1 for all.
    int32_t cpu;               ///< One processor.
    uint8_t counts;            ///< Whether each event gives a sample.
    uint8_t is_urgent;         ///< Whether each sample wakes the reader.
    /// Whether threads that are started later have it too. Never for a uprobe: the kernel would
    /// read the path's address in the other process, whose clone(2) then fails with EFAULT.
    uint8_t inherit;
    uint8_t threads_only;      ///< Whether it is inherited by threads, and not by processes.
    /// Whether starts, ends, execve(2) and files that are mapped to be executed are told.
    uint8_t follows_tasks;
} clinux_perf_request;

/// Opens an event, close-on-exec; `uprobe_path` is the file of a uprobe, NULL for other events.
/// Returns it, or -errno.
int clinux_perf_open(const clinux_perf_request *request, const char *uprobe_path);

/// Lets an event write to the ring of another one on the same processor. Returns 0 or an errno.
int clinux_perf_redirect(int event, int ring);

/// Sets the filter of a tracepoint. Returns 0 or an errno.
int clinux_perf_filter(int event, const char *filter);

/// Starts or stops an event. Returns 0 or an errno.
int clinux_perf_enable(int event, int is_on);

/// The number that samples of an event begin with. Returns 0 or an errno.
int clinux_perf_identifier(int event, uint64_t *identifier);

/// Maps a ring of so many pages, a power of two, behind its page of control. Its address, or 0 with
/// errno set.
uintptr_t clinux_ring_map(int event, uint32_t pages);

/// Unmaps a ring.
void clinux_ring_unmap(uintptr_t base, uint32_t pages);

/// Moves all whole records out of a ring. Returns the number of bytes, UINT64_MAX when they do not
/// fit, and then takes none.
uint64_t clinux_ring_drain(uintptr_t base, uint8_t *out, uint64_t capacity);

/// Opens the root of a tracefs that is mounted nowhere and goes with the descriptor (fsmount(2),
/// Linux 5.2). Returns it, or -errno.
int clinux_tracefs_open(void);

/// Starts a program that waits at its beginning, before execve(2), until a byte is written to
/// `*gate`; it ends when that is closed instead. `*failure` gives an errno as an int when execve(2)
/// failed, and ends without one when it did not. Its signals are ignored and blocked as they were
/// for us. The file is run by /bin/sh when the kernel knows no other way (execvp(3)). Returns its
/// number, or -errno.
int clinux_start_gated(const char *path, char *const words[], char *const environment[], int *gate,
                       int *failure);

/// Copies at most `count` bytes at an address of another process, which is checked there. Returns
/// how many.
size_t clinux_read_memory(int32_t pid, uint64_t address, void *buffer, size_t count);

/// The symbol of a function of C++, Rust or Swift as its source has it, to be freed; NULL for any
/// other.
char *clinux_demangle(const char *symbol);

/// Nanoseconds of CLOCK_MONOTONIC.
int64_t clinux_monotonic_time(void);

#ifdef __cplusplus
}
#endif

#endif
