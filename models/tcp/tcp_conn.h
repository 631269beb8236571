/* SPDX-License-Identifier: MIT */
/*
 * One end of a TCP connection, with both its halves, as a pure state machine:
 * it knows the time it is told, no tasks, no costs, no chance. Connections
 * begin established.
 *
 * Whoever drives it
 *
 *	conn_input()	gives it each segment that arrives, and the time,
 *	conn_write()	what the application has written,
 *	conn_timer()	the time, when rto_at or ack_at is due,
 *
 * and afterwards looks what there is to do: conn_sendable() new data,
 * conn_resendable() something again, conn_ack_due() an acknowledgement without
 * data. The three can be sent by different threads: each fills in one segment
 * at a time, and what it has filled in counts as sent. Every segment carries
 * the newest acknowledgement.
 *
 * Nagle's algorithm is off. Left out: SYN and FIN, urgent data, RFC 3042's
 * limited transmit without SACK, DSACK, RACK, pacing, path MTU.
 */
#ifndef TCP_CONN_H
#define TCP_CONN_H

#include "models/tcp/congestion.h"
#include "models/tcp/reassembly.h"
#include "models/tcp/rtt.h"
#include "models/tcp/segment.h"
#include "sim/metric.h"

/* In the order of the rows' choices. */
enum rto_timer {
	RTO_CHECK,  /* Mirage: looks again each period whether anything moved */
	RTO_RESTART /* RFC 6298: begins anew with each acknowledgement */
};

enum delayed_ack {
	DELACK_CHECK,	 /* Mirage: one timer, never stopped */
	DELACK_ADAPTIVE, /* Linux: follows the peer's pace */
	DELACK_OFF
};

enum rtt_samples {
	RTT_TIMED, /* one segment at a time is timed */
	RTT_EVERY  /* every acknowledgement of segments sent once */
};

struct tcp_conf {
	uint32_t mss;
	uint32_t gso;		/* the largest segment, a multiple of mss */
	unsigned defer_divisor; /* 0: nothing is deferred */
	uint32_t window; /* receive buffer; the peer's is taken to be as large
			  * until it speaks */
	uint32_t send_buffer;
	bool keeps_sent; /* what is not acknowledged fills the send buffer */
	bool overfills;	 /* with any room in it a segment is filled */
	const struct cc_type *cc;
	unsigned cwnd_init; /* segments */
	bool counts_bytes, sack, idle_restart;
	unsigned dupacks;	/* that mean a loss */
	bool dupack_any_window; /* even if it changes the window */
	struct rtt_conf rtt;
	enum rto_timer rto_timer;
	enum rtt_samples rtt_samples;
	unsigned retries;
	enum delayed_ack delayed_ack;
	sim_time delack;	   /* RTO_CHECK's period */
	sim_time ato_min, ato_max; /* of DELACK_ADAPTIVE */
	unsigned ack_every, quick_acks;
	/* Of ns-3's alone. */
	unsigned congestion; /* the row's choice */
	uint64_t tsq;
	bool keeps_arrived; /* what arrives, until the application reads it */
};

/* Where it counts; each may be shared. */
struct tcp_counts {
	struct counter *fast_resends, *timeouts, *dupacks;
	struct counter *queue_drops; /* of ns-3's alone */
};

enum sent_flag {
	SENT_AGAIN = 1,	 /* more than once: no use as a sample (Karn) */
	SENT_SACKED = 2, /* it has arrived */
	SENT_LOST = 4,	 /* taken to be lost */
	SENT_ONWAY = 8	 /* lost, resent, and on its way again */
};

/* A segment that is not acknowledged yet. */
struct sent {
	uint64_t begin;
	uint32_t len;
	uint8_t flags;
	sim_time at;
};

enum tcp_state {
	TCP_OPEN,
	TCP_RECOVERY, /* fast recovery */
	TCP_LOSS      /* after a timeout: everything is resent */
};

struct tcp_conn {
	struct tcp_conf conf;
	struct tcp_counts counts;
	struct ns3_end *ns3; /* NULL: it is our own */

