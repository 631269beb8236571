/* SPDX-License-Identifier: MIT */
/*
 * What leaves a run of its stalls: all of them in order, chains for the
 * longest and for the longest of each kind; and nothing that a parent must not
 * believe. The sleepers are made by hand: nobody simulates them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/app/world/stalls.h"

struct bench {
	struct sim *sim;
	struct waiter waiter;
	uint16_t host;
	struct stalls *told;
	bool due;
};

static bool is_due(void *arg)
{
	return ((struct bench *)arg)->due;
}

static int bench_init(void **state)
{
	struct bench *b = calloc(1, sizeof *b);
	uint16_t guest;

	b->sim = sim_new(1 << 26, 1);
	guest = sim_owner(b->sim, "guest");
	b->host = sim_owner(b->sim, "host");
	waiter_init(&b->waiter, b->sim, guest, "guest.writer", "free slots");
	waiter_about(&b->waiter, b->host);
	b->waiter.due = is_due;
	b->waiter.arg = b;
	b->told = calloc(1, sizeof *b->told);
	*state = b;
	return 0;
}

static int bench_free(void **state)
{
	struct bench *b = *state;

	sim_free(b->sim);
	free(b->told);
	free(b);
	return 0;
}

/* It sleeps, the host makes its condition true, and says nothing. */
static void stall(struct bench *b, sim_time length, enum cause cause,
		  const char *by)
{
	b->sim->now += 1000;
	b->due = false;
	note(b->sim, b->waiter.id, NOTE_ARM, 7);
	waiter_looks(&b->waiter);
	waiter_sleeps(&b->waiter);
	b->sim->now += 1000;
	waiter_publishing(&b->waiter);
	b->due = true;
	note(b->sim, b->host, NOTE_TAKE, 9);
	waiter_decided(&b->waiter, cause);
	b->sim->now += length;
	if (!by)
		return;
	note(b->sim, b->host, NOTE_TIMER, 3);
	note(b->sim, b->waiter.id, NOTE_WAKE, 0);
	waiter_wakes(&b->waiter, by);
}

static const char *name(const struct bench *b, unsigned i)
{
	assert_true(i < b->told->n_names);
	return b->told->names[i];
}

static void read_all(struct bench *b)
{
	oracle_finish(b->sim);
	stalls_read(b->sim, b->told);
	assert_true(stalls_fit(b->told));
}

static void one_with_its_chain(void **state)
{
	struct bench *b = *state;
	const struct told_stall *s = b->told->all;
	const struct told_note *n = b->told->notes;

	stall(b, 500, CAUSE_SUPPRESSED, "a timer");
	read_all(b);
	assert_int_equal(b->told->n, 1);
	assert_int_equal(s->start, 2000);
	assert_int_equal(s->end, 2500);
	assert_int_equal(s->cause, CAUSE_SUPPRESSED);
	assert_string_equal(name(b, s->waiter), "guest.writer");
	assert_string_equal(name(b, s->awaited), "free slots");
	assert_string_equal(name(b, s->rescuer), "a timer");
	assert_int_equal(s->n_notes, 3);
	assert_int_equal(s->has_out, 1);
	assert_int_equal(n[0].what, NOTE_ARM);
	assert_int_equal(n[0].at, 1000);
	assert_string_equal(name(b, n[0].owner), "guest");
	assert_int_equal(n[1].what, NOTE_TAKE);
	assert_int_equal(n[1].value, 9);
	assert_string_equal(name(b, n[1].owner), "host");
	assert_int_equal(n[2].what, NOTE_TIMER);
	assert_int_equal(n[2].at, 2500);
}

/* Nobody saves it: it ends with the run, and nothing leads out. */
static void to_the_end_of_the_run(void **state)
{
	struct bench *b = *state;

	stall(b, 500, CAUSE_NEVER_SENT, NULL);
	read_all(b);
	assert_int_equal(b->told->n, 1);
	assert_int_equal(b->told->all[0].end, 2500);
	assert_string_equal(name(b, b->told->all[0].rescuer), "");
	assert_int_equal(b->told->all[0].has_out, 0);
	assert_int_equal(b->told->all[0].n_notes, 2);
}

static void none(void **state)
{
	struct bench *b = *state;

	read_all(b);
	assert_int_equal(b->told->n, 0);
	b->sim->oracle = NULL;
	b->told->n = 5;
	stalls_read(b->sim, b->told);
	assert_int_equal(b->told->n, 0);
}

/* 3000 of them: number i is longer than number i - 1, but for one of another
 * cause and one with another rescuer, which are short. */
static void chains_of_the_longest_and_of_each_kind(void **state)
{
	struct bench *b = *state;
	const struct stalls *s = b->told;
	unsigned with = 0;

	for (unsigned i = 0; i < 3000; i++)
		stall(b, i == 2500 || i == 2600 ? 1200 : 100 + i,
		      i == 2500 ? CAUSE_MASKED : CAUSE_COALESCED,
		      i == 2600 ? "a stray" : "a timer");
	read_all(b);
	assert_int_equal(s->n, ORACLE_STALLS);
	for (unsigned i = 0; i < s->n; i++) {
		const struct told_stall *t = &s->all[i];

		assert_true(i == 0 || s->all[i - 1].start < t->start);
		assert_true(t->end - t->start >= 1100);
		with += t->n_notes > 0;
		if (t->cause == CAUSE_MASKED ||
		    strcmp(name(b, t->rescuer), "a stray") == 0)
			assert_true(t->n_notes > 0);
		else
			assert_true((t->n_notes > 0) ==
				    (t->end - t->start >= 3100 - 20));
	}
	assert_int_equal(with, STALL_LONGEST + 2);
}

static void many_names(void **state)
{
	struct bench *b = *state;

	for (unsigned i = 0; i < 1500; i++) {
		stall(b, 100, CAUSE_MASKED,
		      sim_format(b->sim, "%u%*s", i, 90, "x"));
	}
	read_all(b);
	assert_int_equal(b->told->n, 1500);
	assert_int_equal(b->told->n_names, 1500 + 4);
	assert_int_equal(strlen(name(b, b->told->all[9].rescuer)),
			 STALL_NAME - 1);
	assert_true(b->told->n_notes <= STALL_CHAINS * STALL_CHAIN_MOST);
}

#define BENCH(test)                                                            \
	cmocka_unit_test_setup_teardown(test, bench_init, bench_free)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BENCH(one_with_its_chain),
		BENCH(to_the_end_of_the_run),
		BENCH(none),
		BENCH(chains_of_the_longest_and_of_each_kind),
		BENCH(many_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
