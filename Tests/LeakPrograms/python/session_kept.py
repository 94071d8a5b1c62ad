"""A requests.Session for each request, kept and never closed.

Against a server that keeps idle connections they stay ESTABLISHED; against one that closes them
they stay CLOSE_WAIT, because nothing reads in the background.
"""

import sys

import requests

from truth import Truth, pace

truth, kept = Truth("a Session per request, never closed"), []
for _ in pace(float(sys.argv[2])):
    session = requests.Session()
    session.get(f"http://{sys.argv[1]}/").content
    kept.append(session)
    truth.leaked()
