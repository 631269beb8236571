/* SPDX-License-Identifier: MIT */
/*
 * Reno (RFC 5681): one segment more per acknowledgement up to the threshold,
 * one segment more per window beyond it, half of what was on its way after a
 * loss. Fast recovery ends with the first acknowledgement of anything new, so a
 * second loss in one window mostly waits for the timer.
 *
 * By the letter, growth is per acknowledgement, so a receiver that delays them
 * halves it. By bytes (RFC 3465; Linux counts segments to the same effect) it
 * does not.
 */
#include "models/tcp/congestion.h"

void reno_slow_start(struct congestion *c, uint64_t bytes)
{
	c->cwnd += c->counts_bytes || bytes < c->mss ? bytes : c->mss;
}

static void avoid(struct congestion *c, uint64_t bytes)
{
	uint64_t step = (uint64_t)c->mss * c->mss / c->cwnd;

	if (!c->counts_bytes) {
		c->cwnd += step ? step : 1;
		return;
	}
	c->counted += bytes;
	if (c->counted >= c->cwnd) {
		c->counted -= c->cwnd;
		c->cwnd += c->mss;
	}
}

void reno_acked(struct congestion *c, sim_time now, uint64_t bytes,
		sim_time rtt)
{
	(void)now;
	(void)rtt;
	if (c->cwnd < c->ssthresh)
		reno_slow_start(c, bytes);
	else
		avoid(c, bytes);
}

uint64_t reno_lost(struct congestion *c, sim_time now, uint64_t flight)
{
	(void)now;
	return flight / 2 > 2 * c->mss ? flight / 2 : 2 * c->mss;
}

const struct cc_type cc_reno = {
	.name = "reno",
	.acked = reno_acked,
	.lost = reno_lost,
	.ends_early = true,
	.inflation = 3,
};
