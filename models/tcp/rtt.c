/* SPDX-License-Identifier: MIT */
#include "models/tcp/rtt.h"

void rtt_init(struct rtt *r, const struct rtt_conf *conf)
{
	*r = (struct rtt){.base = conf->init};
}

static void update(struct rtt *r, sim_time sample)
{
	sim_time off = r->smoothed - sample;

	if (!r->measured) {
		r->smoothed = sample;
		r->variation = sample / 2;
		r->measured = true;
		return;
	}
	if (off < 0)
		off = -off;
	r->variation += (off - r->variation) / 4;
	r->smoothed += (sample - r->smoothed) / 8;
}

void rtt_sample(struct rtt *r, const struct rtt_conf *conf, sim_time sample)
{
	sim_time spread;

	update(r, sample);
	spread = 4 * r->variation;
	if (conf->min_of_variation && spread < conf->min)
		spread = conf->min;
	r->base = r->smoothed + spread;
	if (r->base < conf->min)
		r->base = conf->min;
	if (r->base > conf->max)
		r->base = conf->max;
}

void rtt_back_off(struct rtt *r, const struct rtt_conf *conf)
{
	r->backoff++;
	if (conf->forgets)
		r->measured = false;
}

sim_time rtt_timeout(const struct rtt *r, const struct rtt_conf *conf)
{
	sim_time t = r->base;

	for (unsigned i = 0; i < r->backoff && t < conf->max; i++)
		t *= 2;
	return t < conf->max ? t : conf->max;
}
