"""Opens connections ahead of need and loses them without a byte sent."""

import sys

from truth import Truth, connect, pace

truth, kept = Truth("connections opened and never used"), []
for _ in pace(float(sys.argv[2])):
    kept.append(connect(sys.argv[1]))
    truth.leaked()
