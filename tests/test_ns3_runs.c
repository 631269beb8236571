/* SPDX-License-Identifier: MIT */
/*
 * Many short runs with ns-3 in them, one after the other in one process, and
 * by workers: each is the first one over again, nothing piles up, and what
 * ends the process inside ns-3 costs one run.
 */
#define _GNU_SOURCE
#include "tests/small_world.h"

#include <malloc.h>
#include <stdlib.h>

#include "sim/app/run/runner.h"
#include "sim/ns3/clock.h"
#include "tests/ns3_crash.h"

#define RUNS	   1000
#define CRASH	   77  /* the seed of a run that crashes, ... */
#define EVERY	   100 /* ... one of so many */
#define IS_ARRIVED 200 /* runs; whatever grows once has grown */

/* What malloc has given away and not got back. 0: a sanitizer has replaced it,
 * and looks for itself. */
static size_t in_use(void)
{
	return mallinfo2().uordblks;
}

static struct scenario *short_scenario(void)
{
	return small_scenario("linux_tcp", "client.stack=ns3 run.warmup=0ms "
					   "run.measure=1ms run.window=1ms");
}

static unsigned columns_in(const struct scenario *sc)
{
	struct column *columns;
	unsigned n;

	columns = columns_of(sc, &n);
	columns_free(columns, n);
	return n;
}

static void test_a_thousand_in_one_process(void **state)
{
	struct scenario *sc = short_scenario();
	unsigned n = columns_in(sc);
	double *first = calloc(n, sizeof *first);
	struct outcome out = {.values = calloc(n, sizeof *out.values)};
	struct sim *block = NULL;
	size_t before = 0;
	uint64_t hash = 0;

	(void)state;
	for (unsigned i = 0; i < RUNS; i++) {
		assert_true(world_run(&block, sc, &sc->points[0], 1, &out));
		assert_int_equal(out.status, RUN_OK);
		if (i == 0) {
			hash = out.trace_hash;
			memcpy(first, out.values, n * sizeof *first);
		}
		assert_true(out.trace_hash == hash);
		assert_memory_equal(first, out.values, n * sizeof *first);
		if (i == IS_ARRIVED)
			before = in_use();
	}
	assert_int_equal(in_use(), before);
	assert_true(out.events > 100); /* there was something to do */
	sim_free(block);
	free(first);
	free(out.values);
	scenario_free(sc);
}

/* --- by workers --------------------------------------------------------- */

struct tally {
	unsigned ok, crashed, n;
	uint64_t hash;
	size_t in_use;
};

static bool run_or_crash(struct sim **block, const struct scenario *sc,
			 const struct point *pt, uint64_t seed,
			 struct outcome *out)
{
	if (seed == CRASH)
		ns3_crash();
	return world_run(block, sc, pt, seed, out);
}

static bool finished(void *arg, unsigned job, const struct outcome *out)
{
	struct tally *t = arg;

	if (job % EVERY == EVERY - 1) {
		assert_int_equal(out->status, RUN_CRASHED);
		t->crashed++;
	} else {
		assert_int_equal(out->status, RUN_OK);
		if (t->ok++ == 0)
			t->hash = out->trace_hash;
		assert_true(out->trace_hash == t->hash);
	}
	if (++t->n == IS_ARRIVED)
		t->in_use = in_use();
	return true;
}

static bool tick(void *arg)
{
	(void)arg;
	return true;
}

static void test_a_thousand_by_workers(void **state)
{
	struct scenario *sc = short_scenario();
	struct job *jobs = calloc(RUNS, sizeof *jobs);
	struct tally t = {0};
	struct runner r = {.jobs = jobs,
			   .n_jobs = RUNS,
			   .n_workers = 2,
			   .run = run_or_crash,
			   .finished = finished,
			   .tick = tick,
			   .arg = &t};
	char why[200];
	unsigned n = columns_in(sc);

	(void)state;
	for (unsigned i = 0; i < RUNS; i++)
		jobs[i] =
			(struct job){.scenario = sc,
				     .point = &sc->points[0],
				     .seed = i % EVERY == EVERY - 1 ? CRASH : 1,
				     .timeout_ns = INT64_C(60000000000),
				     .n_values = n,
				     .sample_room = 2};
	assert_int_equal(runner_run(&r, why, sizeof why), RUNNER_DONE);
	assert_int_equal(t.crashed, RUNS / EVERY);
	assert_int_equal(t.ok, RUNS - RUNS / EVERY);
	assert_true(in_use() <= t.in_use);
	free(jobs);
	scenario_free(sc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_thousand_in_one_process),
		cmocka_unit_test(test_a_thousand_by_workers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
