#define _GNU_SOURCE
#include "clinuxshims.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

// Only calls that signal-safety(7) lists, since other threads may hold locks.
static void begin(const char *path, char *const words[], char *const environment[], int gate,
                  int failure, const sigset_t *mask) {
    struct sigaction action;
    for (int number = 1; number < NSIG; number++) {
        // What is caught would be told to whoever started us.
        if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_IGN
            && action.sa_handler != SIG_DFL) {
            action.sa_handler = SIG_DFL;
            action.sa_flags = 0;
            sigaction(number, &action, NULL);
        }
    }
    sigprocmask(SIG_SETMASK, mask, NULL);
    char byte;
    ssize_t count;
    do count = read(gate, &byte, 1);
    while (count < 0 && errno == EINTR);
    if (count != 1) _exit(127);
    execve(path, words, environment);
    if (errno == ENOEXEC) {
        // The words are ours: the file becomes the first argument of the shell.
        char *shell[64] = {"sh", (char *)(uintptr_t)path};
        int last = 1;
        while (last < 62 && words[last] != NULL) {
            shell[last + 1] = words[last];
            last++;
        }
        if (words[last] == NULL) execve("/bin/sh", shell, environment);
    }
    int code = errno;
    ssize_t written = write(failure, &code, sizeof code);
    (void)written;
    _exit(127);
}

int clinux_start_gated(const char *path, char *const words[], char *const environment[], int *gate,
                       int *failure) {
    int gates[2], failures[2];
    if (pipe2(gates, O_CLOEXEC) != 0) return -errno;
    if (pipe2(failures, O_CLOEXEC) != 0) {
        int code = errno;
        close(gates[0]);
        close(gates[1]);
        return -code;
    }
    // No handler of ours may run in the child.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t child = fork();
    if (child == 0) {
        close(gates[1]);
        begin(path, words, environment, gates[0], failures[1], &before);
    }
    int code = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(gates[0]);
    close(failures[1]);
    if (child < 0) {
        close(gates[1]);
        close(failures[0]);
        return -code;
    }
    *gate = gates[1];
    *failure = failures[0];
    return child;
}
