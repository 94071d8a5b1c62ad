"""One connection a second is forgotten, beside a busy pool of 40 and much churn that is all right."""

import sys
import threading
import time

from truth import Truth, connect, pace, request

truth, kept = Truth("one connection a second is not closed"), []


def work():
    connection = connect(sys.argv[1])
    truth.opened()
    while True:
        request(connection)
        time.sleep(0.2)


def churn():
    while True:
        with connect(sys.argv[1]) as connection:
            truth.opened()
            request(connection)
        truth.closed()
        time.sleep(0.2)


for _ in range(40):
    threading.Thread(target=work, daemon=True).start()
for _ in range(2):
    threading.Thread(target=churn, daemon=True).start()
for _ in pace(1):
    kept.append(connect(sys.argv[2]))
    request(kept[-1])
    truth.leaked()
