"""A peer that does not answer, and a connect timeout of three seconds: thirty SYN_SENT, no more."""

import asyncio
import sys

from truth import Truth, address

truth = Truth("the peer is unreachable, the connect timeout bounds it")


async def probe(name):
    truth.opened()
    try:
        await asyncio.wait_for(asyncio.open_connection(*address(name)), 3)
    except (OSError, asyncio.TimeoutError):
        pass
    truth.closed()


async def main():
    tasks = set()
    while True:
        task = asyncio.create_task(probe(sys.argv[1]))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        await asyncio.sleep(1 / float(sys.argv[2]))


asyncio.run(main())
