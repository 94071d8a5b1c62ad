"""An eventfd for each job, never closed."""

import ctypes
import os
import sys

from truth import Truth, pace

truth, kept = Truth("eventfds are never closed"), []
make = getattr(os, "eventfd", None) or ctypes.CDLL(None).eventfd
for _ in pace(float(sys.argv[1])):
    kept.append(make(0, 0))
    truth.leaked("eventfd")