	/* What it sends. The stream is written up to `written`, sent up to
	 * `nxt`, acknowledged up to `una`; the peer takes it up to `edge`. */
	uint64_t una, nxt, written, edge;
	uint32_t peer_window, most_window;
	uint64_t head, tail, mask; /* of the ring of what is outstanding */
	struct sent *ring;
	struct congestion cc;
	struct rtt rtt;
	enum tcp_state state;
	unsigned dups;	     /* duplicate acknowledgements in a row */
	uint64_t recover;    /* recovery ends there */
	uint64_t dups_from;  /* duplicates before it mean nothing */
	bool resend_head;    /* the oldest segment must be resent */
	bool probe;	     /* the peer must be asked for its window */
	bool aborted;	     /* it has given up */
	sim_time rto_at;     /* SIM_NEVER: the timer does not run */
	uint64_t rto_seq;    /* RTO_CHECK: the oldest when it was set */
	sim_time last_sent;  /* anything new */
	bool timing;	     /* RTT_TIMED: one is being timed */
	uint64_t timed;	     /* its position */
	sim_time timed_from; /* when it left */
	/* Of what is outstanding, in bytes: arrived out of order, taken to be
	 * lost, and of that on its way again. */
	uint64_t sacked, lost, onway;
	uint64_t sacked_below; /* before `marked` */
	uint64_t marked;       /* losses before it have been found */
	uint64_t resent;       /* losses before it have been resent */
	struct range last_sack;

	/* What it receives: without a hole up to rcv_nxt, read by the
	 * application up to `read`; it promised room up to rcv_edge. */
	uint64_t rcv_nxt, read, rcv_edge;
	struct reassembly early;
	bool ack_now;
	unsigned owed; /* duplicates to be sent, each on its own */
	uint64_t owed_ack;
	uint32_t owed_window;
	unsigned pending;   /* segments that nothing acknowledged */
	bool pushed;	    /* one of them is small */
	sim_time ack_at;    /* delayed acknowledgements' timer */
	uint64_t ack_seq;   /* DELACK_CHECK: what it was set for */
	uint64_t late_seq;  /* DELACK_CHECK: what is being delayed */
	unsigned quick;	    /* acknowledgements not to delay, yet */
	sim_time ato;	    /* DELACK_ADAPTIVE: how long it waits */
	sim_time last_data; /* when the last arrived */

	/* The application's word: see segment.h. */
	uint64_t asks_at, asks, asked_at, asked;
};

/* Memory comes from sim, here and never again. */
void conn_init(struct tcp_conn *c, struct sim *sim, const struct tcp_conf *conf,
	       struct tcp_counts counts);

void conn_input(struct tcp_conn *c, sim_time now, const struct segment *s);
/* rto_at or ack_at has come; too early does no harm. */
void conn_timer(struct tcp_conn *c, sim_time now);

/* Bytes the application may write; conn_write() takes no more. */
uint64_t conn_room(const struct tcp_conn *c);
void conn_write(struct tcp_conn *c, sim_time now, uint64_t n);

/* Bytes the application may read. */
static inline uint64_t conn_readable(const struct tcp_conn *c)
{
	return c->rcv_nxt - c->read;
}
void conn_read(struct tcp_conn *c, uint64_t n);

/* How long the next new segment would be, now; 0: there is none. */
uint32_t conn_sendable(const struct tcp_conn *c);
bool conn_resendable(const struct tcp_conn *c);

static inline bool conn_ack_due(const struct tcp_conn *c)
{
	return c->ack_now || c->owed;
}

/* Each may be called when its question was answered with yes. */
void conn_send(struct tcp_conn *c, sim_time now, struct segment *s);
void conn_resend(struct tcp_conn *c, sim_time now, struct segment *s);
void conn_ack(struct tcp_conn *c, sim_time now, struct segment *s);

/* Bytes on their way, as far as is known. */
static inline uint64_t conn_flight(const struct tcp_conn *c)
{
	return c->nxt - c->una - c->sacked - c->lost + c->onway;
}

/* For those who watch, whosever it is: the same, and its state in Linux's
 * words, enum tcp_ca_state. */
uint64_t conn_in_flight(const struct tcp_conn *c);
unsigned conn_state(const struct tcp_conn *c);

#endif
