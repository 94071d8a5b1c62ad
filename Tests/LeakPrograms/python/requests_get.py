"""requests.get() for each probe: nothing leaks, but each request pays a connection."""

import sys

import requests

from truth import Truth, pace

truth = Truth("keep-alive not used: requests.get() per probe")
for _ in pace(float(sys.argv[2])):
    requests.get(f"http://{sys.argv[1]}/").content
    truth.opened()
    truth.closed()
