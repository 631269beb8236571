/* SPDX-License-Identifier: MIT */
/*
 * The sending half: what an acknowledgement changes, and what may be sent.
 *
 * A duplicate acknowledgement says nothing new while something is outstanding;
 * by RFC 5681 it must not change the window either. Three in a row mean that
 * the oldest segment is lost, and fast recovery begins; with SACK it begins
 * when the scoreboard knows of a loss.
 */
#include "models/tcp/ns3_end.h"
#include "models/tcp/tcp_inside.h"

/* --- what is acknowledged ----------------------------------------------- */

static void sample(struct tcp_conn *c, sim_time now, uint64_t ack)
{
	if (!c->timing || ack <= c->timed)
		return;
	c->timing = false;
	rtt_sample(&c->rtt, &c->conf.rtt, now - c->timed_from);
}

/* The oldest segment is acknowledged, or `len` bytes of it. True: all of it,
 * and it is gone. */
static bool clear_head(struct tcp_conn *c, uint64_t ack)
{
	struct sent *e = sent_at(c, c->head);
	uint64_t covered = ack - e->begin;
	uint32_t len = covered < e->len ? (uint32_t)covered : e->len;

	if (unlikely(e->flags & ~SENT_AGAIN))
		scoreboard_forget(c, c->head, e, len);
	if (len == e->len) {
		c->head++;
		return true;
	}
	e->begin += len;
	e->len -= len;
	return false;
}

static void clear(struct tcp_conn *c, sim_time now, uint64_t ack)
{
	sim_time first = sent_at(c, c->head)->at;
	uint8_t seen = 0;

	while (c->head != c->tail && sent_at(c, c->head)->begin < ack) {
		seen |= sent_at(c, c->head)->flags;
		if (!clear_head(c, ack))
			break;
	}
	c->una = ack;
	c->rtt.backoff = 0;
	c->resend_head = false;
	if (c->conf.rtt_samples == RTT_TIMED)
		sample(c, now, ack);
	else if (!(seen & (SENT_AGAIN | SENT_SACKED)))
		rtt_sample(&c->rtt, &c->conf.rtt, now - first);
}

static void update_window(struct tcp_conn *c, const struct segment *s)
{
	c->peer_window = s->window;
	if (s->window > c->most_window)
		c->most_window = s->window;
	c->edge = s->ack + s->window;
}

static bool is_duplicate(const struct tcp_conn *c, const struct segment *s)
{
	return s->ack == c->una && outstanding(c) && s->len == 0 &&
	       !(s->flags & SEGMENT_PROBE) &&
	       (s->window == c->peer_window || c->conf.dupack_any_window);
}

/* --- what follows from it ----------------------------------------------- */

/* What was outstanding before duplicates let more out (RFC 5681, 3.2). */
static uint64_t at_first(const struct tcp_conn *c)
{
	uint64_t all = c->nxt - c->una;

	return all < c->cc.cwnd ? all : c->cc.cwnd;
}

static void recover(struct tcp_conn *c, sim_time now)
{
	counter_add(c->counts.fast_resends, 1);
	congestion_recover(&c->cc, now, at_first(c), c->conf.sack);
	c->state = TCP_RECOVERY;
	c->recover = c->nxt;
	c->timing = false;
	c->resend_head = true;
	if (c->conf.sack)
		scoreboard_lose_head(c);
}

/* Is it time? What a timeout has resent in vain draws duplicates that say
 * nothing (RFC 6582, 4.1). */
static bool is_lost(const struct tcp_conn *c)
{
	return c->lost > 0 ||
	       (c->dups >= c->conf.dupacks && c->una >= c->dups_from);
}

/* Was the window used? One that is not must not grow. */
static bool was_limited(const struct tcp_conn *c, uint64_t flight)
{
	const struct congestion *cc = &c->cc;

	return cc->type->grows_always ||
	       (cc->cwnd < cc->ssthresh ? cc->cwnd < 2 * flight
					: cc->cwnd < flight + c->conf.gso);
}

