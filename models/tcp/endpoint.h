/* SPDX-License-Identifier: MIT */
/*
 * One end of a connection in a guest: its threads, its timers, its traffic; and
 * all the connections of one stage, which know nothing of each other but share
 * the guest's CPU, its device, what things cost, and the stage's metrics.
 *
 * The threads are those of Mirage's TCP (mirage-tcpip, lib/tcp/pcb.ml), each
 * with a port of its own into the device, in which it may sleep:
 *
 *	writer	 writes for the application, and sends new data
 *	acker	 sends acknowledgements without data; what becomes due while it
 *		 sleeps in the device goes out as one, with the newest number
 *	resender sends what must be sent again. It queues like everybody else,
 *		 perhaps behind a writer that sleeps.
 *
 * Linux has none of these. There a segment that arrives has its acknowledgement
 * sent, and what it lets out, in the same context (`softirq`), unless the
 * program is in the middle of a write; then the program does it. The threads
 * are left for writes and timers.
 *
 * What arrives is handled in the context of the driver that brings it. What the
 * stack takes per segment is not here but with the guest's runtime; here are
 * the application's write and its logging.
 */
#ifndef TCP_ENDPOINT_H
#define TCP_ENDPOINT_H

#include "models/tcp/tcp_params.h"
#include "sim/stage.h"

/* Beside TCP_PARAMS. */
#define ENDPOINT_PARAMS(P)                                                     \
	P(SIZE, write_size, "1460B", "1B", "1GiB",                             \
	  "choice; netperf: send_buffer, iperf of 2013: 8KiB",                 \
	  "What the application writes at a time.")                            \
	P(COST, write_cost, "0ns", "0ns", "1s", "guess",                       \
	  "What the application and its write take, for each write.")          \
	P(SWITCH, piecewise, "off", 0, 0,                                      \
	  "mirage-tcpip lib/tcp/user_buffer.ml; Linux tcp_sendmsg: on",        \
	  "A write fills one segment after the other, each sent when it is "   \
	  "full, as long as there is any room; off: it is taken as a whole.")  \
	P(SWITCH, softirq, "off", 0, 0,                                        \
	  "mirage-tcpip lib/tcp/pcb.ml; Linux tcp_rcv_established: on",        \
	  "What a segment that arrives lets out leaves in the context that "   \
	  "brought it, unless a write is under way; off: threads send it.")    \
	P(COST, fill_cost, "0ns", "0ns", "1s", "guess",                        \
	  "What a write takes for each segment it fills, or for its last "     \
	  "part; without piecewise, once.")                                    \
	P(COST, copy_cost, "0ns", "0ns", "1s", "guess",                        \
	  "What a write takes for each KiB.")                                  \
	P(COST, window_cost, "0ns", "0ns", "1s", "guess",                      \
	  "What the application takes whenever a window's worth has been "     \
	  "acknowledged; if anything, nothing is sent before, and never in "   \
	  "the softirq.")                                                      \
	P(COST, log_cost, "0ns", "0ns", "1s", "guess",                         \
	  "Logging, for each segment that is sent or arrives.")

/* Of all of a stage's connections together. */
#define ENDPOINT_METRICS(M)                                                    \
	M(WINDOWED, throughput, "bps", "Payload of its own acknowledged.")     \
	M(WINDOWED, goodput, "bps", "Payload that arrived, in order.")         \
	M(SPAN, gap, "ns",                                                     \
	  "Between two arrivals of payload in order, on one connection.")      \
	M(COUNTER, segments, "1", "Segments of new data sent.")                \
	M(COUNTER, resends, "1", "Segments sent again.")                       \
	M(COUNTER, fast_resends, "1", "Times fast recovery began.")            \
	M(COUNTER, timeouts, "1", "Times the retransmission timer expired.")   \
	M(COUNTER, duplicate_acks, "1",                                        \
	  "Duplicate acknowledgements that arrived.")                          \
	M(COUNTER, acks, "1", "Acknowledgements without data sent.")           \
	M(COUNTER, queue_drops, "1",                                           \
	  "With stack: ns3, segments that the queue in front of the device "   \
	  "had no room for.")                                                  \
	M(LEVEL, cwnd, "B", "Congestion windows, together.")                   \
	M(LEVEL, ssthresh, "B", "Slow start thresholds, together.")            \
	M(LEVEL, in_flight, "B",                                               \
	  "What is on its way, as far as the senders know, together.")         \
	M(LEVEL, rtt, "ns",                                                    \
	  "Smoothed round trip, the mean of the connections'; 0: none yet.")   \
	M(LEVEL, rto, "ns",                                                    \
	  "Retransmission timeout, the mean of the connections'.")             \
	M(LEVEL, state, "1",                                                   \
	  "0: open, 1: disorder (ns-3's), 3: fast recovery, 4: after a "       \
	  "timeout; the mean of the connections'.")                            \
	M(LEVEL, sent_to, "B",                                                 \
	  "How far its streams have been sent, added "                         \
	  "up.")                                                               \
	M(LEVEL, acked_to, "B",                                                \
	  "How far its streams have been acknowledged, added up.")             \
	M(LEVEL, received_to, "B",                                             \
	  "How far the peer's streams have arrived, in order, added up.")      \
	M(NUMBER, aborted, "1", "Connections that gave up.")

