/* SPDX-License-Identifier: MIT */
/*
 * ns-3's TCP, from C.
 *
 * A host is a node of ns-3 with IPv4 and one device; the two hosts of a path
 * are 10.0.0.1 and 10.0.0.2. What TCP sends goes by way of IP and a queue disc
 * into the device, which holds a few packets for whoever carries them on and
 * stops the queue disc when it is full. What arrives is handed in here, and has
 * gone all the way up when the call returns.
 *
 * A connection begins established, as our own do. Positions in the stream are
 * 64-bit counts of bytes from 0; on ns-3's side data begin at 1.
 *
 * Nothing here calls back into C while ns-3 is at work, but for one thing: when
 * something has changed by itself, because a timer of ns-3's came, `changed` is
 * called from an event of its own. What the C side knows of a socket is a
 * struct ns3_view, which is up to date after each call and when `changed` is
 * called.
 */
#ifndef SIM_NS3_TCP_H
#define SIM_NS3_TCP_H

#include "sim/sim.h"

#ifdef __cplusplus
extern "C" {
#endif

struct ns3_host;
struct ns3_socket;

enum ns3_congestion { NS3_NEWRENO, NS3_LINUXRENO, NS3_CUBIC, NS3_BBR };

struct ns3_socket_conf {
	enum ns3_congestion congestion;
	uint32_t segment; /* the most of a segment */
	uint32_t window, peer_window;
	uint32_t cwnd, ssthresh; /* at first */
	bool sack;
	bool keeps; /* what arrives, until it is read; else it is read at once
		     */
	unsigned dupacks, retries, ack_every;
	sim_time delack;
	sim_time rto_init, rto_min;
	sim_time rto_spread; /* the least share of the variation */
	uint16_t flow;	     /* which connection of the two hosts */
};

/* The least and the most shift that make a window fit: RFC 7323. */
static inline unsigned ns3_scale(uint32_t window)
{
	unsigned scale = 0;

	while (window >> scale > 65535)
		scale++;
	return scale;
}

#define NS3_SACKS 3

struct ns3_range {
	uint64_t begin, end;
};

/* A segment that is ready to leave. */
struct ns3_segment {
	uint64_t seq, ack;
	uint32_t len, window;
	unsigned n_sack; /* those named here; on the wire there are no more */
	struct ns3_range sack[NS3_SACKS];
};

enum ns3_kind {
	NS3_DATA,  /* new */
	NS3_AGAIN, /* sent before */
	NS3_ACK,   /* no data */
	NS3_KINDS
};

/* enum TcpSocketState::TcpCongState_t */
enum ns3_state { NS3_OPEN, NS3_DISORDER, NS3_CWR, NS3_RECOVERY, NS3_LOSS };

struct ns3_view {
	uint64_t acked, received;  /* so far */
	uint64_t sent;		   /* into the queue disc */
	uint64_t edge;		   /* promised to the peer */
	uint64_t ready[NS3_KINDS]; /* segments that wait to be taken */
	uint32_t cwnd, ssthresh, in_flight;
	sim_time rtt, rto;
	sim_time least_rtt;	    /* SIM_NEVER: none yet */
	sim_time resend_at, ack_at; /* its timers; SIM_NEVER */
	enum ns3_state state;
	bool aborted;
	uint64_t fast_resends, timeouts, dupacks;
	/* That the queue disc had no room for; known when the next one has
	 * come through. */
	uint64_t drops;
};

/* A new host, at that end of a path: 1 or 2. */
struct ns3_host *ns3_host(struct sim *sim, unsigned end, unsigned txqueuelen);

struct ns3_socket *ns3_socket(struct ns3_host *h,
			      const struct ns3_socket_conf *conf,
			      struct ns3_view *view,
			      void (*changed)(void *owner), void *owner);
/* Brings the view up to date: a timer may have come to nothing. */
void ns3_socket_look(struct ns3_socket *s);
void ns3_socket_write(struct ns3_socket *s, uint64_t n);
/* Only if it keeps what arrives. */
void ns3_socket_read(struct ns3_socket *s, uint64_t n);
/* An acknowledgement, though none is due. */
void ns3_socket_acknowledge(struct ns3_socket *s);

/* The next one that is ready; there must be one. Acknowledgements that a newer
 * one has overtaken are left out. *slot is its packet's place
 * among ns-3's packets: 0: it has none yet. The packet stays until its place is
 * used for the next, or the run ends. */
void ns3_socket_take(struct ns3_socket *s, enum ns3_kind kind,
		     struct ns3_segment *seg, uint32_t *slot);
/* Without taking it: how much it carries. */
uint32_t ns3_socket_next(const struct ns3_socket *s, enum ns3_kind kind);
/* The packet in that place arrives. */
void ns3_socket_receive(struct ns3_socket *s, uint32_t slot);

#ifdef __cplusplus
}
#endif

#endif
