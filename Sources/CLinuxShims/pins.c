// <linux/tcp.h> cannot stand beside the C library's own: the offsets that the Swift reader of
// struct tcp_info relies on are pinned here and nowhere else.
#include <linux/tcp.h>
#include <stddef.h>

#define PIN(field, offset) \
    _Static_assert(offsetof(struct tcp_info, field) == (offset), "struct tcp_info, " #field)

PIN(tcpi_state, 0);
PIN(tcpi_options, 5);
PIN(tcpi_unacked, 24);
PIN(tcpi_sacked, 28);
PIN(tcpi_last_data_sent, 44);
PIN(tcpi_last_data_recv, 52);
PIN(tcpi_last_ack_recv, 56);
PIN(tcpi_pmtu, 60);
PIN(tcpi_rtt, 68);
PIN(tcpi_total_retrans, 100);
PIN(tcpi_bytes_acked, 120);
PIN(tcpi_bytes_received, 128);
PIN(tcpi_segs_out, 136);
PIN(tcpi_data_segs_in, 152);
PIN(tcpi_data_segs_out, 156);
PIN(tcpi_bytes_sent, 200);
PIN(tcpi_bytes_retrans, 208);
