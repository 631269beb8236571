/* SPDX-License-Identifier: MIT */
/* For the files of a connection alone. */
#ifndef TCP_INSIDE_H
#define TCP_INSIDE_H

#include <assert.h>

#include "models/tcp/tcp_conn.h"

static inline bool outstanding(const struct tcp_conn *c)
{
	return c->una != c->nxt;
}

static inline struct sent *sent_at(const struct tcp_conn *c, uint64_t i)
{
	return &c->ring[i & c->mask];
}

/* tcp_sender.c: an acknowledgement; its timer. */
void sender_input(struct tcp_conn *c, sim_time now, const struct segment *s);

/* tcp_timeout.c */
void rto_sent(struct tcp_conn *c, sim_time now, uint64_t seq);
void rto_resent(struct tcp_conn *c, sim_time now, uint64_t seq);
void rto_acked(struct tcp_conn *c, sim_time now);
void rto_written(struct tcp_conn *c, sim_time now);
void rto_timer(struct tcp_conn *c, sim_time now);

/* tcp_scoreboard.c: what is known of each outstanding segment. */
void scoreboard_sack(struct tcp_conn *c, const struct segment *s);
/* Takes those for lost behind which enough has arrived. */
void scoreboard_find_lost(struct tcp_conn *c);
void scoreboard_lose_head(struct tcp_conn *c);
void scoreboard_lose_all(struct tcp_conn *c);
/* `len` bytes of e, which is at index i, are acknowledged. */
void scoreboard_forget(struct tcp_conn *c, uint64_t i, const struct sent *e,
		       uint32_t len);
/* The next lost segment that is not on its way; tail: there is none. */
uint64_t scoreboard_next(struct tcp_conn *c);

/* tcp_receiver.c */
void receiver_input(struct tcp_conn *c, sim_time now, const struct segment *s);
void ack_timer(struct tcp_conn *c, sim_time now);
/* What every segment carries of this half; it acknowledges. */
void receiver_stamp(struct tcp_conn *c, struct segment *s);
/* The same, but it is a duplicate, and the oldest that is owed. */
void receiver_repeat(struct tcp_conn *c, struct segment *s);

#endif
