"""An httpx.Client for each request, kept and never closed."""

import sys

import httpx

from truth import Truth, pace

truth, kept = Truth("an httpx.Client per request, never closed"), []
# Making the TLS settings anew for each client would be the most expensive part.
settings = httpx.create_ssl_context() if hasattr(httpx, "create_ssl_context") else True
for _ in pace(float(sys.argv[2])):
    client = httpx.Client(verify=settings)
    client.get(f"http://{sys.argv[1]}/")
    kept.append(client)
    truth.leaked()
