/* SPDX-License-Identifier: MIT */
#include "sim/metric.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <string.h>

void counter_reset(struct counter *c)
{
	c->n = 0;
}

void level_reset(struct level *l, const struct sim *sim)
{
	l->integral = 0;
	l->since = sim->now;
	l->max = l->now;
}

double level_mean(const struct level *l, const struct sim *sim, sim_time since)
{
	double integral = l->integral + l->now * (double)(sim->now - l->since);

	return integral / (double)(sim->now - since);
}

void span_init(struct span *s, struct sim *sim)
{
	s->buckets = sim_alloc(sim, SPAN_BUCKETS * sizeof *s->buckets);
}

void span_reset(struct span *s)
{
	memset(s->buckets, 0, SPAN_BUCKETS * sizeof *s->buckets);
	s->n = 0;
	s->sum = 0;
	s->max = 0;
}

/* The inverse of span_bucket(): the middle of what falls into it. */
static double bucket_middle(unsigned bucket)
{
	unsigned steps = 1u << SPAN_STEPS_LOG2;
	unsigned octave = bucket / steps;

	if (octave == 0)
		return bucket;
	return ldexp(steps + bucket % steps + 0.5, (int)octave - 1);
}

double span_quantile(const struct span *s, double q)
{
	double rank = q * (double)s->n;
	uint64_t below = 0;

	if (s->n == 0)
		return NAN;
	for (unsigned b = 0; b < SPAN_BUCKETS; b++) {
		below += s->buckets[b];
		if (below > 0 && (double)below >= rank)
			return fmin(bucket_middle(b), (double)s->max);
	}
	return (double)s->max;
}

void windowed_init(struct windowed *w, struct sim *sim, sim_time window,
		   sim_time measure)
{
	w->window = window;
	w->room = (uint32_t)(measure / window);
	w->counts = sim_alloc(sim, w->room * sizeof *w->counts);
	w->end = SIM_NEVER;
}

void windowed_reset(struct windowed *w, const struct sim *sim)
{
	w->n = 0;
	w->total = 0;
	w->closed = 0;
	w->end = time_add(sim->now, w->window);
}

/* Time has passed the open window: it and the empty ones behind it close. */
void windowed_close(struct windowed *w, sim_time now)
{
	while (now >= w->end) {
		if (w->closed < w->room)
			w->counts[w->closed++] = (double)w->n;
		w->total += w->n;
		w->n = 0;
		w->end = time_add(w->end, w->window);
	}
}

double windowed_quantile(struct windowed *w, double q)
{
	if (w->closed == 0)
		return NAN;
	gsl_sort(w->counts, 1, w->closed);
	return gsl_stats_quantile_from_sorted_data(w->counts, 1, w->closed, q) /
	       time_sec(w->window);
}

double windowed_cv(const struct windowed *w)
{
	double mean = gsl_stats_mean(w->counts, 1, w->closed);

	if (w->closed < 2 || mean == 0)
		return NAN;
	return gsl_stats_sd_m(w->counts, 1, w->closed, mean) / mean;
}
