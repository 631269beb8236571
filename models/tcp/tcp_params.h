/* SPDX-License-Identifier: MIT */
/*
 * The rows of a connection. Every habit in which TCPs differ is a row of its
 * own; the defaults are those of Mirage in 2013, and a machine file sets those
 * of another (Linux: see docs of each row).
 */
#ifndef TCP_PARAMS_H
#define TCP_PARAMS_H

#include "models/tcp/tcp_conn.h"
#include "sim/rows.h"

extern const struct choice tcp_congestions[], tcp_rto_timers[],
	tcp_rtt_samples[], tcp_delayed_acks[];

/* Of the choices, those that are ns-3's alone. */
enum { CONGESTION_LINUXRENO = 4, CONGESTION_BBR };

#define TCP_PARAMS(P)                                                          \
	P(SIZE, mss, "1460B", "88B", "65483B",                                 \
	  "Ethernet's 1500 bytes less the headers of IP and TCP",              \
	  "The most a segment carries on the wire.")                           \
	P(SIZE, gso, "0B", "0B", "64KiB",                                      \
	  "mirage-tcpip has none; Linux net/core: 64 KiB",                     \
	  "The most a segment carries up to the device, which divides it "     \
	  "into "                                                              \
	  "pieces of one MSS; less than one MSS: none.")                       \
	P(COUNT, defer_divisor, "0", "0", "64",                                \
	  "mirage-tcpip has none; Linux tcp_tso_win_divisor: 3",               \
	  "With gso: what is less than a full segment waits until so great a " \
	  "part of the window is free; 0: it does not wait.")                  \
	P(SWITCH, timestamps, "off", 0, 0,                                     \
	  "mirage-tcpip lib/tcp/options.ml; Linux: on",                        \
	  "Segments are 12 bytes longer (RFC 7323).")                          \
	P(SIZE, window, "262140B", "1KiB", "1GiB",                             \
	  "mirage-tcpip lib/tcp/pcb.ml: 65535 shifted by 2",                   \
	  "Receive buffer: the largest window it offers. The peer's is taken " \
	  "to be as large until it speaks.")                                   \
	P(SIZE, send_buffer, "16KiB", "1B", "1GiB",                            \
	  "mirage-tcpip lib/tcp/pcb.ml",                                       \
	  "What the application may write ahead.")                             \
	P(SWITCH, keeps_sent, "off", 0, 0,                                     \
	  "mirage-tcpip lib/tcp/user_buffer.ml; Linux: on",                    \
	  "What is not acknowledged still fills the send buffer.")             \
	P(CHOICE, congestion, "mirage", tcp_congestions, 0,                    \
	  "mirage-tcpip lib/tcp/window.ml; Linux: cubic",                      \
	  "Congestion control and fast recovery.")                             \
	P(COUNT, cwnd_init, "2", "1", "1000",                                  \
	  "mirage-tcpip lib/tcp/window.ml; RFC 6928 and Linux: 10",            \
	  "Congestion window of a new connection, in MSS.")                    \
	P(SWITCH, byte_counting, "off", 0, 0,                                  \
	  "mirage-tcpip lib/tcp/window.ml; Linux: on",                         \
	  "The window grows by what is acknowledged (RFC 3465), not by "       \
	  "acknowledgements; to be used with gso. congestion: mirage counts "  \
	  "acknowledgements all the same.")                                    \
	P(SWITCH, idle_restart, "off", 0, 0,                                   \
	  "mirage-tcpip lib/tcp/window.ml; Linux tcp_slow_start_after_idle",   \
	  "After a pause of one timeout the congestion window is what it was " \
	  "at first (RFC 5681, 4.1).")                                         \
	P(SWITCH, sack, "off", 0, 0, "mirage-tcpip has none; Linux: on",       \
	  "The receiver tells what arrived out of order (RFC 2018), and the "  \
	  "sender uses it (RFC 6675).")                                        \
	P(COUNT, dupacks, "3", "1", "1000", "RFC 5681",                        \
	  "Duplicate acknowledgements in a row that mean a loss.")             \
	P(SWITCH, dupack_any_window, "off", 0, 0,                              \
	  "mirage-tcpip lib/tcp/segment.ml; RFC 5681",                         \
	  "An acknowledgement that changes the window may be a duplicate.")    \
	P(CHOICE, rto_timer, "check", tcp_rto_timers, 0,                       \
	  "mirage-tcpip lib/tcp/tcptimer.ml, segment.ml; Linux: restart",      \
	  "How the retransmission timer runs.")                                \
	P(TIME, rto_init, "3s", "1us", "1000s",                                \
	  "mirage-tcpip lib/tcp/window.ml (RFC 2988); RFC 6298, Linux: 1s",    \
	  "Retransmission timeout before the first sample.")                   \
	P(TIME, rto_min, "1s", "0ns", "1000s",                                 \
	  "mirage-tcpip lib/tcp/window.ml; Linux: 200ms",                      \
	  "The least retransmission timeout.")                                 \
	P(SWITCH, rto_min_of_variation, "off", 0, 0,                           \
	  "RFC 6298; Linux tcp_rtt_estimator: on",                             \
	  "The minimum is one of the variation's share, so that the timeout "  \
	  "never is less than a round trip and it.")                           \
	P(TIME, rto_max, "100000s", "1us", "100000s",                          \
	  "mirage-tcpip lib/tcp/window.ml: none; Linux: 120s",                 \
	  "The largest retransmission timeout.")                               \
	P(COUNT, rto_retries, "6", "0", "1000",                                \
	  "mirage-tcpip lib/tcp/window.ml; Linux tcp_retries2: 15",            \
	  "Timeouts in a row after which the next gives up.")                  \
	P(CHOICE, rtt_samples, "timed", tcp_rtt_samples, 0,                    \
	  "mirage-tcpip lib/tcp/window.ml; Linux: every",                      \
	  "Which segments measure the round trip.")                            \
	P(CHOICE, delayed_ack, "check", tcp_delayed_acks, 0,                   \
	  "mirage-tcpip lib/tcp/ack.ml; Linux: adaptive",                      \
	  "How acknowledgements wait for company.")                            \
	P(TIME, delack, "100ms", "1us", "10s", "mirage-tcpip lib/tcp/ack.ml",  \
	  "Period of the timer of delayed_ack: check.")                        \
	P(TIME, delack_min, "40ms", "1us", "10s",                              \
	  "Linux include/net/tcp.h, TCP_DELACK_MIN",                           \
	  "The least delay of delayed_ack: adaptive.")                         \
	P(TIME, delack_max, "200ms", "1us", "10s",                             \
	  "Linux include/net/tcp.h, TCP_DELACK_MAX",                           \
	  "The largest delay of delayed_ack: adaptive.")                       \
	P(COUNT, ack_every, "2", "1", "1000", "RFC 5681, 4.2",                 \
	  "Segments, in pieces of one MSS, that are acknowledged at once.")    \
	P(COUNT, quick_acks, "16", "0", "1000000",                             \
	  "Linux net/ipv4/tcp_input.c, TCP_MAX_QUICKACKS",                     \
	  "Segments that delayed_ack: adaptive does not delay at first.")      \
	P(COUNT, txqueuelen, "1000", "1", "1000000",                           \
	  "Linux include/net/pkt_sched.h, DEFAULT_TX_QUEUE_LEN",               \
	  "With stack: ns3, packets that wait in front of the device; there "  \
	  "is no room for more.")                                              \
	P(SIZE, tsq, "0B", "0B", "1GiB",                                       \
	  "Linux net/ipv4/tcp_output.c, tcp_limit_output_bytes: 128 KiB "      \
	  "from 3.6 on",                                                       \
	  "With stack: ns3, how much of a connection may wait in front of "    \
	  "the device (TCP small queues); 0: there is no limit.")

struct tcp_params {
	TCP_PARAMS(PARAM_FIELD)
};

struct tcp_conf tcp_conf_of(const struct tcp_params *p);

#endif
