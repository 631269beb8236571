/* SPDX-License-Identifier: MIT */
/* Workers that do their work, and workers that do not. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/app/run/runner.h"

#define N_VALUES 3
#define LONG	 (int64_t)3600000000000 /* an hour, in ns */

/* What the runner told, per job. */
struct told {
	unsigned times;
	enum run_status status;
	double first, last, sample;
	unsigned n_samples, n_stalls;
	sim_time stall;
	char remark[OUTCOME_REMARK];
};

struct sweep {
	struct scenario scenario;
	struct point point;
	struct job *jobs;
	struct told *told;
	unsigned n, done;
	unsigned stop_after; /* 0: never */
	bool interrupt;	     /* by SIGINT, in the first tick */
};

static void sweep_init(struct sweep *s, unsigned n, unsigned n_values,
		       int64_t timeout_ns)
{
	memset(s, 0, sizeof *s);
	s->n = n;
	s->scenario.n_samples = 2;
	s->jobs = calloc(n, sizeof *s->jobs);
	s->told = calloc(n, sizeof *s->told);
	for (unsigned i = 0; i < n; i++)
		s->jobs[i] = (struct job){.scenario = &s->scenario,
					  .point = &s->point,
					  .seed = i,
					  .timeout_ns = timeout_ns,
					  .n_values = n_values,
					  .sample_room = 4};
}

static void sweep_free(struct sweep *s)
{
	free(s->jobs);
	free(s->told);
}

static bool finished(void *arg, unsigned job, const struct outcome *out)
{
	struct sweep *s = arg;
	struct told *told = &s->told[job];

	told->times++;
	told->status = out->status;
	told->first = out->values[0];
	told->last = out->values[s->jobs[job].n_values - 1];
	told->n_samples = out->n_samples;
	told->n_stalls = out->stalls->n;
	if (out->stalls->n > 0)
		told->stall = out->stalls->all[out->stalls->n - 1].end;
	memcpy(told->remark, out->remark, sizeof told->remark);
	if (out->n_samples > 0) /* the last window of the second probe */
		told->sample =
			out->samples[out->sample_room + out->n_samples - 1];
	return ++s->done != s->stop_after;
}

static bool tick(void *arg)
{
	struct sweep *s = arg;

	if (s->interrupt)
		raise(SIGINT);
	s->interrupt = false;
	return true;
}

