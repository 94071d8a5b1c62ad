"""Healthy: the server hangs, but the client has a timeout of one second and closes."""

import asyncio
import sys

from truth import Truth, address

truth = Truth(None)


async def probe(name):
    reader, writer = await asyncio.open_connection(*address(name))
    truth.opened()
    writer.write(b"GET / HTTP/1.1\r\nHost: hung.test\r\n\r\n")
    try:
        await asyncio.wait_for(reader.read(4096), 1)
    except asyncio.TimeoutError:
        pass
    writer.close()
    truth.closed()


async def main():
    tasks = set()
    while True:
        task = asyncio.create_task(probe(sys.argv[1]))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        await asyncio.sleep(0.05)


asyncio.run(main())
