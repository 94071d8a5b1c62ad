// Opens sockets through a helper that everybody shares, in itself, in a child and in another
// program, and ends with a status of its own.
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int port;
static int told[2];

// A child has opened what it opens.
static void tell(void) { if (write(told[1], ".", 1) != 1) exit(1); }

__attribute__((noinline)) int dial(void) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int one = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(one, (struct sockaddr *)&to, sizeof to) != 0) exit(1);
    return one;
}

// The memory barrier keeps the calls from becoming jumps.
#define HOLD __asm__ volatile("" ::: "memory")
__attribute__((noinline)) int leak(void) { int one = dial(); HOLD; return one; }
__attribute__((noinline)) void use(void) { int one = dial(); close(one); HOLD; }
__attribute__((noinline)) int leak_in_child(void) { int one = dial(); HOLD; return one; }
__attribute__((noinline)) int leak_in_other_program(void) { int one = dial(); HOLD; return one; }

int main(int count, char **words) {
    port = atoi(words[1]);
    if (count > 2) {
        told[1] = atoi(words[2]);
        for (int round = 0; round < 4; round++) leak_in_other_program();
        tell();
        pause();
    }
    for (int round = 0; round < 3; round++) { leak(); use(); }
    char end[16], byte[2];
    if (pipe(told) != 0) return 1;
    snprintf(end, sizeof end, "%d", told[1]);
    pid_t child = fork();
    if (child == 0) {
        for (int round = 0; round < 2; round++) leak_in_child();
        tell();
        pause();
    }
    pid_t other = fork();
    if (other == 0) execl(words[0], words[0], words[1], end, NULL);
    for (int count = 0; count < 2;) count += (int)read(told[0], byte, 1);
    puts("ready");
    fflush(stdout);
    if (getchar() == 'w') pause();
    kill(child, 9);
    kill(other, 9);
    while (wait(NULL) > 0) {}
    return 7;
}
