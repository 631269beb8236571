/* SPDX-License-Identifier: MIT */
/*
 * Costs: is the drawn distribution the one that was asked for? Seeds are fixed,
 * so that what passes once passes always; the bands are four standard errors,
 * as if they were not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

#include "sim/cost.h"

#define DRAWS 200000

static struct sim *new_sim(uint64_t seed)
{
	struct sim *sim = sim_new(64 << 20, seed);

	assert_non_null(sim);
	return sim;
}

static struct cost *new_cost(struct sim *sim, const struct cost_spec *spec,
			     const char *name)
{
	struct cost *c = sim_alloc(sim, sizeof *c);

	cost_init(c, sim, spec, name);
	return c;
}

static void must_be_near(double x, double expected, double error)
{
	if (fabs(x - expected) > 4 * error)
		fail_msg("%g is not %g within 4 times %g", x, expected, error);
}

/* The standard error of a sample's standard deviation. */
static double error_of_sd(const double *x, double sd)
{
	double kurtosis = gsl_stats_kurtosis(x, 1, DRAWS) + 3;

	return sd * sqrt((kurtosis - 1) / 4 / DRAWS);
}

static double *draws(const struct cost_spec *spec)
{
	struct sim *sim = new_sim(1);
	struct cost *c = new_cost(sim, spec, "cost");
	double *x = test_malloc(DRAWS * sizeof *x);

	for (int i = 0; i < DRAWS; i++) {
		x[i] = (double)cost_draw(sim, c);
		assert_true(x[i] >= 0);
	}
	sim_free(sim);
	return x;
}

/* x is the caller's. */
static double *must_have(const struct cost_spec *spec, double mean, double sd)
{
	double *x = draws(spec);

	must_be_near(gsl_stats_mean(x, 1, DRAWS), mean, sd / sqrt(DRAWS));
	must_be_near(gsl_stats_sd(x, 1, DRAWS), sd, error_of_sd(x, sd));
	return x;
}

static void each_jitter_has_its_mean_and_deviation(void **state)
{
	(void)state;
	for (int kind = JITTER_NORMAL; kind <= JITTER_EXPONENTIAL; kind++) {
		struct cost_spec spec = {.mean = SIM_US,
					 .jitter.kind = (enum jitter_kind)kind};

		spec.jitter.share = 0.15;
		test_free(must_have(&spec, 1e6, 150e3));
		spec.jitter.share = 0;
		spec.jitter.absolute = 200 * SIM_NS;
		test_free(must_have(&spec, 1e6, 200e3));
	}
}

/* Skewness and range tell apart what mean and deviation do not. */
static void each_jitter_has_its_shape(void **state)
{
	static const struct {
		enum jitter_kind kind;
		double skewness, least, most;
	} shapes[] = {
		{JITTER_NORMAL, 0, 0, 3e6},
		{JITTER_UNIFORM, 0, 1e6 - 346411, 1e6 + 346411},
		{JITTER_GAMMA, 0.4, 0, 4e6},	   /* 2 sd / mean */
		{JITTER_LOGNORMAL, 0.608, 0, 4e6}, /* (3 + cv2) cv */
		{JITTER_EXPONENTIAL, 2, 0.8e6, 5e6},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		struct cost_spec spec = {.mean = SIM_US,
					 .jitter = {shapes[i].kind, 0.2, 0}};
		double *x = draws(&spec);

		must_be_near(gsl_stats_skew(x, 1, DRAWS), shapes[i].skewness,
			     0.02);
		assert_true(gsl_stats_min(x, 1, DRAWS) >= shapes[i].least);
		assert_true(gsl_stats_max(x, 1, DRAWS) <= shapes[i].most);
		test_free(x);
	}
}

/* A ps more or less is nothing, but rounding must not lean to one side. */
static void draws_are_rounded_to_the_nearest(void **state)
{
	struct cost_spec spec = {.mean = 10, .jitter = {JITTER_GAMMA, 0.2, 0}};

	(void)state;
	test_free(must_have(&spec, 10, sqrt(4 + 1 / 12.0)));
}

