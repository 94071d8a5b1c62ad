"""The callers of those leak programs that are servers.

    python3 driver.py MODE HOST:PORT NUMBER

    callers     NUMBER connections a second: one request, its answer, and a proper end
    load        NUMBER connections that send requests without a pause worth the name; each is
                replaced after 200 requests
    idle        NUMBER connections opened at once, one request on each, and then silence
    heartbeat   NUMBER connections opened over 20 s, a request on each every 5 s
    flood       NUMBER connections a second that wait three seconds to be served
"""

import asyncio
import random
import resource
import sys

REQUEST = b"GET / HTTP/1.1\r\nHost: driver.test\r\n\r\n"


async def ask(reader, writer):
    writer.write(REQUEST)
    await writer.drain()
    if not await reader.read(65536):
        raise ConnectionError("the server has closed")


async def call(host, port, patience=10):
    writer = None
    try:
        reader, writer = await asyncio.wait_for(asyncio.open_connection(host, port), patience)
        await asyncio.wait_for(ask(reader, writer), patience)
    except (OSError, asyncio.TimeoutError):
        pass
    finally:
        if writer:
            writer.close()


async def keep_calling(host, port, requests, pause):
    while True:
        try:
            reader, writer = await asyncio.open_connection(host, port)
            for _ in range(requests):
                await ask(reader, writer)
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))
            writer.close()
        except OSError:
            await asyncio.sleep(0.5)


async def main(mode, name, number):
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    host, port = name.rsplit(":", 1)
    number, tasks = int(number), set()
    while True:
        # The program may not listen yet.
        try:
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
            break
        except OSError:
            await asyncio.sleep(0.2)
    if mode in ("callers", "flood"):
        while True:
            task = asyncio.create_task(call(host, port, 3 if mode == "flood" else 10))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            await asyncio.sleep(1 / number)
    for _ in range(number):
        if mode == "load":
            work = keep_calling(host, port, 200, 0.1)
        elif mode == "idle":
            work = keep_calling(host, port, 2, 100_000)
        else:
            work = keep_calling(host, port, 1_000_000, 5)
            await asyncio.sleep(20 / number)
        tasks.add(asyncio.create_task(work))
    await asyncio.gather(*tasks)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
