/* SPDX-License-Identifier: MIT */
/* Metrics against arithmetic that keeps everything it was told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sort.h>
#include <math.h>

#include "sim/cost.h"
#include "sim/metric.h"

#define SAMPLES	     20000
#define SPAN_PROMISE 0.008 /* metric.h: within 0.8 % */

struct bench {
	struct sim *sim;
	gsl_rng *rng;
	struct span span;
	struct windowed windowed;
};

static int setup(void **state)
{
	struct bench *b = test_calloc(1, sizeof *b);

	b->sim = sim_new(16 << 20, 1);
	b->rng = rng_stream(b->sim, "bench");
	span_init(&b->span, b->sim);
	windowed_init(&b->windowed, b->sim, 10, 100);
	*state = b;
	return b->sim ? 0 : -1;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	sim_free(b->sim);
	test_free(b);
	return 0;
}

static void must_be_within(double x, double exact, double share)
{
	if (!(fabs(x - exact) <= share * fabs(exact)))
		fail_msg("%.12g is not %.12g within %g of it", x, exact, share);
}

/* The smallest sample that at least the share q of all does not exceed. */
static double exact_quantile(const double *sorted, double q)
{
	return sorted[(size_t)fmax(ceil(q * SAMPLES) - 1, 0)];
}

static void must_agree(struct bench *b, double *x)
{
	static const double quantiles[] = {0,	 0.01, 0.1,   0.25, 0.5,
					   0.75, 0.99, 0.999, 1};
	double sum = 0;

	span_reset(&b->span);
	for (int i = 0; i < SAMPLES; i++) {
		span_add(&b->span, (sim_time)x[i]);
		sum += x[i];
	}
	gsl_sort(x, 1, SAMPLES);
	for (unsigned i = 0; i < sizeof quantiles / sizeof *quantiles; i++)
		must_be_within(span_quantile(&b->span, quantiles[i]),
			       exact_quantile(x, quantiles[i]), SPAN_PROMISE);
	assert_int_equal(b->span.n, SAMPLES);
	assert_int_equal(b->span.max, x[SAMPLES - 1]);
	must_be_within(b->span.sum, sum, 1e-12);
}

/* From single picoseconds to days, and values that are far apart. */
static void quantiles_are_as_near_as_promised(void **state)
{
	static const double means[] = {5, 60, 1e3, 1e6, 1e9, 1e15, 4e17};
	struct bench *b = *state;
	double *x = test_malloc(SAMPLES * sizeof *x);

	for (unsigned m = 0; m < sizeof means / sizeof *means; m++) {
		for (int i = 0; i < SAMPLES; i++)
			x[i] = floor(gsl_ran_exponential(b->rng, means[m]));
		must_agree(b, x);
		for (int i = 0; i < SAMPLES; i++)
			x[i] = floor(means[m] * (i % 7 ? 1 : 20));
		must_agree(b, x);
	}
	test_free(x);
}

static void every_duration_has_a_bucket(void **state)
{
	struct bench *b = *state;
	unsigned last = 0;

	for (uint64_t ps = 0; ps < 100000; ps++) {
		unsigned bucket = span_bucket(ps);

		assert_true(bucket == last || bucket == last + 1);
		last = bucket;
	}
	assert_true(span_bucket(SIM_NEVER) < SPAN_BUCKETS);
	for (sim_time ps = 1; ps > 0 && ps < SIM_NEVER / 3; ps *= 3) {
		span_reset(&b->span);
		span_add(&b->span, ps);
		span_add(&b->span, SIM_NEVER);
		must_be_within(span_quantile(&b->span, 0.5), (double)ps,
			       SPAN_PROMISE);
		must_be_within(span_quantile(&b->span, 1), (double)SIM_NEVER,
			       SPAN_PROMISE);
	}
}

/* No sample, no quantile; and none from before the warm-up's end. */
static void an_empty_span_has_no_quantile(void **state)
{
	struct bench *b = *state;

	assert_true(isnan(span_quantile(&b->span, 0.5)));
	span_add(&b->span, 7);
	assert_true(span_quantile(&b->span, 0.5) == 7);
	span_reset(&b->span);
	assert_true(isnan(span_quantile(&b->span, 0.5)));
	assert_int_equal(b->span.max, 0);
	span_add(&b->span, 3);
	assert_true(span_quantile(&b->span, 1) == 3);
}