static void no_jitter_is_the_mean(void **state)
{
	struct cost_spec spec = {.mean = 1234567};
	struct sim *sim = new_sim(1);
	struct cost *c = new_cost(sim, &spec, "cost");

	(void)state;
	assert_false(c->random);
	for (int i = 0; i < 100; i++)
		assert_int_equal(cost_draw(sim, c), 1234567);
	sim_free(sim);
}

/* However wild, a cost is a time: whole and not negative, and nothing at all
 * stays nothing. */
static void wild_jitter_stays_a_time(void **state)
{
	struct cost_spec wild = {.mean = 1000, .jitter.share = 3};
	struct cost_spec nothing = {.jitter.absolute = 1000, .noise = 1};

	(void)state;
	nothing.noise_time = SIM_US;
	for (int kind = JITTER_NONE; kind <= JITTER_EXPONENTIAL; kind++) {
		double *x;

		wild.jitter.kind = nothing.jitter.kind = (enum jitter_kind)kind;
		test_free(draws(&wild));
		x = draws(&nothing);
		assert_true(gsl_stats_max(x, 1, DRAWS) == 0);
		test_free(x);
	}
	wild = (struct cost_spec){.mean = SIM_NEVER, .noise = 2};
	wild.noise_time = SIM_US;
	test_free(draws(&wild));
}

/* The factor's path at every quarter of the correlation time. */
#define NOISE_TIME (10 * SIM_MS)
#define NOISE	   0.3

static double *factors(void)
{
	struct cost_spec spec = {.mean = SIM_MS, .noise = NOISE};
	struct sim *sim = new_sim(7);
	double *f = test_malloc(DRAWS * sizeof *f);
	struct cost *c;

	spec.noise_time = NOISE_TIME;
	c = new_cost(sim, &spec, "cost");
	for (int i = 0; i < DRAWS; i++) {
		f[i] = (double)cost_draw(sim, c) / (double)SIM_MS;
		sim->now += NOISE_TIME / 4;
	}
	sim_free(sim);
	return f;
}

static double autocorrelation(const double *x, unsigned lag)
{
	return gsl_stats_correlation(x, 1, x + lag, 1, DRAWS - lag);
}

/* Neighbours are alike: a correlated sample of n is worth n / 8 here. */
static void noise_has_mean_one_and_its_correlation_time(void **state)
{
	double *f = factors(), sd = sqrt(exp(NOISE * NOISE) - 1);
	double few = sqrt(DRAWS / 8.0);

	(void)state;
	must_be_near(gsl_stats_mean(f, 1, DRAWS), 1, sd / few);
	for (int i = 0; i < DRAWS; i++)
		f[i] = log(f[i]);
	must_be_near(gsl_stats_mean(f, 1, DRAWS), -NOISE * NOISE / 2,
		     NOISE / few);
	must_be_near(gsl_stats_sd(f, 1, DRAWS), NOISE, NOISE / few);
	must_be_near(autocorrelation(f, 2), exp(-0.5), 1 / few);
	must_be_near(autocorrelation(f, 4), exp(-1), 1 / few);
	must_be_near(autocorrelation(f, 8), exp(-2), 1 / few);
	must_be_near(autocorrelation(f, 80), 0, 1 / few);
	test_free(f);
}

/* Who asks seldom sees the same path as who asks all the time. */
static void noise_is_the_same_however_often_one_asks(void **state)
{
	struct cost_spec spec = {.mean = SIM_MS, .noise = NOISE};
	struct sim *sim = new_sim(3);
	struct cost *often, *seldom;

	(void)state;
	spec.noise_time = NOISE_TIME;
	often = new_cost(sim, &spec, "cost");
	seldom = new_cost(sim, &spec, "cost");
	for (int i = 0; i < 20000; i++) {
		sim_time cost = cost_draw(sim, often);

		if (i % 77 == 0)
			assert_int_equal(cost_draw(sim, seldom), cost);
		sim->now += NOISE_TIME / 33;
	}
	sim_free(sim);
}

