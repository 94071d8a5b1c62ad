#ifndef SOCKEYE_CLINUXSHIMS_H
#define SOCKEYE_CLINUXSHIMS_H

// The C door to the calls of Linux that Swift cannot import: variadic system calls, function-like
// macros, and what must be over within microseconds.

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

#ifdef __cplusplus
}
#endif

#endif
