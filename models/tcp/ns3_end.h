/* SPDX-License-Identifier: MIT */
/*
 * A connection whose TCP is ns-3's: what stands behind conn_input() and its
 * likes instead of our own state machine.
 *
 * The ledger of struct tcp_conn (what was written, sent, acknowledged, has
 * arrived, was read; the timers; what is due) is kept as it is with our own, so
 * that threads, costs and applications are the same. The guest's timers follow
 * ns-3's: a segment that ns-3 sends because a timer came is there at that
 * moment, and leaves when the guest's clock has noticed.
 */
#ifndef TCP_NS3_END_H
#define TCP_NS3_END_H

#include "models/tcp/tcp_conn.h"
#include "sim/ns3/tcp.h"

struct stage;

struct ns3_end {
	struct ns3_view view;
	struct ns3_view told; /* of its counts, what was counted */
	struct ns3_socket *socket;
	struct tcp_conn *conn;
	uint32_t segment; /* the largest */
	uint64_t fed;	  /* of what is written, what ns-3 has been given */
	/* Something has changed by itself. */
	void (*changed)(void *owner);
	void *owner;
};

/* The host of a stage's connections. */
struct ns3_host *ns3_end_host(struct stage *s, unsigned txqueuelen);
/* From now on c, which is new, is ns-3's. Connections of the two hosts have the
 * same numbers. */
void ns3_end_build(struct tcp_conn *c, struct stage *s, struct ns3_host *host,
		   unsigned flow, void (*changed)(void *owner), void *owner);

void ns3_end_input(struct tcp_conn *c, const struct segment *s);
/* The guest's timer has come, and so has ns-3's. */
void ns3_end_timer(struct tcp_conn *c);
/* The application has written. */
void ns3_end_feed(struct tcp_conn *c);
/* It has read n bytes; the peer must be told of the room if `tell`. */
void ns3_end_read(struct tcp_conn *c, uint64_t n, bool tell);
uint32_t ns3_end_sendable(const struct tcp_conn *c);
void ns3_end_send(struct tcp_conn *c, enum ns3_kind kind, struct segment *s);

#endif
