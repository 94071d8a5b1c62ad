"""A new asyncio loop for each call from synchronous code, never closed.

Each loop is one epoll and a pair of Unix sockets.
"""

import asyncio
import sys

from truth import Truth, pace

truth, kept = Truth("event loops are never closed"), []
for _ in pace(float(sys.argv[1])):
    loop = asyncio.new_event_loop()
    loop.run_until_complete(asyncio.sleep(0))
    kept.append(loop)
    truth.leaked("eventpoll")
    truth.leaked("socket", 2)
