/// Answers of a kernel (Linux 6.18) to sock_diag(7), as they came.
enum Captured {
    /// A listener at 127.0.0.1:37231 with room for 7 connections and none waiting.
    static let listener = Hex.bytes(
        """
        98 01 00 00  14 00  02 00  04 03 02 01  c4 35 00 00  # 408 bytes, SOCK_DIAG_BY_FAMILY, multi
        02 0a 00 00  # AF_INET, LISTEN, no timer, no retransmission
        91 6f  00 00  # local port 37231, no other
        7f 00 00 01  00*12  # 127.0.0.1
        00*16  # nobody
        00 00 00 00  32 ee 01 00  00 00 00 00  # interface, cookie
        00 00 00 00  00 00 00 00  07 00 00 00  # no timer, none waits, room for 7
        00 00 00 00  19 ee 0b 01  # user 0, inode 17559065
        05 00 08 00  00  00*3  # type of service
        08 00 0f 00  00 00 00 00  # mark
        0c 00 15 00  01 00*7  # control group
        06 00 16 00  52 00  00 00  # socket options
        1c 01 02 00  # INET_DIAG_INFO of 280 bytes
        0a 00*23  00 00 00 00  # LISTEN, nothing unacknowledged
        07 00 00 00  00*16  00 00 00 00  00*12  # the room again, no clocks
        00*4  00 00 00 00  00 00 00 00  00 00 00 00  # no path, no round trip
        0a 00 00 00  00 00 00 00  03 00 00 00  00*12
        ff*16  00*160
        """)

    /// A port that was bound and nothing else: 127.0.0.1:39555.
    static let bound = Hex.bytes(
        """
        7c 00 00 00  14 00  02 00  04 03 02 01  c4 35 00 00  # 124 bytes
        02 07 00 00  # AF_INET, state 7 although it was asked for by bit 13
        9a 83  00 00  # local port 39555
        7f 00 00 01  00*12
        00*16
        00 00 00 00  34 ee 01 00  00 00 00 00
        00 00 00 00  00 00 00 00  00 00 00 00
        00 00 00 00  21 ee 0b 01  # inode 17559073
        05 00 08 00  00  00*3
        08 00 0f 00  00 00 00 00
        0c 00 15 00  01 00*7
        06 00 16 00  52 00  00 00
        """)

    /// A connection in TIME_WAIT, 127.0.0.1:60473 to 127.0.0.1:33702.
    static let timeWait = Hex.bytes(
        """
        60 00 00 00  14 00  02 00  04 03 02 01  c4 35 00 00  # 96 bytes
        02 06 03 00  # AF_INET, TIME_WAIT, its timer
        ec 39  83 a6  # from port 60473 to 33702
        7f 00 00 01  00*12
        7f 00 00 01  00*12
        00 00 00 00  b1 e2 01 00  00 00 00 00
        74 1e 00 00  00 00 00 00  00 00 00 00  # 7,796 ms are left
        00 00 00 00  00 00 00 00  # no user, no inode
        08 00 0f 00  00 00 00 00  # mark
        """)

    /// An accepted connection, 127.0.0.1:37231 from 127.0.0.1:49852, with 5 bytes not read.
    static let accepted = Hex.bytes(
        """
        98 01 00 00  14 00  02 00  04 03 02 01  c4 35 00 00
        02 01 00 00  # AF_INET, ESTABLISHED
        91 6f  c2 bc  # from port 37231 to 49852
        7f 00 00 01  00*12
        7f 00 00 01  00*12
        00 00 00 00  39 ee 01 00  00 00 00 00
        00 00 00 00  05 00 00 00  00 00 00 00  # 5 bytes wait, none is on its way
        00 00 00 00  1b ee 0b 01  # inode 17559067
        05 00 08 00  00  00*3
        08 00 0f 00  00 00 00 00
        0c 00 15 00  01 00*7
        06 00 16 00  52 00  00 00
        1c 01 02 00  # INET_DIAG_INFO of 280 bytes
        01 00 00 00  00 07 aa 01  # ESTABLISHED; timestamps, SACK, window scale
        e0 1c 03 00  40 9c 00 00  # retransmission after 204 ms, acknowledgement after 40 ms
        00 80 00 00  18 02 00 00  # segment sizes
        00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00
        68 00 00 00  00 00 00 00  68 00 00 00  68 00 00 00  # sent, received, heard 104 ms ago
        ff ff 00 00  cb ff 00 00  # path of 65,535 bytes
        0f 00 00 00  07 00 00 00  # round trip 15 us
        ff ff ff 7f  0a 00 00 00  cb ff 00 00  03 00 00 00
        00 00 00 00  cb ff 00 00
        00 00 00 00  # nothing was sent again
        76 21 29 89 0e 00 00 00  ff*8
        00 00 00 00 00 00 00 00  # nothing of ours was acknowledged: the other side asked
        05 00 00 00 00 00 00 00  # 5 bytes were received
        01 00 00 00  03 00 00 00  # 1 segment out, 3 in
        00 00 00 00  0f 00 00 00
        01 00 00 00  00 00 00 00  # 1 with data in, none out
        00*32
        01 00 00 00  00*32  00 00 01 00  00 00 01 00  00*44
        """)

    /// A connection that was asked for, [::1]:45440 to [::1]:36299.
    static let asking = Hex.bytes(
        """
        98 01 00 00  14 00  02 00  04 03 02 01  c4 35 00 00
        0a 01 00 00  # AF_INET6, ESTABLISHED
        b1 80  8d cb  # from port 45440 to 36299
        00*15 01  # ::1
        00*15 01
        00 00 00 00  43 00 02 00  00 00 00 00
        00 00 00 00  00 00 00 00  00 00 00 00
        00 00 00 00  1d ee 0b 01  # inode 17559069
        05 00 08 00  00  00*3
        08 00 0f 00  00 00 00 00
        0c 00 15 00  01 00*7
        06 00 16 00  12 00  00 00
        1c 01 02 00  # INET_DIAG_INFO of 280 bytes
        01 00 00 00  00 07 aa 01
        40 0d 03 00  00 00 00 00
        dc 7f 00 00  18 02 00 00
        00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00
        54 09 00 00  00 00 00 00  54 09 00 00  54 09 00 00  # 2,388 ms ago
        00 00 01 00  c4 ff 00 00  # path of 65,536 bytes
        0b 00 00 00  05 00 00 00  # round trip 11 us
        ff ff ff 7f  0a 00 00 00  b8 ff 00 00  03 00 00 00
        00 00 00 00  c4 ff 00 00
        00 00 00 00
        c7 3d bc cc 13 00 00 00  ff*8
        01 00 00 00 00 00 00 00  # one number of ours was acknowledged: the SYN
        00 00 00 00 00 00 00 00
        02 00 00 00  01 00 00 00  # 2 segments out, 1 in
        00 00 00 00  0b 00 00 00
        00 00 00 00  00 00 00 00
        00*32
        01 00 00 00  00*32  b8 ff 00 00  00 00 01 00  00*44
        """)
}
