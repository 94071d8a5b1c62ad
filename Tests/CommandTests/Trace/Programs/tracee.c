// Opens sockets in two functions and two threads, and says which function asked for which.
#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int port;

static void note(const char *site, int socket) {
    struct sockaddr_in name;
    socklen_t length = sizeof name;
    getsockname(socket, (struct sockaddr *)&name, &length);
    printf("%s %d\n", site, ntohs(name.sin_port));
}

#define DIAL                                                                          \
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)}; \
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);                                      \
    int one = socket(AF_INET, SOCK_STREAM, 0);                                        \
    if (connect(one, (struct sockaddr *)&to, sizeof to) != 0) exit(1)

__attribute__((noinline)) void leak_in_thread(void) { DIAL; note("leak_in_thread", one); }
__attribute__((noinline)) void leak_in_main(void) { DIAL; note("leak_in_main", one); }
__attribute__((noinline)) void leak_a_copy(void) {
    DIAL;
    int copy = dup(one);
    close(one);
    note("leak_a_copy", copy);
}
__attribute__((noinline)) void open_and_close(void) { DIAL; close(one); }

static void *work(void *unused) {
    for (int round = 0; round < 50; round++) {
        leak_in_thread();
        open_and_close();
        usleep(5000);
    }
    return unused;
}

int main(int count, char **words) {
    port = count > 1 ? atoi(words[1]) : 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    sigset_t begin;
    int signal;
    sigemptyset(&begin);
    sigaddset(&begin, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &begin, NULL);
    puts("ready");
    sigwait(&begin, &signal);
    pthread_t thread;
    pthread_create(&thread, NULL, work, NULL);
    for (int round = 0; round < 40; round++) {
        leak_in_main();
        leak_a_copy();
        usleep(5000);
    }
    pthread_join(thread, NULL);
    puts("done");
    sigwait(&begin, &signal);
    return 0;
}