static void open_acked(struct tcp_conn *c, sim_time now, uint64_t bytes,
		       bool dup)
{
	if (bytes > 0)
		c->dups = 0;
	else if (dup)
		c->dups++;
	if (was_limited(c, c->nxt - c->una + bytes) &&
	    (bytes > 0 || (c->cc.type->grows_always && outstanding(c))))
		congestion_acked(&c->cc, now, bytes, c->rtt.smoothed);
	if (unlikely(c->dups | c->lost) && is_lost(c))
		recover(c, now);
}

static bool is_recovered(const struct tcp_conn *c)
{
	return c->una >= c->recover ||
	       (c->cc.type->ends_early && !c->conf.sack);
}

static void recovery_acked(struct tcp_conn *c, uint64_t bytes, bool dup)
{
	if (bytes > 0 && is_recovered(c)) {
		c->state = TCP_OPEN;
		c->dups = 0;
		congestion_recovered(&c->cc);
	} else if (c->conf.sack) {
		if (bytes > 0 && c->lost == 0)
			scoreboard_lose_head(c);
	} else if (bytes > 0) {
		c->resend_head = true;
		congestion_partial(&c->cc, bytes);
	} else if (dup || c->cc.type->grows_always) {
		congestion_left(&c->cc);
	}
}

/* The window grows by what has left the path just now, not by what had been
 * told of before: one resent segment may close a hole in front of hundreds of
 * those (Linux tcp_cong_control(), acked_sacked; RFC 3465, 2.3, means so too).
 */
static void loss_acked(struct tcp_conn *c, sim_time now, uint64_t bytes,
		       uint64_t news)
{
	if (bytes == 0)
		return;
	congestion_acked(&c->cc, now, news, c->rtt.smoothed);
	if (c->una >= c->recover)
		c->state = TCP_OPEN;
}

void sender_input(struct tcp_conn *c, sim_time now, const struct segment *s)
{
	uint64_t bytes = s->ack - c->una, known = c->una + c->sacked;
	bool dup;

	if (s->ack < c->una || s->ack > c->nxt)
		return;
	dup = is_duplicate(c, s);
	if (unlikely(dup))
		counter_add(c->counts.dupacks, 1);
	update_window(c, s);
	if (bytes > 0)
		clear(c, now, s->ack);
	if (unlikely(c->conf.sack && (s->n_sack | c->sacked))) {
		scoreboard_sack(c, s);
		scoreboard_find_lost(c);
	}
	if (likely(c->state == TCP_OPEN))
		open_acked(c, now, bytes, dup);
	else if (c->state == TCP_RECOVERY)
		recovery_acked(c, bytes, dup);
	else
		loss_acked(c, now, bytes, c->una + c->sacked - known);
	if (bytes > 0 || !outstanding(c))
		rto_acked(c, now);
}

/* --- what may be sent --------------------------------------------------- */

/* Of what is left of the windows, whole segments; less only if it is much of
 * what the peer ever offered (RFC 1122, 4.2.3.4). */
static uint32_t fitting(const struct tcp_conn *c, uint64_t cwnd, uint64_t edge)
{
	uint64_t room = cwnd < edge ? cwnd : edge;

	if (room >= c->conf.mss)
		return (uint32_t)(room - room % c->conf.mss);
	if (room == edge && room >= c->most_window / 2)
		return (uint32_t)room;
	return 0;
}

/* tcp_tso_should_defer(): a segment could grow while it waits for the next
 * acknowledgement. With nothing outstanding all of the window is free. */
static bool is_deferred(const struct tcp_conn *c, uint64_t want, uint64_t room)
{
	uint64_t window =
		c->peer_window < c->cc.cwnd ? c->peer_window : c->cc.cwnd;

	return c->conf.defer_divisor && c->state == TCP_OPEN &&
	       want > c->conf.mss && room < c->conf.gso &&
	       room < window / c->conf.defer_divisor;
}

