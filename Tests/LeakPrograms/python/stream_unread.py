"""requests with stream=True, looking at the status only: the body is neither read nor closed."""

import sys

import requests

from truth import Truth, pace

truth, kept, session = Truth("stream=True, body not read"), [], requests.Session()
session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=1))
for _ in pace(float(sys.argv[2])):
    kept.append(session.get(f"http://{sys.argv[1]}/", stream=True))
    truth.leaked()
