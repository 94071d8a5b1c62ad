"""Waits for answers in threads without a timeout, while the server hangs."""

import sys
import threading

from truth import Truth, connect, pace, request

truth = Truth("no response timeout, the server hangs")
for _ in pace(float(sys.argv[2])):
    threading.Thread(target=lambda: request(connect(sys.argv[1])), daemon=True).start()
    truth.leaked()
