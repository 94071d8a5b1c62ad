"""What /proc alone says of a process: kinds of descriptors, and states of TCP sockets.

This is the check of the programs, not of Sockeye: it shares nothing with it, and it shows whether a
program does in the kernel what its comment says.
"""

import collections
import os

STATES = {1: "ESTAB", 2: "SYN_SENT", 3: "SYN_RECV", 4: "FIN_WAIT1", 5: "FIN_WAIT2",
          6: "TIME_WAIT", 7: "CLOSE", 8: "CLOSE_WAIT", 9: "LAST_ACK", 10: "LISTEN", 11: "CLOSING"}
OTHER_TABLES = ("udp", "udp6", "unix", "packet", "netlink", "raw")


def rows(pid, table):
    try:
        with open(f"/proc/{pid}/net/{table}") as file:
            return [line.split() for line in file.readlines()[1:]]
    except OSError:
        return []


def describe(link):
    for prefix in ("socket", "pipe"):
        if link.startswith(prefix + ":"):
            return prefix
    if link.startswith("anon_inode:"):
        return link.removeprefix("anon_inode:").strip("[]")
    return "file"


def look(pid):
    """Counts by name, such as {"socket": 3, "ESTAB": 2, "ghost": 1, "pipe": 2, "TIME_WAIT": 9}."""
    counts, inodes = collections.Counter(), set()
    try:
        names = os.listdir(f"/proc/{pid}/fd")
    except OSError:
        return {}
    for name in names:
        try:
            link = os.readlink(f"/proc/{pid}/fd/{name}")
        except OSError:
            continue
        kind = describe(link)
        counts[kind] += 1
        if kind == "socket":
            inodes.add(link[8:-1])
    counts["open"] = sum(counts.values())
    peers, waiting, known = set(), [], set()
    for table in ("tcp", "tcp6"):
        for row in rows(pid, table):
            state, inode = STATES.get(int(row[3], 16), "?"), row[9]
            if inode in inodes:
                known.add(inode)
                counts[state] += 1
                peers.add(row[1] if state == "LISTEN" else row[2])
                if int(row[4].split(":")[1], 16) > 0 and state == "ESTAB":
                    counts["unread"] += 1
            elif state == "TIME_WAIT":
                waiting.append(row)
    for table in OTHER_TABLES:
        column = {"unix": 6, "packet": 8, "netlink": 9}.get(table, 9)
        for row in rows(pid, table):
            if len(row) > column and row[column] in inodes:
                known.add(row[column])
                counts[table] += 1
    if ghosts := len(inodes - known):
        counts["ghost"] = ghosts
    counts["TIME_WAIT"] += sum(1 for row in waiting if row[1] in peers or row[2] in peers)
    return {name: count for name, count in counts.items() if count}
