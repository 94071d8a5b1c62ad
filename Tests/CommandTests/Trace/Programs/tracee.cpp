// Opens sockets in several ways, and says which function asked for which.
#include <arpa/inet.h>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

#define NOINLINE __attribute__((noinline))

// A macro, so that the function in which it stands is the one that asks.
#define DIAL(one)                                               \
    int one = ::socket(AF_INET, SOCK_STREAM, 0);                \
    if (::connect(one, reinterpret_cast<sockaddr *>(&server), sizeof server) != 0) std::abort()

namespace {
sockaddr_in server;
std::mutex mutex;
std::vector<std::pair<const char *, int>> kept;

void keep(const char *site, int socket) {
    std::lock_guard guard(mutex);
    kept.emplace_back(site, socket);
}

void ask(int socket) {
    static const std::string request = "GET / HTTP/1.1\r\nHost: tracee\r\n\r\n";
    char answer[4096];
    if (::send(socket, request.data(), request.size(), 0) < 0) std::abort();
    if (::recv(socket, answer, sizeof answer, 0) <= 0) std::abort();
}
}  // namespace

namespace tracee {
NOINLINE void leak_in_main(int) { DIAL(one); keep("tracee::leak_in_main", one); }
NOINLINE void leak_in_thread(int) { DIAL(one); keep("tracee::leak_in_thread", one); }
NOINLINE void leak_a_copy(int round) {
    DIAL(one);
    int copy = round % 2 ? ::dup(one) : ::dup2(one, 1000 + round);
    ::close(one);
    keep("tracee::leak_a_copy", copy);
}

namespace net {
class Client {
public:
    Client() = default;
    NOINLINE explicit Client(int) {
        DIAL(one);
        socket = one;
        keep("tracee::net::Client::Client", one);
    }
    virtual ~Client() = default;
    NOINLINE void leak_in_method(const std::string &path) const {
        DIAL(one);
        if (path.empty()) std::abort();
        keep("tracee::net::Client::leak_in_method", one);
    }
    virtual void leak_in_virtual(int) {}

private:
    int socket = -1;
};

class Special : public Client {
public:
    NOINLINE void leak_in_virtual(int) override {
        DIAL(one);
        ask(one);
        keep("tracee::net::Special::leak_in_virtual", one);
    }
};

struct Plain {};
template <class Kind> struct Pool {
    std::vector<std::unique_ptr<Kind>> idle;
    NOINLINE void leak_in_template(int) {
        DIAL(one);
        idle.push_back(std::make_unique<Kind>());
        keep("tracee::net::Pool<tracee::net::Plain>::leak_in_template", one);
    }
};
}  // namespace net

NOINLINE std::function<void(int)> leak_in_lambda(std::string path) {
    return [path](int) NOINLINE {
        DIAL(one);
        if (path.empty()) std::abort();
        keep("tracee::leak_in_lambda", one);
    };
}

NOINLINE void healthy(int) {
    DIAL(one);
    for (int round = 0; round < 500; round++) {
        ask(one);
        ::usleep(1000);
    }
    keep("tracee::healthy", one);
}

NOINLINE void churn(int) { DIAL(one); ::close(one); }

NOINLINE void churn_and_throw(int round) {
    DIAL(one);
    std::unique_ptr<int, void (*)(int *)> owner(&one, [](int *one) { ::close(*one); });
    if (round % 2) throw round;
}
}  // namespace tracee

// Three layers between who starts it and who asks; what follows each call keeps its frame.
using Ask = std::function<void(int)>;
NOINLINE void layer3(const Ask &ask, int round) { ask(round); asm volatile("" ::: "memory"); }
NOINLINE void layer2(const Ask &ask, int round) { layer3(ask, round); asm volatile("nop"); }
NOINLINE void layer1(const Ask &ask, int round) { layer2(ask, round); asm volatile("nop\nnop"); }

static void repeat(int times, int pause, const Ask &ask) {
    for (int round = 0; round < times; round++) {
        try {
            layer1(ask, round);
        } catch (int) {
        }
        ::usleep(pause * 1000);
    }
}

int main(int count, char **words) {
    server.sin_family = AF_INET;
    server.sin_port = htons(count > 1 ? std::atoi(words[1]) : 0);
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sigset_t begin;
    int signal;
    sigemptyset(&begin);
    sigaddset(&begin, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &begin, nullptr);
    std::cout << "ready" << std::endl;
    sigwait(&begin, &signal);
    std::vector<std::thread> threads;
    auto start = [&](int times, int pause, Ask ask) {
        threads.emplace_back([=] { repeat(times, pause, ask); });
    };
    auto special = std::make_shared<tracee::net::Special>();
    auto pool = std::make_shared<tracee::net::Pool<tracee::net::Plain>>();
    start(40, 10, tracee::leak_in_thread);
    start(40, 10, tracee::leak_a_copy);
    start(40, 10, [](int round) { new tracee::net::Client(round); });
    start(40, 10, [=](int) { special->leak_in_method("/"); });
    start(40, 10, [=](int round) { std::shared_ptr<tracee::net::Client>(special)->leak_in_virtual(round); });
    start(40, 10, [=](int round) { pool->leak_in_template(round); });
    start(40, 10, tracee::leak_in_lambda("/"));
    start(200, 2, tracee::churn);
    start(100, 4, tracee::churn_and_throw);
    for (int number = 0; number < 4; number++) start(1, 0, tracee::healthy);
    repeat(40, 10, tracee::leak_in_main);
    for (auto &thread : threads) thread.join();
    for (auto [site, socket] : kept) {
        sockaddr_in name;
        socklen_t length = sizeof name;
        ::getsockname(socket, reinterpret_cast<sockaddr *>(&name), &length);
        std::cout << site << ' ' << ntohs(name.sin_port) << '\n';
    }
    std::cout << "done" << std::endl;
    sigwait(&begin, &signal);
}
