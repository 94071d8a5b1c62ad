"""The other end of the leak programs: one process on loopback, one port for each mode asked for.

    python3 server.py keep idle2 udp     prints {"keep": "127.0.0.1:40001", …} and serves until killed

    keep        HTTP/1.1, small body, never closes an idle connection unless the request asks for it
    delayN      the same, each answer takes N ms
    idleN       the same, closes a connection that was idle for N seconds
    requestsN   the same, closes (and says so) after N requests
    close       answers with Connection: close and closes
    fin         answers and closes at once, without having said so
    rst         answers, and resets the connection a tenth of a second later
    bigN        a body of N MiB, sent as fast as it is taken
    hang        reads the request and never answers
    pollN       answers after about N seconds
    tunnel      answers 101 and then echoes what it reads, like a websocket
    push        sends a line every second, whatever comes
    sink        takes what comes and closes when the client has ended its half
    greet       sends one line at once, then behaves like sink
    full        its accept queue is full: whoever connects stays in SYN_SENT
    refuse      bound, not listening: whoever connects is refused
    udp         answers each datagram with itself
    unix        a Unix stream socket that behaves like sink; the name is a path
"""

import asyncio
import json
import os
import random
import re
import resource
import socket
import struct
import sys
import tempfile

SMALL = b"x" * 200
END = b"\r\n\r\n"


def head(length, *fields):
    lines = [b"HTTP/1.1 200 OK", b"Content-Type: text/plain", b"Content-Length: %d" % length]
    return b"\r\n".join([*lines, *fields]) + END


ANSWER = head(len(SMALL)) + SMALL
LAST_ANSWER = head(len(SMALL), b"Connection: close") + SMALL


class Http(asyncio.Protocol):
    """One connection of any HTTP mode. Requests have no body."""

    def __init__(self, mode, number):
        self.mode, self.number = mode, number
        self.loop = asyncio.get_running_loop()
        self.pending, self.served, self.timer, self.tunnel = b"", 0, None, False
        self.room = asyncio.Event()
        self.room.set()

    def connection_made(self, transport):
        self.transport = transport
        if self.mode == "greet":
            transport.write(b"hello\n")
        if self.mode == "push":
            self.push()
        self.rest()

    def push(self):
        self.transport.write(b"tick\n")
        self.timer = self.loop.call_later(1, self.push)

    def connection_lost(self, error):
        if self.timer:
            self.timer.cancel()
        self.room.set()

    def eof_received(self):
        return False

    def pause_writing(self):
        self.room.clear()

    def resume_writing(self):
        self.room.set()

    def rest(self):
        """Starts the idle clock anew."""
        if self.timer:
            self.timer.cancel()
        if self.mode == "idle":
            self.timer = self.loop.call_later(self.number, self.transport.close)

    def data_received(self, data):
        if self.mode in ("sink", "greet", "hang", "push"):
            return
        if self.tunnel:
            self.transport.write(data)
            return
        self.pending += data
        while END in self.pending:
            request, _, self.pending = self.pending.partition(END)
            self.served += 1
            last = b"connection: close" in request.lower()
            if self.mode == "delay":
                self.loop.call_later(self.number / 1000, self.answer, last)
            else:
                self.answer(last)
        self.rest()

    def answer(self, last):
        transport = self.transport
        if self.mode == "requests" and self.served >= self.number:
            last = True
        if self.mode == "close" or (last and self.mode in ("keep", "delay", "requests")):
            transport.write(LAST_ANSWER)
            transport.close()
        elif self.mode == "fin":
            transport.write(ANSWER)
            transport.close()
        elif self.mode == "rst":
            transport.write(ANSWER)
            self.loop.call_later(0.1, self.reset)
        elif self.mode == "poll":
            wait = self.number * random.uniform(0.8, 1.2)
            self.timer = self.loop.call_later(wait, transport.write, ANSWER)
        elif self.mode == "tunnel":
            transport.write(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                            b"Upgrade: echo" + END)
            self.tunnel = True
        elif self.mode == "big":
            self.loop.create_task(self.send_big())
        else:
            transport.write(ANSWER)

    def reset(self):
        raw = self.transport.get_extra_info("socket")
        if raw is not None and raw.fileno() >= 0:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.transport.abort()

    async def send_big(self):
        chunk = b"y" * 65536
        self.transport.write(head(self.number << 20))
        for _ in range(self.number * 16):
            await self.room.wait()
            if self.transport.is_closing():
                return
            self.transport.write(chunk)


class Datagrams(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        self.transport.sendto(data, address)


def stay_full(kept):
    """A listener whose queue is filled by connections of our own that nobody accepts."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=0)
    kept.append(listener)
    for _ in range(3):
        caller = socket.socket()
        caller.setblocking(False)
        caller.connect_ex(listener.getsockname())
        kept.append(caller)
    return listener.getsockname()


async def start(word, kept):
    mode, digits = re.fullmatch(r"([a-z]+?)(\d*)", word).groups()
    number = int(digits or 1)
    loop = asyncio.get_running_loop()
    if mode == "full":
        return stay_full(kept)
    if mode == "refuse":
        bound = socket.socket()
        bound.bind(("127.0.0.1", 0))
        kept.append(bound)
        return bound.getsockname()
    if mode == "udp":
        transport, _ = await loop.create_datagram_endpoint(
            Datagrams, local_addr=("127.0.0.1", 0))
        kept.append(transport)
        return transport.get_extra_info("sockname")
    if mode == "unix":
        path = os.path.join(tempfile.mkdtemp(prefix="leak-programs-"), "server.sock")
        kept.append(await loop.create_unix_server(lambda: Http("sink", 0), path))
        return path
    server = await loop.create_server(lambda: Http(mode, number), "127.0.0.1", 0, backlog=1024)
    kept.append(server)
    return server.sockets[0].getsockname()


async def main():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    kept, names = [], {}
    for word in sys.argv[1:]:
        name = await start(word, kept)
        names[word] = name if isinstance(name, str) else f"{name[0]}:{name[1]}"
    print(json.dumps(names), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