static enum runner_end
run_with(struct sweep *s, unsigned workers,
	 bool (*run)(struct sim **, const struct scenario *,
		     const struct point *, uint64_t, struct outcome *))
{
	struct runner r = {.jobs = s->jobs,
			   .n_jobs = s->n,
			   .n_workers = workers,
			   .run = run,
			   .finished = finished,
			   .tick = tick,
			   .arg = s};
	char why[200] = "";
	enum runner_end end = runner_run(&r, why, sizeof why);

	/* Whatever happened, nobody is left. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	assert_int_equal(end == RUNNER_FAILED, *why != '\0');
	return end;
}

/* --- what workers may do ------------------------------------------------ */

static bool good(struct sim **block, const struct scenario *sc,
		 const struct point *pt, uint64_t seed, struct outcome *out)
{
	(void)block, (void)sc, (void)pt;
	out->status = RUN_OK;
	out->values[0] = (double)seed;
	out->values[N_VALUES - 1] = 2 * (double)seed;
	out->n_samples = seed % 5;
	for (unsigned i = 0; i < out->n_samples; i++)
		out->samples[out->sample_room + i] = (double)(seed + i);
	return true;
}

/* Stall i of a run lasts until i; all have the same one note. */
static bool stalls(struct sim **block, const struct scenario *sc,
		   const struct point *pt, uint64_t seed, struct outcome *out)
{
	struct stalls *s = out->stalls;

	good(block, sc, pt, seed, out);
	snprintf(out->remark, sizeof out->remark, "r%llu",
		 (unsigned long long)seed);
	strcpy(s->names[0], "somebody");
	s->n_names = s->n_notes = 1;
	s->notes[0] = (struct told_note){.what = NOTE_PUT};
	for (s->n = 0; s->n < seed % 2000; s->n++)
		s->all[s->n] = (struct told_stall){.end = s->n, .n_notes = 1};
	return true;
}

/* One wild number each. */
static bool stalls_wildly(struct sim **block, const struct scenario *sc,
			  const struct point *pt, uint64_t seed,
			  struct outcome *out)
{
	struct stalls *s = out->stalls;

	stalls(block, sc, pt, 1990, out);
	switch (seed) {
	case 1:
		s->all[5].waiter = 1;
		return true;
	case 2:
		s->all[5].first = 1;
		return true;
	case 3:
		s->all[5].cause = NUM_CAUSES;
		return true;
	case 4:
		s->all[5].start = 6;
		return true;
	case 5:
		s->notes[0].owner = 1;
		return true;
	case 6:
		s->notes[0].what = NUM_NOTES;
		return true;
	case 7:
		memset(s->names[0], 'x', STALL_NAME);
		return true;
	case 8:
		s->n = 2000 + 1;
		return true;
	case 9:
		memset(out->remark, 'x', sizeof out->remark);
		return true;
	}
	return true;
}

static bool sometimes_dies(struct sim **block, const struct scenario *sc,
			   const struct point *pt, uint64_t seed,
			   struct outcome *out)
{
	if (seed % 7 == 3)
		raise(SIGKILL);
	if (seed % 7 == 5)
		_exit(0);
	return good(block, sc, pt, seed, out);
}

static bool sometimes_hangs(struct sim **block, const struct scenario *sc,
			    const struct point *pt, uint64_t seed,
			    struct outcome *out)
{
	while (seed == 1 || seed == 4)
		pause();
	return good(block, sc, pt, seed, out);
}

static bool lies(struct sim **block, const struct scenario *sc,
		 const struct point *pt, uint64_t seed, struct outcome *out)
{
	good(block, sc, pt, seed, out);
	if (seed == 2)
		out->n_samples = 0;
	if (seed == 2)
		out->status = (enum run_status)77;
	return true;
}

static bool fills_pipes(struct sim **block, const struct scenario *sc,
			const struct point *pt, uint64_t seed,
			struct outcome *out)
{
	good(block, sc, pt, seed, out);
	out->values[50000 - 1] = 3 * (double)seed;
	return true;
}

static bool has_no_memory(struct sim **block, const struct scenario *sc,
			  const struct point *pt, uint64_t seed,
			  struct outcome *out)
{
	return good(block, sc, pt, seed, out) && seed != 3;
}

/* Counts in the block how often this worker has run. */
static bool counts(struct sim **block, const struct scenario *sc,
		   const struct point *pt, uint64_t seed, struct outcome *out)
{
	good(block, sc, pt, seed, out);
	*block = (struct sim *)((uintptr_t)*block + 1);
	out->values[0] = (double)(uintptr_t)*block;
	return true;
}

/* --- what comes of it --------------------------------------------------- */

static void every_job_once(void **state)
{
	(void)state;
	for (unsigned workers = 1; workers <= 5; workers += 2) {
		struct sweep s;

		sweep_init(&s, 300, N_VALUES, LONG);
		assert_int_equal(run_with(&s, workers, good), RUNNER_DONE);
		for (unsigned i = 0; i < s.n; i++) {
			assert_int_equal(s.told[i].times, 1);
			assert_int_equal(s.told[i].status, RUN_OK);
			assert_true(s.told[i].first == i);
			assert_true(s.told[i].last == 2 * i);
			assert_int_equal(s.told[i].n_samples, i % 5);
			if (i % 5 > 0)
				assert_true(s.told[i].sample == i + i % 5 - 1);
		}
		sweep_free(&s);
	}
}

static void a_crash_costs_one_run(void **state)
{
	struct sweep s;

	(void)state;
	sweep_init(&s, 70, N_VALUES, LONG);
	assert_int_equal(run_with(&s, 3, sometimes_dies), RUNNER_DONE);
	for (unsigned i = 0; i < s.n; i++) {
		bool dead = i % 7 == 3 || i % 7 == 5;

		assert_int_equal(s.told[i].times, 1);
		assert_int_equal(s.told[i].status, dead ? RUN_CRASHED : RUN_OK);
		assert_true(dead ? s.told[i].first != s.told[i].first
				 : s.told[i].first == i);
	}
	sweep_free(&s);
}

static void a_hanging_run_times_out(void **state)
{
	struct sweep s;

	(void)state;
	sweep_init(&s, 8, N_VALUES, LONG);
	s.jobs[1].timeout_ns = s.jobs[4].timeout_ns = 30000000;
	assert_int_equal(run_with(&s, 2, sometimes_hangs), RUNNER_DONE);
	for (unsigned i = 0; i < s.n; i++) {
		assert_int_equal(s.told[i].times, 1);
		assert_int_equal(s.told[i].status,
				 i == 1 || i == 4 ? RUN_TIMEOUT : RUN_OK);
	}
	sweep_free(&s);
}

static void nonsense_is_not_believed(void **state)
{
	struct sweep s;

	(void)state;
	sweep_init(&s, 6, N_VALUES, LONG);
	assert_int_equal(run_with(&s, 1, lies), RUNNER_DONE);
	for (unsigned i = 0; i < s.n; i++)
		assert_int_equal(s.told[i].status,
				 i == 2 ? RUN_CRASHED : RUN_OK);
	sweep_free(&s);
}

static void stalls_come_over(void **state)
{
	struct sweep s;

	(void)state;
	sweep_init(&s, 2000, N_VALUES, LONG);
	s.n = 1991;
	assert_int_equal(run_with(&s, 2, stalls), RUNNER_DONE);
	for (unsigned i = 0; i < s.n; i += 199) {
		char remark[16];

		snprintf(remark, sizeof remark, "r%u", i);
		assert_int_equal(s.told[i].n_stalls, i);
		assert_string_equal(s.told[i].remark, remark);
		if (i > 0)
			assert_int_equal(s.told[i].stall, i - 1);
	}
	sweep_free(&s);
}

static void wild_stalls_are_not_believed(void **state)
{
	struct sweep s;

	(void)state;
	sweep_init(&s, 12, N_VALUES, LONG);
	assert_int_equal(run_with(&s, 1, stalls_wildly), RUNNER_DONE);
	for (unsigned i = 0; i < s.n; i++)
		assert_int_equal(s.told[i].status,
				 i >= 1 && i <= 9 ? RUN_CRASHED : RUN_OK);
	sweep_free(&s);
}

static void answers_longer_than_a_pipe(void **state)
{
	struct sweep s;

	(void)state;
	sweep_init(&s, 20, 50000, LONG);
	assert_int_equal(run_with(&s, 2, fills_pipes), RUNNER_DONE);
	for (unsigned i = 0; i < s.n; i++)
		assert_true(s.told[i].last == 3 * i);
	sweep_free(&s);
}

static void no_memory_ends_the_sweep(void **state)
{
	struct sweep s;

	(void)state;
	sweep_init(&s, 100, N_VALUES, LONG);
	assert_int_equal(run_with(&s, 2, has_no_memory), RUNNER_FAILED);
	assert_int_equal(s.told[3].times, 0);
	sweep_free(&s);
}

static void finished_may_stop_it(void **state)
{
	struct sweep s;

	(void)state;
	sweep_init(&s, 100, N_VALUES, LONG);
	s.stop_after = 10;
	assert_int_equal(run_with(&s, 2, good), RUNNER_STOPPED);
	assert_int_equal(s.done, 10);
	sweep_free(&s);
}

/* The signal stops the sweep, and nothing of it is left afterwards. */
static void interrupted(void **state)
{
	struct sweep s;
	sigset_t pending;

	(void)state;
	sweep_init(&s, 100000, N_VALUES, LONG);
	s.interrupt = true;
	assert_int_equal(run_with(&s, 2, good), RUNNER_INTERRUPTED);
	assert_true(s.done < s.n);
	sigpending(&pending);
	assert_false(sigismember(&pending, SIGINT));
	sweep_free(&s);
}

static void a_worker_keeps_its_block(void **state)
{
	struct sweep s;

	(void)state;
	sweep_init(&s, 10, N_VALUES, LONG);
	assert_int_equal(run_with(&s, 1, counts), RUNNER_DONE);
	for (unsigned i = 0; i < s.n; i++)
		assert_true(s.told[i].first == i + 1);
	sweep_free(&s);
}

static void nothing_to_do(void **state)
{
	struct sweep s;

	(void)state;
	sweep_init(&s, 0, N_VALUES, LONG);
	assert_int_equal(run_with(&s, 4, good), RUNNER_DONE);
	sweep_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_job_once),
		cmocka_unit_test(a_crash_costs_one_run),
		cmocka_unit_test(a_hanging_run_times_out),
		cmocka_unit_test(nonsense_is_not_believed),
		cmocka_unit_test(stalls_come_over),
		cmocka_unit_test(wild_stalls_are_not_believed),
		cmocka_unit_test(answers_longer_than_a_pipe),
		cmocka_unit_test(no_memory_ends_the_sweep),
		cmocka_unit_test(finished_may_stop_it),
		cmocka_unit_test(interrupted),
		cmocka_unit_test(a_worker_keeps_its_block),
		cmocka_unit_test(nothing_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