static void jitter_and_noise_go_together(void **state)
{
	struct cost_spec spec = {.mean = SIM_US, .noise = 0.1};
	struct sim *sim = new_sim(1);
	struct cost *slow, *both;
	double ratio = 0;

	(void)state;
	spec.noise_time = NOISE_TIME;
	slow = new_cost(sim, &spec, "cost");
	spec.jitter = (struct jitter){JITTER_GAMMA, 0.15, 0};
	both = new_cost(sim, &spec, "cost");
	for (int i = 0; i < DRAWS; i++) {
		ratio += (double)cost_draw(sim, both) /
			 (double)cost_draw(sim, slow);
		sim->now += SIM_MS;
	}
	must_be_near(ratio / DRAWS, 1, 0.15 / sqrt(DRAWS));
	sim_free(sim);
}

/* One stream is drawn from; `others` stand beside it and are used as well. */
static unsigned long drawn(uint64_t seed, const char *name, int others)
{
	static const char *const names[] = {"a", "b", "host.packet_cost.noise"};
	struct sim *sim = new_sim(seed);
	gsl_rng *beside[3], *r;
	unsigned long x = 0;

	for (int i = 0; i < others; i++)
		beside[i] = rng_stream(sim, names[i]);
	r = rng_stream(sim, name);
	for (int i = 0; i < 1000; i++) {
		for (int k = 0; k < others; k++)
			gsl_rng_get(beside[k]);
		x = x * 31 + gsl_rng_get(r);
	}
	sim_free(sim);
	return x;
}

static void another_stream_changes_no_stream(void **state)
{
	unsigned long alone = drawn(5, "host.packet_cost", 0);

	(void)state;
	assert_int_equal(drawn(5, "host.packet_cost", 1), alone);
	assert_int_equal(drawn(5, "host.packet_cost", 3), alone);
	assert_int_not_equal(drawn(6, "host.packet_cost", 0), alone);
	assert_int_not_equal(drawn(5, "host.packet_cosu", 0), alone);
}

static double correlation_of(uint64_t seed, const char *name, uint64_t seed2,
			     const char *name2)
{
	struct sim *a = new_sim(seed), *b = new_sim(seed2);
	gsl_rng *r = rng_stream(a, name), *s = rng_stream(b, name2);
	double *x = test_malloc(DRAWS * sizeof *x);
	double *y = test_malloc(DRAWS * sizeof *y);
	double correlation;

	for (int i = 0; i < DRAWS; i++) {
		x[i] = gsl_rng_uniform(r);
		y[i] = gsl_rng_uniform(s);
	}
	correlation = gsl_stats_correlation(x, 1, y, 1, DRAWS);
	test_free(x);
	test_free(y);
	sim_free(a);
	sim_free(b);
	return correlation;
}

static void near_seeds_and_names_are_strangers(void **state)
{
	double error = 1 / sqrt(DRAWS);

	(void)state;
	must_be_near(correlation_of(1, "x", 1, "x"), 1, 1e-9);
	must_be_near(correlation_of(1, "x", 2, "x"), 0, error);
	must_be_near(correlation_of(1, "x", 1, "y"), 0, error);
	must_be_near(correlation_of(0, "a.b", 1, "a.b"), 0, error);
	must_be_near(correlation_of(1, "ab", 1, "ba"), 0, error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_jitter_has_its_mean_and_deviation),
		cmocka_unit_test(each_jitter_has_its_shape),
		cmocka_unit_test(draws_are_rounded_to_the_nearest),
		cmocka_unit_test(no_jitter_is_the_mean),
		cmocka_unit_test(wild_jitter_stays_a_time),
		cmocka_unit_test(noise_has_mean_one_and_its_correlation_time),
		cmocka_unit_test(noise_is_the_same_however_often_one_asks),
		cmocka_unit_test(jitter_and_noise_go_together),
		cmocka_unit_test(another_stream_changes_no_stream),
		cmocka_unit_test(near_seeds_and_names_are_strangers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
