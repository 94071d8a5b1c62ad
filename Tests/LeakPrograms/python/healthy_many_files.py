"""Healthy: 600 distinct files open at once, like a database with its segments, and no more."""

import sys
import tempfile
import time

from truth import Truth

with tempfile.TemporaryDirectory() as folder:
    truth = Truth(None)
    files = [open(f"{folder}/segment-{number:04}", "w") for number in range(600)]
    truth.opened(len(files))
    while True:
        for file in files:
            file.write("row\n")
            file.flush()
        time.sleep(1)
