/* SPDX-License-Identifier: MIT */
#include "models/tcp/congestion.h"

const struct cc_type *const cc_types[] = {&cc_mirage, &cc_reno, &cc_newreno,
					  &cc_cubic, NULL};

void congestion_init(struct congestion *c, const struct cc_type *type,
		     uint32_t mss, unsigned segments, uint64_t ssthresh)
{
	*c = (struct congestion){.type = type,
				 .mss = mss,
				 .cwnd = (uint64_t)segments * mss,
				 .ssthresh = ssthresh};
}

void congestion_recover(struct congestion *c, sim_time now, uint64_t flight,
			bool sack)
{
	c->ssthresh = c->type->lost(c, now, flight);
	c->cwnd = c->ssthresh;
	if (!sack)
		c->cwnd += (uint64_t)c->type->inflation * c->mss;
	c->counted = 0;
}

void congestion_left(struct congestion *c)
{
	c->cwnd += c->mss;
}

void congestion_partial(struct congestion *c, uint64_t bytes)
{
	if (c->type->deflates)
		c->cwnd -= bytes < c->cwnd ? bytes : c->cwnd;
	if (bytes >= c->mss || !c->type->deflates)
		c->cwnd += c->mss;
	if (c->cwnd < c->mss)
		c->cwnd = c->mss;
}

void congestion_recovered(struct congestion *c)
{
	c->cwnd = c->ssthresh;
}

void congestion_timeout(struct congestion *c, sim_time now, uint64_t flight)
{
	if (c->type->resends_one)
		return;
	c->ssthresh = c->type->lost(c, now, flight);
	c->cwnd = c->mss;
	c->counted = 0;
}
