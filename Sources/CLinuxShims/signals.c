#define _GNU_SOURCE
#include "clinuxshims.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

// Set before the first handler is installed, and reset after the last is gone.
static volatile int pipe_end = -1;
static struct sigaction before[NSIG];

static void tell(int number, siginfo_t *info, void *context) {
    int saved = errno;
    // What the kernel sends by itself, as the terminal's driver does at Ctrl-C, has the top bit.
    unsigned char byte = (unsigned char)(number | (info->si_code == SI_KERNEL ? 0x80 : 0));
    (void)context;
    // A full pipe has enough to tell; only calls that signal-safety(7) lists are made here.
    ssize_t written = write(pipe_end, &byte, 1);
    (void)written;
    errno = saved;
}

void clinux_signal_pipe(int writing) { pipe_end = writing; }

int clinux_signal_catch(int number) {
    struct sigaction action = {.sa_sigaction = tell, .sa_flags = SA_RESTART | SA_SIGINFO};
    if (number <= 0 || number >= NSIG) return EINVAL;
    if (sigaction(number, NULL, &before[number]) != 0) return errno;
    if (before[number].sa_handler == SIG_IGN && number != SIGCHLD) return ECANCELED;
    sigemptyset(&action.sa_mask);
    return sigaction(number, &action, NULL) == 0 ? 0 : errno;
}

void clinux_signal_release(int number) {
    if (number > 0 && number < NSIG) sigaction(number, &before[number], NULL);
}

int clinux_adopt_orphans(void) {
    return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 ? 0 : errno;
}
