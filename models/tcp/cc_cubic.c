/* SPDX-License-Identifier: MIT */
/*
 * CUBIC (RFC 9438). After a loss at a window of W_max segments the window is
 * beta W_max and grows, by the time t since then and not by acknowledgements,
 *
 *	W(t) = C (t - K)^3 + W_max,   K = cbrt((W_max - cwnd) / C)
 *
 * quickly at first, flat near W_max, then quickly again to find more. Where
 * Reno would have more (short round trips, small windows) it follows Reno: the
 * TCP-friendly region. Whoever loses before reaching the last W_max lowers it
 * further, to leave room for newcomers (fast convergence).
 *
 * C = 0.4 segments/s^3, beta = 0.7. Left out: HyStart, and the undoing of
 * spurious losses.
 *
 * K is rounded to microseconds: a cube root may differ in its last bit from one
 * library to another, and a run must not.
 */
#include <math.h>

#include "models/tcp/congestion.h"

#define CUBIC_C	   0.4
#define CUBIC_BETA 0.7
/* So that Reno with this beta has the throughput of Reno with one half. */
#define CUBIC_ALPHA (3 * (1 - CUBIC_BETA) / (1 + CUBIC_BETA))

static double segments(const struct congestion *c)
{
	return (double)c->cwnd / c->mss;
}

static sim_time origin_of(double most, double now)
{
	if (most <= now)
		return 0;
	return SIM_US * (sim_time)(cbrt((most - now) / CUBIC_C) * 1e6 + 0.5);
}

static void begin(struct congestion *c, sim_time now)
{
	struct cubic *q = &c->cubic;
	double w = segments(c);

	q->growing = true;
	q->began = now;
	if (q->most < w)
		q->most = w;
	q->origin = origin_of(q->most, w);
	q->friendly = w;
}

/* What the cubic says for a round trip from now. */
static double target(const struct congestion *c, sim_time now, sim_time rtt)
{
	const struct cubic *q = &c->cubic;
	double t = time_sec(now - q->began + rtt - q->origin);
	double w = segments(c), goal = q->most + CUBIC_C * t * t * t;

	if (goal < w)
		return w;
	return goal > 1.5 * w ? 1.5 * w : goal;
}

static double friendly(struct congestion *c, uint64_t bytes)
{
	struct cubic *q = &c->cubic;
	double alpha = q->friendly >= q->prior ? 1 : CUBIC_ALPHA;

	return q->friendly += alpha * (double)bytes / (double)c->cwnd;
}

static void grow_to(struct congestion *c, double bytes)
{
	struct cubic *q = &c->cubic;
	double sum = bytes - (double)c->cwnd + q->remainder;
	double whole;

	if (sum <= 0)
		return;
	whole = floor(sum);
	q->remainder = sum - whole;
	c->cwnd += (uint64_t)whole;
}

static void cubic_acked(struct congestion *c, sim_time now, uint64_t bytes,
			sim_time rtt)
{
	double w, goal, reno;

	if (c->cwnd < c->ssthresh) {
		reno_slow_start(c, bytes);
		return;
	}
	if (!c->cubic.growing)
		begin(c, now);
	w = (double)c->cwnd;
	reno = friendly(c, bytes) * c->mss;
	goal = w + (target(c, now, rtt) * c->mss - w) / w * (double)bytes;
	grow_to(c, reno > goal ? reno : goal);
}

static uint64_t cubic_lost(struct congestion *c, sim_time now, uint64_t flight)
{
	struct cubic *q = &c->cubic;
	double w = segments(c);
	uint64_t left = (uint64_t)((double)flight * CUBIC_BETA);

	(void)now;
	q->most = w < q->most ? w * (1 + CUBIC_BETA) / 2 : w;
	q->prior = w;
	q->growing = false;
	q->remainder = 0;
	return left > 2 * c->mss ? left : 2 * c->mss;
}

const struct cc_type cc_cubic = {
	.name = "cubic",
	.acked = cubic_acked,
	.lost = cubic_lost,
	.inflation = 3,
	.deflates = true,
};
