/* SPDX-License-Identifier: MIT */
/*
 * Metrics: what a run measures. Each is declared once, as a row (rows.h), and
 * counts from the end of the warm-up.
 *
 *	counter   how often             n, rate (1/s)
 *	level     a value that lasts    mean (over time), max
 *	span      durations             mean, p50, p99, p99.9, max (ns)
 *	windowed  events per window     the rate; p1, p50, p99, cv over windows
 *
 * They are fed from the hot path, so each feeding is a few instructions. A
 * span keeps a histogram with 64 steps per factor of two: a quantile is within
 * 0.8 % of the exact one (half a step), at the price of one array increment.
 * (GSL's running quantiles cost more than the event they would observe.)
 */
#ifndef SIM_METRIC_H
#define SIM_METRIC_H

#include "sim/sim.h"

struct counter {
	uint64_t n;
};

struct level {
	double now, max, integral; /* value, and value * ps */
	sim_time since;
};

#define SPAN_STEPS_LOG2 6
#define SPAN_BUCKETS	((64 - SPAN_STEPS_LOG2) << SPAN_STEPS_LOG2)

struct span {
	uint64_t n;
	double sum;
	sim_time max;
	uint32_t *buckets; /* SPAN_BUCKETS, in the arena */
};

struct windowed {
	uint64_t n; /* in the open window */
	uint64_t total;
	sim_time end; /* of the open window */
	sim_time window;
	uint32_t closed, room;
	double *counts; /* per closed window; `room` of them, in the arena */
};

static inline void counter_add(struct counter *c, uint64_t n)
{
	c->n += n;
}

static inline void level_set(struct level *l, const struct sim *sim,
			     double value)
{
	l->integral += l->now * (double)(sim->now - l->since);
	l->since = sim->now;
	l->now = value;
	if (value > l->max)
		l->max = value;
}

/* The bucket of a duration: exact below 64 ps, then 64 per octave. */
static inline unsigned span_bucket(uint64_t ps)
{
	unsigned shift;

	if (ps < 1u << SPAN_STEPS_LOG2)
		return (unsigned)ps;
	shift = 63u - SPAN_STEPS_LOG2 - (unsigned)__builtin_clzll(ps);
	return ((shift + 1) << SPAN_STEPS_LOG2) + (unsigned)(ps >> shift) -
	       (1u << SPAN_STEPS_LOG2);
}

static inline void span_add(struct span *s, sim_time d)
{
	s->n++;
	s->sum += (double)d;
	if (d > s->max)
		s->max = d;
	s->buckets[span_bucket((uint64_t)d)]++;
}

void windowed_close(struct windowed *w, sim_time now);

static inline void windowed_add_n(struct windowed *w, const struct sim *sim,
				  uint64_t n)
{
	if (unlikely(sim->now >= w->end))
		windowed_close(w, sim->now);
	w->n += n;
}

static inline void windowed_add(struct windowed *w, const struct sim *sim)
{
	windowed_add_n(w, sim, 1);
}

void span_init(struct span *s, struct sim *sim);
/* `measure` bounds how many windows there will be. */
void windowed_init(struct windowed *w, struct sim *sim, sim_time window,
		   sim_time measure);

/* From here on it counts: the end of the warm-up. */
void counter_reset(struct counter *c);
void level_reset(struct level *l, const struct sim *sim);
void span_reset(struct span *s);
void windowed_reset(struct windowed *w, const struct sim *sim);

double level_mean(const struct level *l, const struct sim *sim, sim_time since);
/* q in 0..1; in ps, the middle of its bucket. NAN: nothing was added. */
double span_quantile(const struct span *s, double q);
/* Statistics over whole windows. NAN: there was none. */
double windowed_quantile(struct windowed *w, double q); /* 1/s; sorts */
double windowed_cv(const struct windowed *w);

#endif
