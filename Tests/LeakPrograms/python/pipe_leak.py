"""Runs children with pipes and forgets the reading ends."""

import os
import subprocess
import sys

from truth import Truth, pace

truth, kept = Truth("pipes of children are never closed"), []
for _ in pace(float(sys.argv[1])):
    reading, writing = os.pipe()
    subprocess.run(["true"], stdout=writing)
    kept.append((reading, writing))
    truth.leaked("pipe", 2)
