/* SPDX-License-Identifier: MIT */
/*
 * What an operation costs: a mean, fast jitter and slow noise.
 *
 *	cost = mean * (1 + jitter) * factor(t)
 *
 * Jitter is drawn anew each time: cache misses, lock words, TLB. It has mean
 * zero and a standard deviation that is given as a time or as a share of the
 * mean:
 *	none
 *	normal(15%)         cut off at 0
 *	lognormal(15%)
 *	gamma(15%)
 *	uniform(15%)
 *	exponential(0.2us)  a fixed part, mean - 0.2us, and an exponential one
 *
 * Noise is slow, milliseconds to seconds: frequency, caches, placement. Its
 * factor is exp(x - s^2/2) where x is an Ornstein-Uhlenbeck process of standard
 * deviation s = `noise` and correlation time `noise_time`; the mean of the
 * factor is 1. It is stepped on a fixed grid of noise_time / 16, so it is the
 * same path whoever asks, and however often. (Of a silence of more than 16
 * noise_times only the end is stepped through; nothing is left of x by then.)
 *
 * The documented oscillations need both: fast jitter averages out within a
 * window, slow noise does not.
 */
#ifndef SIM_COST_H
#define SIM_COST_H

#include <gsl/gsl_rng.h>

#include "sim/sim.h"

enum jitter_kind {
	JITTER_NONE,
	JITTER_NORMAL,
	JITTER_LOGNORMAL,
	JITTER_GAMMA,
	JITTER_UNIFORM,
	JITTER_EXPONENTIAL
};

/* Standard deviation: `share` of the mean, or `absolute` picoseconds. */
struct jitter {
	enum jitter_kind kind;
	double share;	   /* used where absolute is 0 */
	sim_time absolute; /* 0: relative */
};

/* As the rows fill it in: four settings, see PARAM_COST in rows.h. */
struct cost_spec {
	sim_time mean;
	struct jitter jitter;
	double noise;	     /* standard deviation of the logarithm; 0: none */
	sim_time noise_time; /* correlation time */
};

/* A cost in a run. Lives in the run's arena. */
struct cost {
	sim_time mean;
	bool random; /* false: always the mean */
	enum jitter_kind kind;
	double base, spread, shape; /* of the distribution, in ps */
	gsl_rng *rng;
	sim_time *ahead; /* drawn already; the next is ahead[left - 1] */
	unsigned left;
	double noise, x, decay, kick, factor; /* the slow process */
	sim_time step, next_step;
	gsl_rng *noise_rng;
};

/* `name` names the random streams: the same name and seed draw the same. */
void cost_init(struct cost *c, struct sim *sim, const struct cost_spec *spec,
	       const char *name);

sim_time cost_draw_random(struct sim *sim, struct cost *c);

/* One cost, in ps, rounded at once, never negative. */
static inline sim_time cost_draw(struct sim *sim, struct cost *c)
{
	if (!c->random)
		return c->mean;
	return likely(c->left > 0) ? c->ahead[--c->left]
				   : cost_draw_random(sim, c);
}

/*
 * A random stream of its own for one purpose, derived from the sim's seed and
 * the name alone: adding a stream changes no other. Lives in the arena, 24
 * bytes of state (GSL's taus2).
 */
gsl_rng *rng_stream(struct sim *sim, const char *name);

#endif
