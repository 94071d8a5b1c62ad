"""Healthy: eight event loops in eight threads, each with an epoll and busy connections."""

import asyncio
import random
import sys
import threading

from truth import Truth, address

truth = Truth(None)


async def talk(name):
    reader, writer = await asyncio.open_connection(*address(name))
    truth.opened()
    while True:
        writer.write(b"GET / HTTP/1.1\r\nHost: loop.test\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(200)
        await asyncio.sleep(random.uniform(0.1, 0.5))


async def main():
    await asyncio.gather(*(talk(sys.argv[1]) for _ in range(4)))


for _ in range(8):
    threading.Thread(target=lambda: asyncio.run(main()), daemon=True).start()
threading.Event().wait()
