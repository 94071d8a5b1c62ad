"""aiohttp answers that are kept and not read: each holds its connection with a full queue."""

import asyncio
import sys

import aiohttp

from truth import Truth


async def main(name, rate):
    truth, kept = Truth("answers not read and not released"), []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        while True:
            kept.append(await session.get(f"http://{name}/"))
            truth.leaked()
            await asyncio.sleep(1 / rate)


asyncio.run(main(sys.argv[1], float(sys.argv[2])))
