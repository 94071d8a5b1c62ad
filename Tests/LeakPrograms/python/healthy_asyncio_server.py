"""Healthy: an asyncio server under load, with short and long connections side by side."""

import asyncio
import sys

from truth import Truth, address

truth = Truth(None)


async def serve(reader, writer):
    truth.opened()
    try:
        while await reader.readuntil(b"\r\n\r\n"):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    writer.close()
    truth.closed()


async def main():
    server = await asyncio.start_server(serve, *address(sys.argv[1]), backlog=256)
    await server.serve_forever()


asyncio.run(main())
