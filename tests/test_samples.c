/* SPDX-License-Identifier: MIT */
/* Samples: what the windows hold adds up to what the whole run has, and to look
 * at them changes nothing. */
#define _GNU_SOURCE /* strsep() */
#include "tests/small_world.h"

#include <math.h>
#include <stdlib.h>

#define WINDOWS 100 /* the scenarios measure 100 ms or so */

static const char *const sampled[] = {"sink.rate", "host.kicks",
				      "guest.in_use"};

struct sampled_world {
	struct small_world w;
	double samples[3 * (WINDOWS + 1)];
};

/* `n` of the metrics above in windows of 1 ms. */
static void run(struct sampled_world *s, unsigned n, const char *sets)
{
	struct small_world *w = &s->w;

	w->sc = small_scenario("qemu", sets);
	w->columns = columns_of(w->sc, &w->n);
	w->sc->n_samples = n;
	w->sc->samples = calloc(n, sizeof(char *));
	for (unsigned i = 0; i < n; i++)
		w->sc->samples[i] = strdup(sampled[i]);
	w->out = (struct outcome){.values = w->values,
				  .samples = s->samples,
				  .sample_room = WINDOWS + 1};
	assert_true(world_run(&w->block, w->sc, &w->sc->points[0], 1, &w->out));
	assert_int_equal(w->out.status, RUN_OK);
}

static double sum(const struct sampled_world *s, unsigned probe)
{
	double x = 0;

	for (unsigned i = 0; i < s->w.out.n_samples; i++)
		x += s->samples[probe * (WINDOWS + 1) + i];
	return x;
}

static void must_be(double x, double y)
{
	if (!(fabs(x - y) <= 1e-9 * fabs(y)))
		fail_msg("%.12g is not %.12g", x, y);
}

#define TIMES "run.warmup=3ms run.measure=50ms run.window=1ms"

static void they_add_up(void **state)
{
	struct sampled_world s = {0};

	(void)state;
	run(&s, 3, TIMES);
	assert_int_equal(s.w.out.n_samples, 50);
	must_be(sum(&s, 0) / 50, small_world_number(&s.w, "sink.rate"));
	assert_true(sum(&s, 1) > 10);
	must_be(sum(&s, 1), small_world_number(&s.w, "host.kicks"));
	assert_true(sum(&s, 2) > 0);
	must_be(sum(&s, 2) / 50, small_world_number(&s.w, "guest.in_use.mean"));
	small_world_free(&s.w);
}

/* The last window is not whole, so it is not told. */
static void whole_windows_alone(void **state)
{
	struct sampled_world s = {0};

	(void)state;
	run(&s, 3, "run.warmup=3ms run.measure=50.5ms run.window=1ms");
	assert_int_equal(s.w.out.n_samples, 50);
	assert_true(sum(&s, 1) <= small_world_number(&s.w, "host.kicks"));
	small_world_free(&s.w);
}

static void looking_changes_nothing(void **state)
{
	struct sampled_world s[2] = {0};

	(void)state;
	run(&s[0], 0, TIMES);
	run(&s[1], 3, TIMES);
	assert_true(s[0].w.out.trace_hash == s[1].w.out.trace_hash);
	assert_memory_equal(s[0].w.values, s[1].w.values,
			    s[0].w.n * sizeof(double));
	small_world_free(&s[0].w);
	small_world_free(&s[1].w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_add_up),
		cmocka_unit_test(whole_windows_alone),
		cmocka_unit_test(looking_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