/* A stage's own rows come behind. */
struct endpoint_params {
	struct tcp_params tcp;
	ENDPOINT_PARAMS(PARAM_FIELD)
};

struct endpoint_metrics {
	ENDPOINT_METRICS(METRIC_FIELD)
};

struct tcp_thread {
	struct task task;
	struct endpoint *e;
	struct port *port; /* its own, into the device */
	struct signal go;
	/* Is there something to send, and what. */
	bool (*due)(const struct tcp_conn *c);
	void (*fill)(struct tcp_conn *c, sim_time now, struct segment *s);
	struct counter *counts;
	enum note note;
};

struct tcp_timer {
	struct timer timer;
	struct work work;
	sim_time at; /* what it was armed for */
};

/* What it has told the levels, which are sums. */
struct endpoint_told {
	double cwnd, sent_to, acked_to, received_to;
	double ssthresh, in_flight, rtt, rto, state;
};

struct endpoint {
	struct endpoints *of;
	/* The stage's, close at hand. */
	struct stage *stage;
	struct endpoint_metrics *m;
	bool logs, piecewise, softirq, turns;
	uint64_t write_size;
	unsigned number; /* which connection, from 0 */
	struct tcp_conn conn;
	struct tcp_thread writer, acker, resender;
	/* In the context of what arrives; no task. */
	struct tcp_thread sends, acks;
	bool writing;	/* the writer is at it */
	sim_time since; /* it has had the CPU, the softirq's time included */
	bool full;	/* it found the buffer full, and waits for much room */
	struct tcp_timer rto, delack;
	struct port rx;
	uint64_t turn;	    /* window_cost is due when this is acknowledged */
	uint64_t unwritten; /* of the write under way */
	uint64_t filling;   /* of that, what is being copied */
	uint64_t to_write;  /* by the application; UINT64_MAX: no end */
	uint32_t recent;    /* the clock of the last that arrived in order */
	sim_time last_arrival; /* of payload */
	struct endpoint_told told;
};

/* The connections of a stage. */
struct endpoints {
	struct stage *stage;
	struct endpoint_metrics *m;
	struct packet_pool pool;
	struct ns3_host *ns3; /* NULL: their TCP is our own */
	bool opens;	      /* the connections: it is the client's end */
	struct cost write_cost, fill_cost, copy_cost, window_cost, log_cost;
	bool writes; /* it costs something */
	bool timestamps;
	bool keeps_arrived; /* the application reads it later; set before all */
	/* The application: payload has arrived, or was acknowledged. */
	void (*arrived)(struct endpoint *e);
	void (*acked)(struct endpoint *e);
	struct endpoint *all;
	unsigned n;
	/* Of several, what arrives, and whose it is. */
	struct port rx;
	struct endpoint *receiving;
};

/* Connections between s and the other end of its path: the client's row, and
 * the larger one where both are clients. */
unsigned tcp_streams(const struct stage *s);
/* Is the TCP of the path that s ends ns-3's: the client's row. */
bool tcp_is_ns3s(const struct stage *s);
/* stage_type.refuses of both ends. */
const char *tcp_refuses(const struct stage *s);

void endpoints_build(struct endpoints *es, struct stage *s,
		     const struct endpoint_params *p,
		     struct endpoint_metrics *m);
void endpoints_start(struct endpoints *es);
void endpoints_finish(struct endpoints *es);
uint64_t endpoints_inside(const struct endpoints *es);

/* For those: one of them. of and number are filled in, and what is the
 * stage's. */
void endpoint_build(struct endpoint *e, const struct tcp_conf *conf);
void endpoint_start(struct endpoint *e);
uint64_t endpoint_inside(const struct endpoint *e);

/* Something has changed: wakes whoever has to do, and sets the timers. */
void endpoint_look(struct endpoint *e);

/* A thread's own name and number: `<stage>.<what>`; where there are several
 * connections `<stage>.<what>[2]`, from 1. */
uint16_t endpoint_owner(const struct endpoint *e, const char *what);
/* For its timers, the name alone. */
const char *endpoint_name(const struct endpoint *e, const char *what);

#endif
