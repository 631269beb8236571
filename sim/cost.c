/* SPDX-License-Identifier: MIT */
#include "sim/cost.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

#define DRAWS_AHEAD	     32
#define STEPS_PER_NOISE_TIME 16
#define CATCH_UP_STEPS	     256 /* after 16 noise_times nothing is left of x */

/* FNV-1a, then a finaliser, so that near names and near seeds are far apart. */
static uint64_t stream_seed(uint64_t seed, const char *name)
{
	uint64_t h = 0xcbf29ce484222325u ^ seed;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 0x100000001b3u;
	h ^= seed * 0x9e3779b97f4a7c15u;
	h = (h ^ h >> 33) * 0xff51afd7ed558ccdu;
	h = (h ^ h >> 33) * 0xc4ceb9fe1a85ec53u;
	return h ^ h >> 33;
}

gsl_rng *rng_stream(struct sim *sim, const char *name)
{
	gsl_rng *r = sim_alloc(sim, sizeof *r);

	r->type = gsl_rng_taus2;
	r->state = sim_alloc(sim, r->type->size);
	gsl_rng_set(r, (unsigned long)(stream_seed(sim->seed, name) >> 32));
	return r;
}

static double jitter_sd(const struct cost_spec *spec)
{
	return spec->jitter.absolute ? (double)spec->jitter.absolute
				     : spec->jitter.share * (double)spec->mean;
}

/* Brings mean and standard deviation into each distribution's own terms. */
static void set_distribution(struct cost *c, double mean, double sd)
{
	double cv2 = mean > 0 ? sd * sd / (mean * mean) : 0;

	c->base = mean;
	c->spread = sd;
	switch (c->kind) {
	case JITTER_NONE:
	case JITTER_NORMAL:
		break;
	case JITTER_LOGNORMAL:
		c->spread = sqrt(log1p(cv2));
		c->base = log(mean) - c->spread * c->spread / 2;
		break;
	case JITTER_GAMMA:
		c->shape = 1 / cv2;
		c->spread = mean * cv2;
		break;
	case JITTER_UNIFORM:
		c->spread = sd * sqrt(3);
		break;
	case JITTER_EXPONENTIAL:
		c->base = mean - sd;
		break;
	}
}

static void set_noise(struct cost *c, struct sim *sim,
		      const struct cost_spec *spec, const char *name)
{
	c->factor = 1;
	c->next_step = SIM_NEVER;
	if (spec->noise <= 0)
		return;
	c->noise_rng = rng_stream(sim, sim_format(sim, "%s.noise", name));
	c->noise = spec->noise;
	c->step = spec->noise_time / STEPS_PER_NOISE_TIME + 1;
	c->decay = exp(-1.0 / STEPS_PER_NOISE_TIME);
	c->kick = spec->noise * sqrt(1 - c->decay * c->decay);
	c->x = gsl_ran_gaussian_ziggurat(c->noise_rng, c->noise);
	c->next_step = 0;
}

static sim_time slowed(sim_time t, double factor)
{
	return (sim_time)((double)t * factor + 0.5);
}

void cost_init(struct cost *c, struct sim *sim, const struct cost_spec *spec,
	       const char *name)
{
	struct cost_spec slow = *spec;
	double sd;

	if (sim->slowdown > 0) {
		slow.mean = slowed(slow.mean, sim->slowdown);
		slow.jitter.absolute =
			slowed(slow.jitter.absolute, sim->slowdown);
	}
	spec = &slow;
	sd = jitter_sd(spec);

	*c = (struct cost){.mean = spec->mean, .kind = spec->jitter.kind};
	if (spec->mean == 0 || sd == 0)
		c->kind = JITTER_NONE;
	set_distribution(c, (double)spec->mean, sd);
	if (c->kind != JITTER_NONE)
		c->rng = rng_stream(sim, name);
	set_noise(c, sim, spec, name);
	c->random = c->kind != JITTER_NONE || c->noise > 0;
	if (c->random && c->noise <= 0)
		c->ahead = sim_alloc(sim, DRAWS_AHEAD * sizeof *c->ahead);
}

static void noise_catch_up(struct sim *sim, struct cost *c)
{
	sim_time behind = (sim->now - c->next_step) / c->step;

	if (behind > CATCH_UP_STEPS)
		c->next_step += (behind - CATCH_UP_STEPS) * c->step;
	while (c->next_step <= sim->now) {
		c->x = c->x * c->decay +
		       gsl_ran_gaussian_ziggurat(c->noise_rng, c->kick);
		c->next_step += c->step;
	}
	c->factor = exp(c->x - c->noise * c->noise / 2);
}

static double jitter_draw(const struct cost *c)
{
	switch (c->kind) {
	case JITTER_NONE:
		return c->base;
	case JITTER_NORMAL:
		return c->base + gsl_ran_gaussian_ziggurat(c->rng, c->spread);
	case JITTER_LOGNORMAL:
		return exp(c->base +
			   gsl_ran_gaussian_ziggurat(c->rng, c->spread));
	case JITTER_GAMMA:
		return gsl_ran_gamma(c->rng, c->shape, c->spread);
	case JITTER_UNIFORM:
		return c->base + gsl_ran_flat(c->rng, -c->spread, c->spread);
	case JITTER_EXPONENTIAL:
		return c->base + gsl_ran_exponential(c->rng, c->spread);
	}
	return c->base;
}

/* Costs are far below 2^62 ps; a wild draw is cut there, so that the conversion
 * is defined. */
static sim_time to_time(double draw)
{
	if (unlikely(draw <= 0))
		return 0;
	return draw < 4e18 ? (sim_time)(draw + 0.5) : (sim_time)4e18;
}

/* Jitter knows no time, so it can be drawn ahead; the processor does it faster
 * in a row than between two events, each of which waits for its draw. */
static void draw_ahead(struct cost *c)
{
	for (c->left = 0; c->left < DRAWS_AHEAD; c->left++)
		c->ahead[DRAWS_AHEAD - 1 - c->left] = to_time(jitter_draw(c));
}

sim_time cost_draw_random(struct sim *sim, struct cost *c)
{
	if (c->ahead) {
		draw_ahead(c);
		return c->ahead[--c->left];
	}
	if (unlikely(sim->now >= c->next_step))
		noise_catch_up(sim, c);
	return to_time(jitter_draw(c) * c->factor);
}
