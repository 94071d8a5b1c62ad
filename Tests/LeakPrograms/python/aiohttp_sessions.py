"""An aiohttp.ClientSession for each request, never closed.

With a server that closes idle connections the loop reads the end and closes: a plateau, not a leak.
"""

import asyncio
import sys

import aiohttp

from truth import Truth


async def main(name, rate):
    truth, kept = Truth("a ClientSession per request, never closed"), []
    while True:
        session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(keepalive_timeout=3600))
        async with session.get(f"http://{name}/") as answer:
            await answer.read()
        kept.append(session)
        if "plateau" in sys.argv:
            truth.opened()
        else:
            truth.leaked()
        await asyncio.sleep(1 / rate)


asyncio.run(main(sys.argv[1], float(sys.argv[2])))
