"""Healthy: `sockeye run` itself with many targets. Becomes it after having written its configuration.

    python3 monitor.py SOCKEYE HOST:PORT TARGETS INTERVAL FOLDER
"""

import json
import os
import sys
import time

sockeye, name, targets, interval, folder = sys.argv[1:]
path = os.path.join(folder, "monitor.json")
with open(path, "w") as file:
    # JSON is YAML, and much faster to write.
    json.dump({
        "defaults": {"interval": interval},
        "targets": [{"name": f"t{number}", "url": f"http://monitor-{number}.test/",
                     "address": name} for number in range(int(targets))],
    }, file)
if truth := os.environ.get("SOCKEYE_TRUTH"):
    with open(truth, "a") as file:
        file.write(json.dumps({"time": time.time(), "opened": 0, "closed": 0, "leaked": {},
                               "rate": 0, "mistake": None}) + "\n")
os.execv(sockeye, [sockeye, "run", "--config", path, "--json"])