static void count_at(struct bench *b, sim_time at)
{
	b->sim->now = at;
	windowed_add(&b->windowed, b->sim);
}

/* Windows of 10 from 100 to 200; what happens at an end is the next one's. */
static void count_all(struct bench *b)
{
	static const sim_time when[] = {100, 101, 109, 110, 119,
					150, 155, 189, 190, 199};

	count_at(b, 5); /* in the warm-up */
	b->sim->now = 100;
	windowed_reset(&b->windowed, b->sim);
	for (unsigned i = 0; i < sizeof when / sizeof *when; i++)
		count_at(b, when[i]);
	b->sim->now = 200;
	windowed_close(&b->windowed, 200);
}

static void windows_count_and_empty_ones_too(void **state)
{
	static const double counts[] = {3, 2, 0, 0, 0, 2, 0, 0, 1, 2};
	struct bench *b = *state;
	struct windowed *w = &b->windowed;

	count_all(b);
	assert_int_equal(w->closed, 10);
	for (unsigned i = 0; i < 10; i++)
		assert_int_equal(w->counts[i], counts[i]);
	assert_int_equal(w->total + w->n, 10);
	count_at(b, 250); /* after the end there is no room, and no harm */
	assert_int_equal(w->closed, 10);
}

/* Sorted: 0 0 0 0 0 1 2 2 2 3, mean 1, sum of squares 22. */
static void windows_have_quantiles_and_spread(void **state)
{
	struct bench *b = *state;
	struct windowed *w = &b->windowed;
	double per_window = 10 / (double)SIM_SEC;

	count_all(b);
	must_be_within(windowed_cv(w), sqrt((22 - 10) / 9.0), 1e-12);
	must_be_within(windowed_quantile(w, 0), 0, 0);
	must_be_within(windowed_quantile(w, 0.5) * per_window, 0.5, 1e-12);
	must_be_within(windowed_quantile(w, 1) * per_window, 3, 1e-12);
	must_be_within(windowed_quantile(w, 0.99) * per_window, 2.91, 1e-12);
}

static void without_windows_there_is_no_statistic(void **state)
{
	struct bench *b = *state;
	struct windowed *w = &b->windowed;

	windowed_reset(w, b->sim);
	count_at(b, 3);
	assert_true(isnan(windowed_quantile(w, 0.5)));
	assert_true(isnan(windowed_cv(w)));
	windowed_close(w, 40); /* one event, then three empty windows */
	assert_int_equal(w->closed, 4);
	must_be_within(windowed_cv(w), 2, 1e-12);
}

/* 2 until 100 (before it counts), 2 to 130, 5 to 180, 1 to 200. */
static void a_level_is_weighted_with_time(void **state)
{
	struct bench *b = *state;
	struct level l = {0};

	level_set(&l, b->sim, 9);
	b->sim->now = 10;
	level_set(&l, b->sim, 2);
	b->sim->now = 100;
	level_reset(&l, b->sim);
	assert_true(l.max == 2);
	b->sim->now = 130;
	level_set(&l, b->sim, 5);
	b->sim->now = 180;
	level_set(&l, b->sim, 7); /* for no time at all */
	level_set(&l, b->sim, 1);
	b->sim->now = 200;
	must_be_within(level_mean(&l, b->sim, 100),
		       (30 * 2 + 50 * 5 + 20 * 1) / 100.0, 1e-12);
	assert_true(l.max == 7);
}

static void a_counter_counts_from_its_reset(void **state)
{
	struct counter c = {0};

	(void)state;
	counter_add(&c, 5);
	counter_reset(&c);
	counter_add(&c, 1);
	counter_add(&c, 0);
	counter_add(&c, 2);
	assert_int_equal(c.n, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(quantiles_are_as_near_as_promised),
		TEST(every_duration_has_a_bucket),
		TEST(an_empty_span_has_no_quantile),
		TEST(windows_count_and_empty_ones_too),
		TEST(windows_have_quantiles_and_spread),
		TEST(without_windows_there_is_no_statistic),
		TEST(a_level_is_weighted_with_time),
		TEST(a_counter_counts_from_its_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
