"""Opens a log file for each event and never closes it."""

import sys
import tempfile

from truth import Truth, pace

truth, kept, folder = Truth("files are never closed"), [], tempfile.TemporaryDirectory()
for _ in pace(float(sys.argv[1])):
    kept.append(open(f"{folder.name}/events.log", "a"))
    truth.leaked("file")
