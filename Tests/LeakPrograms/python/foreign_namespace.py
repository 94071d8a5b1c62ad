"""Opens sockets in another network namespace, comes back and keeps them: no table here shows them."""

import ctypes
import os
import socket
import sys

from truth import Truth, pace

NEW_NETWORK = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)
home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
if libc.unshare(NEW_NETWORK) != 0:
    sys.exit("needs the right to make a network namespace")
away = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
libc.setns(home, NEW_NETWORK)
truth, kept = Truth("sockets of another network namespace are kept"), []
for _ in pace(float(sys.argv[1])):
    libc.setns(away, NEW_NETWORK)
    kept.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    kept[-1].bind(("127.0.0.1", 0))
    libc.setns(home, NEW_NETWORK)
    truth.leaked()
