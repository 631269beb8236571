/* SPDX-License-Identifier: MIT */
/*
 * The retransmission timer.
 *
 *	restart	(RFC 6298) Runs while anything is outstanding, and begins anew
 *		with each acknowledgement of something new; also when the oldest
 *		segment is resent (Linux, tcp_xmit_retransmit_queue). When the
 *		peer's window is shut and nothing is outstanding, it asks the
 *		peer (RFC 9293, 3.8.6.1).
 *	check	(Mirage, lib/tcp/tcptimer.ml and segment.ml) A sleeper that
 *		nobody disturbs. When it wakes: nothing outstanding, it ends;
 *		another oldest segment than last time, it sleeps again; the same
 *		one, that is resent. So a loss is found between one and two
 *		timeouts after it, and the guest wakes about once a timeout for
 *		nothing. It never asks for a window.
 */
#include "models/tcp/tcp_inside.h"

static void set(struct tcp_conn *c, sim_time now)
{
	c->rto_at = time_add(now, rtt_timeout(&c->rtt, &c->conf.rtt));
}

/* There is data for the peer, and it has no room for it. */
static bool shut_out(const struct tcp_conn *c)
{
	return c->written > c->nxt && !outstanding(c) && !conn_sendable(c);
}

void rto_sent(struct tcp_conn *c, sim_time now, uint64_t seq)
{
	if (likely(c->rto_at != SIM_NEVER))
		return;
	c->rto_seq = seq;
	set(c, now);
}

void rto_resent(struct tcp_conn *c, sim_time now, uint64_t seq)
{
	if (c->rto_at == SIM_NEVER)
		c->rto_seq = seq;
	else if (c->conf.rto_timer == RTO_CHECK || seq != c->una)
		return;
	set(c, now);
}

/* Something, maybe all, was acknowledged, or the window has moved. */
void rto_acked(struct tcp_conn *c, sim_time now)
{
	if (c->conf.rto_timer == RTO_CHECK)
		return;
	if (outstanding(c) || shut_out(c)) {
		set(c, now);
		return;
	}
	c->rto_at = SIM_NEVER;
	c->rtt.backoff = 0;
}

/* Where the window is shut there will be no acknowledgement to wait for. */
void rto_written(struct tcp_conn *c, sim_time now)
{
	if (c->conf.rto_timer == RTO_RESTART && c->rto_at == SIM_NEVER &&
	    shut_out(c))
		set(c, now);
}

static void expire(struct tcp_conn *c, sim_time now)
{
	if (c->rtt.backoff >= c->conf.retries) {
		c->aborted = true;
		c->rto_at = SIM_NEVER;
		return;
	}
	counter_add(c->counts.timeouts, 1);
	congestion_timeout(&c->cc, now, conn_flight(c));
	if (c->cc.type->resends_one) {
		c->resend_head = true;
	} else {
		scoreboard_lose_all(c);
		c->state = TCP_LOSS;
		c->recover = c->nxt;
		c->dups_from = c->nxt + 1;
		c->resend_head = false;
	}
	c->timing = false;
	rtt_back_off(&c->rtt, &c->conf.rtt);
	set(c, now);
}

static void ask_for_window(struct tcp_conn *c, sim_time now)
{
	c->rto_at = SIM_NEVER;
	if (c->conf.rto_timer != RTO_RESTART || !shut_out(c))
		return;
	c->probe = true;
	rtt_back_off(&c->rtt, &c->conf.rtt);
	set(c, now);
}

void rto_timer(struct tcp_conn *c, sim_time now)
{
	if (!outstanding(c)) {
		ask_for_window(c, now);
	} else if (c->conf.rto_timer == RTO_CHECK && c->rto_seq != c->una) {
		c->rto_seq = c->una;
		set(c, now);
	} else {
		expire(c, now);
	}
}
