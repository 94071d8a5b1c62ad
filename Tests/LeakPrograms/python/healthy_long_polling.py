"""Healthy: 100 clients that wait half a minute for each answer, and ask again."""

import asyncio
import sys

from truth import Truth, address

truth = Truth(None)


async def poll(name):
    reader, writer = await asyncio.open_connection(*address(name))
    truth.opened()
    while True:
        writer.write(b"GET /events HTTP/1.1\r\nHost: poll.test\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(200)


async def main():
    await asyncio.gather(*(poll(sys.argv[1]) for _ in range(100)))


asyncio.run(main())
