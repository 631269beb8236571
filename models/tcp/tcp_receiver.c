/* SPDX-License-Identifier: MIT */
/*
 * The receiving half: what has arrived, the window it promises, and when it
 * acknowledges.
 *
 * What is out of order, or arrives again, is acknowledged at once, each on its
 * own: the sender counts those. If they cannot be sent as fast as they become
 * due, they are owed (Mirage, pcb.ml and ack.ml: its threads hand them on one
 * by one). Of the others only the newest is sent. What is in order may wait for
 * company:
 *
 *	check	 (Mirage, lib/tcp/ack.ml) Every second segment is acknowledged
 *		 at once. A first one starts the timer if it does not run; it is
 *		 never stopped. When it fires and another one waits than the one
 *		 it was started for, it runs once more. So a last odd segment
 *		 waits for one to two periods, even if it has filled a hole.
 *	adaptive (Linux, tcp_input.c) More than one full segment is acknowledged
 *		 at once, as is what fills a hole, and the first segments of a
 *		 connection, so that the peer's slow start is not held up. The
 *		 rest waits as long as segments usually are apart, in bounds.
 *
 * A segment of several MSS counts as so many.
 */
#include "models/tcp/ns3_end.h"
#include "models/tcp/tcp_inside.h"

/* --- the window --------------------------------------------------------- */

/* Never moves back; and not forward while it would be next to nothing, lest
 * the peer sends next to nothing (RFC 1122, 4.2.3.3). */
static void move_edge(struct tcp_conn *c)
{
	uint64_t edge = c->read + c->conf.window;
	uint64_t least = c->conf.window / 2;

	if (least > c->conf.mss)
		least = c->conf.mss;
	if (edge > c->rcv_edge && edge - c->rcv_nxt >= least)
		c->rcv_edge = edge;
}

static void stamp_sack(const struct tcp_conn *c, struct segment *s)
{
	s->n_sack = 0;
	if (unlikely(c->early.n) && c->conf.sack)
		s->n_sack = (uint8_t)reassembly_newest(&c->early, s->sack);
}

void receiver_stamp(struct tcp_conn *c, struct segment *s)
{
	move_edge(c);
	s->ack = c->rcv_nxt;
	s->window = (uint32_t)(c->rcv_edge - c->rcv_nxt);
	stamp_sack(c, s);
	c->ack_now = false;
	c->pending = 0;
	c->pushed = false;
	if (c->conf.delayed_ack == DELACK_ADAPTIVE)
		c->ack_at = SIM_NEVER;
}

static void owe(struct tcp_conn *c)
{
	move_edge(c);
	c->owed++;
	c->owed_ack = c->rcv_nxt;
	c->owed_window = (uint32_t)(c->rcv_edge - c->rcv_nxt);
}

void receiver_repeat(struct tcp_conn *c, struct segment *s)
{
	c->owed--;
	if (c->owed_ack == c->rcv_nxt) {
		receiver_stamp(c, s);
		return;
	}
	s->ack = c->owed_ack;
	s->window = c->owed_window;
	stamp_sack(c, s);
}

/* The peer is told of new room when it is twice what it knows of; and, by
 * Linux, of a small segment as soon as all that came has been read: it ended a
 * write, and the peer may have no more (tcp_cleanup_rbuf, ICSK_ACK_PUSHED). */
static bool opens_window(const struct tcp_conn *c)
{
	/* A probe may have been taken beyond what was promised. */
	uint64_t known =
		c->rcv_edge > c->rcv_nxt ? c->rcv_edge - c->rcv_nxt : 0;
	uint64_t room;

	if (likely(2 * known > c->conf.window))
		return false;
	room = c->read + c->conf.window - c->rcv_nxt;
	return room >= 2 * known && room >= c->conf.mss;
}

void conn_read(struct tcp_conn *c, uint64_t n)
{
	assert(n <= conn_readable(c));
	c->read += n;
	if (unlikely(c->ns3)) {
		ns3_end_read(c, n, opens_window(c));
		return;
	}
	if (unlikely(c->pushed) && conn_readable(c) == 0)
		c->ack_now = true;
	if (opens_window(c))
		c->ack_now = true;
}

/* --- delayed acknowledgements ------------------------------------------- */

static void wait_check(struct tcp_conn *c, sim_time now)
{
	c->late_seq = c->rcv_nxt;
	if (c->ack_at != SIM_NEVER)
		return;
	c->ack_seq = c->late_seq;
	c->ack_at = time_add(now, c->conf.delack);
}

/* How far apart segments come. */
static void follow_pace(struct tcp_conn *c, sim_time now)
{
	sim_time apart = now - c->last_data;

	if (apart <= c->conf.ato_min / 2)
		c->ato = c->ato / 2 + c->conf.ato_min / 2;
	else if (apart < c->ato)
		c->ato = c->ato / 2 + apart;
	if (c->ato > c->conf.ato_max)
		c->ato = c->conf.ato_max;
}

static void wait_adaptive(struct tcp_conn *c, sim_time now)
{
	sim_time at = time_add(now, c->ato);

	if (c->quick > 0) {
		c->quick--;
		c->ack_now = true;
	} else if (at < c->ack_at) {
		c->ack_at = at;
	}
}

static void in_order(struct tcp_conn *c, sim_time now, uint32_t len, bool hole)
{
	c->pending +=
		len <= c->conf.mss ? 1 : (len + c->conf.mss - 1) / c->conf.mss;
	if (c->conf.delayed_ack == DELACK_ADAPTIVE) {
		follow_pace(c, now);
		c->pushed |= len < c->conf.mss;
	}
	c->last_data = now;
	if (c->conf.delayed_ack == DELACK_OFF ||
	    c->pending >= c->conf.ack_every ||
	    (hole && c->conf.delayed_ack == DELACK_ADAPTIVE)) {
		c->ack_now = true;
		c->pending = 0;
	} else if (c->conf.delayed_ack == DELACK_CHECK) {
		wait_check(c, now);
	} else {
		wait_adaptive(c, now);
	}
}

void ack_timer(struct tcp_conn *c, sim_time now)
{
	c->ack_at = SIM_NEVER;
	if (c->pending == 0)
		return;
	if (c->conf.delayed_ack == DELACK_CHECK && c->late_seq != c->ack_seq) {
		wait_check(c, now);
		return;
	}
	c->ack_now = true;
	if (c->conf.delayed_ack == DELACK_ADAPTIVE)
		c->ato = 2 * c->ato < c->conf.ato_max ? 2 * c->ato
						      : c->conf.ato_max;
}

/* --- data --------------------------------------------------------------- */

static void next_arrived(struct tcp_conn *c, sim_time now, uint64_t end,
			 uint32_t len)
{
	bool hole = c->early.n > 0;

	c->rcv_nxt = end;
	if (unlikely(hole))
		c->rcv_nxt = reassembly_join(&c->early, end);
	in_order(c, now, len, hole);
}

void receiver_input(struct tcp_conn *c, sim_time now, const struct segment *s)
{
	uint64_t end = s->seq + s->len;

	if (s->len == 0) {
		c->ack_now |= s->flags & SEGMENT_PROBE;
		return;
	}
	if (likely(s->seq <= c->rcv_nxt && end > c->rcv_nxt &&
		   end <= c->rcv_edge)) {
		next_arrived(c, now, end, s->len);
		return;
	}
	if (end > c->rcv_edge) {
		c->ack_now = true;
		return;
	}
	if (s->seq > c->rcv_nxt)
		reassembly_add(&c->early, s->seq, end);
	owe(c);
}
