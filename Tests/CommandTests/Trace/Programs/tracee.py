"""Opens sockets in several ways, and says which function asked for which."""

import http.client
import signal
import socket
import sys
import threading
import time
import urllib.request

PORT = int(sys.argv[1])
ADDRESS = ("127.0.0.1", PORT)
kept = []
truth = []


def keep(site, thing, port):
    kept.append(thing)
    truth.append(f"{site} {port}")


def leak_in_main():
    one = socket.create_connection(ADDRESS)
    keep("leak_in_main", one, one.getsockname()[1])


def leak_raw():
    one = socket.socket()
    one.connect(ADDRESS)
    keep("leak_raw", one, one.getsockname()[1])


def leak_a_copy():
    one = socket.create_connection(ADDRESS)
    keep("leak_a_copy", one.dup(), one.getsockname()[1])
    one.close()


def leak_body():
    connection = http.client.HTTPConnection(*ADDRESS)
    connection.request("GET", "/endless")
    keep("leak_body", connection.getresponse(), connection.sock.getsockname()[1])


def leak_urlopen():
    response = urllib.request.urlopen(f"http://127.0.0.1:{PORT}/endless")
    keep("leak_urlopen", response, response.headers["X-Port"])


class Pool:
    def __init__(self):
        self.idle = []

    def leak_in_method(self):
        connection = http.client.HTTPConnection(*ADDRESS)
        connection.request("GET", "/")
        connection.getresponse().read()
        self.idle.append(connection)
        keep("Pool.leak_in_method", self, connection.sock.getsockname()[1])


def leak_in_generator():
    while True:
        one = socket.create_connection(ADDRESS)
        keep("leak_in_generator", one, one.getsockname()[1])
        yield


def healthy():
    connection = http.client.HTTPConnection(*ADDRESS)
    for _ in range(200):
        connection.request("GET", "/")
        connection.getresponse().read()
        time.sleep(0.002)
    keep("healthy", connection, connection.sock.getsockname()[1])


def churn():
    with socket.create_connection(ADDRESS):
        pass


# Three layers between who starts it and who asks.
def layer1(ask):
    layer2(ask)


def layer2(ask):
    layer3(ask)


def layer3(ask):
    ask()


def loop(times, pause, ask):
    for _ in range(times):
        layer1(ask)
        time.sleep(pause)


def main():
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    print("ready", flush=True)
    signal.sigwait({signal.SIGUSR1})
    generator = leak_in_generator()
    work = [(40, 0.01, ask) for ask in (leak_raw, leak_a_copy, leak_body, leak_urlopen,
                                        Pool().leak_in_method, lambda: next(generator))]
    work += [(200, 0.002, churn)] + [(1, 0, healthy)] * 4
    threads = [threading.Thread(target=loop, args=one) for one in work]
    for thread in threads:
        thread.start()
    loop(40, 0.01, leak_in_main)
    for thread in threads:
        thread.join()
    print(*truth, "done", sep="\n", flush=True)
    signal.sigwait({signal.SIGUSR1})


main()
