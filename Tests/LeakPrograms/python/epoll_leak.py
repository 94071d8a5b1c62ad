"""A select.epoll for each wait, never closed."""

import select
import sys

from truth import Truth, pace

truth, kept = Truth("epolls are never closed"), []
for _ in pace(float(sys.argv[1])):
    kept.append(select.epoll())
    truth.leaked("eventpoll")
