extension Captured {
    /// A Unix stream socket that listens at `/tmp/a b.sock` with a backlog of 3.
    static let unixListener = Hex.bytes(
        """
        48 00 00 00  14 00  02 00  04 03 02 01  c4 35 00 00  # 72 bytes
        01 01 0a 00  # AF_UNIX, SOCK_STREAM, LISTEN
        ac 3f 0d 01  96 fc 01 00  00 00 00 00  # inode 17645484, cookie
        12 00 00 00  2f 74 6d 70 2f 61 20 62 2e 73 6f 63 6b 00  00 00  # UNIX_DIAG_NAME
        0c 00 04 00  00 00 00 00  03 00 00 00  # UNIX_DIAG_RQLEN
        05 00 06 00  00  00*3  # UNIX_DIAG_SHUTDOWN
        """)

    /// One of a pair without names: 3 bytes of it are not read at the other end.
    static let unixPair = Hex.bytes(
        """
        3c 00 00 00  14 00  02 00  04 03 02 01  c4 35 00 00  # 60 bytes
        01 01 01 00  # AF_UNIX, SOCK_STREAM, ESTABLISHED
        af 3f 0d 01  94 fc 01 00  00 00 00 00  # inode 17645487
        08 00 02 00  b0 3f 0d 01  # UNIX_DIAG_PEER: 17645488
        0c 00 04 00  00 00 00 00  00 03 00 00  # nothing to read, 768 bytes of buffer on their way
        05 00 06 00  00  00*3
        """)

    /// A datagram socket with an abstract name.
    static let unixAbstract = Hex.bytes(
        """
        48 00 00 00  14 00  02 00  04 03 02 01  c4 35 00 00
        01 02 07 00  # AF_UNIX, SOCK_DGRAM, CLOSE
        ae 3f 0d 01  99 fc 01 00  00 00 00 00  # inode 17645486
        11 00 00 00  00 73 6f 63 6b 65 79 65 20 6e 61 6d 65  00*3  # NUL, then "sockeye name"
        0c 00 04 00  00 00 00 00  00 00 00 00
        05 00 06 00  00  00*3
        """)

    /// A netlink socket of NETLINK_ROUTE with the port 13764.
    static let netlink = Hex.bytes(
        """
        2c 00 00 00  14 00  02 00  04 03 02 01  c4 35 00 00  # 44 bytes
        10 03 00 07  # AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, state
        c4 35 00 00  00 00 00 00  00 00 00 00  # port 13764, to the kernel, no groups
        b9 3f 0d 01  9a fc 01 00  00 00 00 00  # inode 17645497
        """)

    /// A packet socket that receives everything.
    static let packet = Hex.bytes(
        """
        20 00 00 00  14 00  02 00  04 03 02 01  c4 35 00 00  # 32 bytes
        11 03 03 00  # AF_PACKET, SOCK_RAW, ETH_P_ALL
        c3 3f 0d 01  9c fc 01 00  00 00 00 00  # inode 17645507
        """)

    /// The end of a dump that gave every row.
    static let done = Hex.bytes(
        """
        14 00 00 00  03 00  02 00  04 03 02 01  c4 35 00 00  # 20 bytes, NLMSG_DONE
        00 00 00 00  # no error
        """)

    /// The end of a dump for a protocol that no module of the kernel serves (132, SCTP).
    static let doneWithoutTable = Hex.bytes(
        """
        14 00 00 00  03 00  02 00  04 03 02 01  c4 35 00 00
        fe ff ff ff  # -ENOENT
        """)

    /// The answer to a dump of a family that no module serves (40, AF_VSOCK).
    static let errorWithoutFamily = Hex.bytes(
        """
        38 00 00 00  02 00  00 00  04 03 02 01  c4 35 00 00  # 56 bytes, NLMSG_ERROR
        fe ff ff ff  # -ENOENT
        24 00 00 00  14 00  01 03  04 03 02 01  00 00 00 00  # the request, sent back
        28 00 00 00  00*16
        """)

    /// All rows, each a whole message.
    static let rows = [
        listener, bound, timeWait, accepted, asking, unixListener, unixPair, unixAbstract, netlink,
        packet,
    ]

    /// All that was captured.
    static let all = rows + [done, doneWithoutTable, errorWithoutFamily]
}
