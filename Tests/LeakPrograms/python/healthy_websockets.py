"""Healthy: 300 websocket-like connections, opened over a minute, each with a heartbeat of 15 s."""

import asyncio
import sys

from truth import Truth, address

truth = Truth(None)


async def talk(name):
    reader, writer = await asyncio.open_connection(*address(name))
    truth.opened()
    writer.write(b"GET / HTTP/1.1\r\nHost: ws.test\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")
    while True:
        writer.write(b"\x89\x00")
        await reader.readexactly(2)
        await asyncio.sleep(15)


async def main():
    tasks = []
    for _ in range(300):
        tasks.append(asyncio.create_task(talk(sys.argv[1])))
        await asyncio.sleep(0.2)
    await asyncio.gather(*tasks)


asyncio.run(main())