uint32_t conn_sendable(const struct tcp_conn *c)
{
	uint64_t want = c->written - c->nxt, flight = conn_flight(c);
	uint64_t cwnd = c->cc.cwnd > flight ? c->cc.cwnd - flight : 0;
	uint64_t edge = c->edge > c->nxt ? c->edge - c->nxt : 0;

	if (unlikely(c->ns3))
		return ns3_end_sendable(c);
	if (want == 0 || c->tail - c->head > c->mask || c->aborted)
		return 0;
	/* What is lost goes first. */
	if (unlikely(c->lost > c->onway))
		return 0;
	if (want > c->conf.gso)
		want = c->conf.gso;
	if (is_deferred(c, want, cwnd < edge ? cwnd : edge))
		return 0;
	if (likely(cwnd >= want && edge >= want))
		return (uint32_t)want;
	return fitting(c, cwnd, edge);
}

/* After a pause of a timeout, what the window was is no guide any more (RFC
 * 5681, 4.1). */
static void begin_anew(struct tcp_conn *c, sim_time now)
{
	uint64_t first = (uint64_t)c->conf.cwnd_init * c->conf.mss;

	if (now - c->last_sent > rtt_timeout(&c->rtt, &c->conf.rtt) &&
	    c->cc.cwnd > first)
		c->cc.cwnd = first;
}

static void time_it(struct tcp_conn *c, sim_time now)
{
	if (c->timing || c->state == TCP_RECOVERY)
		return;
	c->timing = true;
	c->timed = c->nxt;
	c->timed_from = now;
}

static void stamp(struct tcp_conn *c, struct segment *s, uint64_t seq,
		  uint32_t len, uint8_t flags)
{
	s->seq = seq;
	s->len = len;
	s->flags = flags;
	s->asks_at = c->asks_at;
	s->asks = c->asks;
	receiver_stamp(c, s);
}

void conn_send(struct tcp_conn *c, sim_time now, struct segment *s)
{
	uint32_t len;

	if (unlikely(c->ns3)) {
		ns3_end_send(c, NS3_DATA, s);
		return;
	}
	if (c->conf.idle_restart && !outstanding(c))
		begin_anew(c, now);
	len = conn_sendable(c);
	assert(len > 0);
	if (c->conf.rtt_samples == RTT_TIMED)
		time_it(c, now);
	*sent_at(c, c->tail++) =
		(struct sent){.begin = c->nxt, .len = len, .at = now};
	stamp(c, s, c->nxt, len, 0);
	rto_sent(c, now, c->nxt);
	c->nxt += len;
	c->last_sent = now;
}

bool conn_resendable(const struct tcp_conn *c)
{
	if (c->resend_head || c->probe)
		return !c->aborted;
	return unlikely(c->lost > c->onway) && !c->aborted &&
	       conn_flight(c) + c->conf.mss <= c->cc.cwnd;
}

static void resend(struct tcp_conn *c, sim_time now, struct sent *e,
		   struct segment *s)
{
	e->flags |= SENT_AGAIN;
	if (e->flags & SENT_LOST && !(e->flags & SENT_ONWAY)) {
		e->flags |= SENT_ONWAY;
		c->onway += e->len;
	}
	e->at = now;
	stamp(c, s, e->begin, e->len, SEGMENT_AGAIN);
	rto_resent(c, now, e->begin);
}

void conn_resend(struct tcp_conn *c, sim_time now, struct segment *s)
{
	assert(conn_resendable(c));
	if (unlikely(c->ns3)) {
		ns3_end_send(c, NS3_AGAIN, s);
	} else if (c->probe) {
		c->probe = false;
		stamp(c, s, c->una, 0, SEGMENT_PROBE);
	} else if (c->resend_head) {
		c->resend_head = false;
		resend(c, now, sent_at(c, c->head), s);
	} else {
		resend(c, now, sent_at(c, scoreboard_next(c)), s);
	}
}
