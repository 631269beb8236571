/* SPDX-License-Identifier: MIT */
/*
 * The oracle by hand: one sleeper whose condition and whose notifications are
 * switches of the test's, and a clock that the test turns. (How drivers use it
 * is test_lost.c's affair.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sim/oracle.h"

struct sleeper {
	struct waiter w;
	bool due, coming;
};

struct bed {
	struct sim *sim;
	struct oracle *oracle;
	struct sleeper a, b;
	uint16_t ids[3]; /* of a, of b, of somebody else */
};

static bool is_due(void *arg)
{
	return ((struct sleeper *)arg)->due;
}

static bool is_coming(void *arg)
{
	return ((struct sleeper *)arg)->coming;
}

static void sleeper_make(struct bed *bed, struct sleeper *s, unsigned i,
			 const char *name)
{
	bed->ids[i] = sim_owner(bed->sim, name);
	waiter_init(&s->w, bed->sim, bed->ids[i], name, "bread");
	s->w.due = is_due;
	s->w.coming = is_coming;
	s->w.arg = s;
}

static int bed_make(void **state)
{
	struct sim *sim = sim_new(64 << 20, 1);
	struct bed *bed = sim_alloc(sim, sizeof *bed);

	bed->sim = sim;
	sleeper_make(bed, &bed->a, 0, "anna");
	sleeper_make(bed, &bed->b, 1, "bert");
	bed->ids[2] = sim_owner(sim, "carl");
	bed->oracle = sim->oracle;
	*state = bed;
	return 0;
}

static int bed_unmake(void **state)
{
	sim_free(((struct bed *)*state)->sim);
	return 0;
}

/* The only stall. */
static const struct stall *only(struct bed *bed)
{
	oracle_finish(bed->sim);
	assert_int_equal(bed->oracle->n, 1);
	assert_int_equal(bed->oracle->n_stalls, 1);
	return bed->oracle->stalls;
}

static void must_be_none(struct bed *bed)
{
	oracle_finish(bed->sim);
	assert_int_equal(bed->oracle->n, 0);
	assert_int_equal(bed->oracle->n_stalls, 0);
}

static void who_sleeps_in_front_of_it_did_not_look(void **state)
{
	struct bed *bed = *state;
	const struct stall *s;

	bed->sim->now = 5;
	bed->a.due = true;
	waiter_sleeps(&bed->a.w);
	bed->sim->now = 9;
	waiter_wakes(&bed->a.w, "the cat");
	s = only(bed);
	assert_int_equal(s->start, 5);
	assert_int_equal(s->end, 9);
	assert_int_equal(s->cause, CAUSE_NO_RECHECK);
	assert_string_equal(s->waiter, "anna");
	assert_string_equal(s->awaited, "bread");
	assert_string_equal(s->rescuer, "the cat");
	assert_int_equal(bed->oracle->lost, 4);
}

static void nothing_to_wait_for_is_no_loss(void **state)
{
	struct bed *bed = *state;

	waiter_sleeps(&bed->a.w);
	waiter_publishing(&bed->a.w);
	waiter_decided(&bed->a.w, CAUSE_SUPPRESSED);
	waiter_spent(&bed->a.w, CAUSE_CONSUMED);
	bed->sim->now = 1000 * SIM_SEC;
	must_be_none(bed);
}

static void who_is_awake_has_lost_nothing(void **state)
{
	struct bed *bed = *state;

	bed->a.due = true;
	waiter_publishing(&bed->a.w);
	waiter_decided(&bed->a.w, CAUSE_SUPPRESSED);
	waiter_spent(&bed->a.w, CAUSE_CONSUMED);
	must_be_none(bed);
}

static void what_is_on_its_way_will_do(void **state)
{
	struct bed *bed = *state;

	waiter_sleeps(&bed->a.w);
	waiter_publishing(&bed->a.w);
	bed->a.due = bed->a.coming = true;
	waiter_decided(&bed->a.w, CAUSE_CONSUMED);
	bed->sim->now = 7;
	bed->a.coming = false;
	waiter_wakes(&bed->a.w, "the kick");
	must_be_none(bed);
}

static void a_kick_that_comes_to_nought(void **state)
{
	struct bed *bed = *state;
	const struct stall *s;

	waiter_sleeps(&bed->a.w);
	waiter_publishing(&bed->a.w);
	bed->a.due = bed->a.coming = true;
	waiter_decided(&bed->a.w, CAUSE_SUPPRESSED);
	bed->sim->now = 7;
	bed->a.coming = false;
	waiter_spent(&bed->a.w, CAUSE_MASKED);
	bed->sim->now = 10;
	s = only(bed);
	assert_int_equal(s->start, 7);
	assert_int_equal(s->end, 10);
	assert_int_equal(s->cause, CAUSE_MASKED);
	assert_string_equal(s->rescuer, "");
	assert_false(s->has_out);
}

/* Whoever decides last is asked; whoever is still to decide may yet notify. */
static void all_must_have_decided(void **state)
{
	struct bed *bed = *state;
	struct waiter *w = &bed->a.w;

	waiter_sleeps(w);
	waiter_publishing(w);
	bed->a.due = true;
	waiter_publishing(w);
	waiter_decided(w, CAUSE_SUPPRESSED);
	assert_false(w->lost);
	waiter_spent(w, CAUSE_NONE);
	assert_false(w->lost);
	bed->sim->now = 3;
	waiter_decided(w, CAUSE_NEVER_SENT);
	assert_true(w->lost);
	assert_int_equal(only(bed)->start, 3);
	assert_int_equal(bed->oracle->stalls->cause, CAUSE_NEVER_SENT);
}

/* Somebody was between publishing and deciding when it went to sleep, and then
 * had nothing to tell: a second look would have seen it. */
static void asleep_before_the_decision(void **state)
{
	struct bed *bed = *state;

	waiter_publishing(&bed->a.w);
	bed->a.due = true;
	waiter_sleeps(&bed->a.w);
	assert_false(bed->a.w.lost);
	bed->sim->now = 2;
	waiter_decided(&bed->a.w, CAUSE_SUPPRESSED);
	assert_int_equal(only(bed)->start, 2);
	assert_int_equal(bed->oracle->stalls->cause, CAUSE_NO_RECHECK);
}

static void every_cause_has_its_name(void **state)
{
	struct bed *bed = *state;

	for (unsigned c = CAUSE_NEVER_SENT; c < NUM_CAUSES; c++) {
		bed->a.due = false;
		waiter_sleeps(&bed->a.w);
		waiter_publishing(&bed->a.w);
		bed->a.due = true;
		waiter_decided(&bed->a.w, (enum cause)c);
		bed->sim->now++;
		waiter_wakes(&bed->a.w, "");
	}
	oracle_finish(bed->sim);
	assert_int_equal(bed->oracle->n, NUM_CAUSES - 1);
	for (unsigned c = CAUSE_NEVER_SENT; c < NUM_CAUSES; c++) {
		assert_int_equal(bed->oracle->stalls[c - 1].cause, c);
		for (unsigned d = 0; d < c; d++)
			assert_string_not_equal(cause_name((enum cause)c),
						cause_name((enum cause)d));
	}
}

/* Until it looks again. */
static void what_used_one_up_is_suspected(void **state)
{
	struct bed *bed = *state;

	waiter_spent(&bed->a.w, CAUSE_CONSUMED);
	waiter_looks(&bed->a.w);
	bed->a.due = true;
	waiter_sleeps(&bed->a.w);
	waiter_wakes(&bed->a.w, "");
	bed->sim->now = 1;
	waiter_spent(&bed->a.w, CAUSE_EARLY);
	waiter_sleeps(&bed->a.w);
	waiter_wakes(&bed->a.w, "");
	oracle_finish(bed->sim);
	assert_int_equal(bed->oracle->n, 2);
	assert_int_equal(bed->oracle->stalls[0].cause, CAUSE_NO_RECHECK);
	assert_int_equal(bed->oracle->stalls[1].cause, CAUSE_EARLY);
}

/* Told once, however often it is asked, and for as long as it sleeps. */
static void a_loss_lasts_until_it_wakes(void **state)
{
	struct bed *bed = *state;

	bed->a.due = true;
	waiter_sleeps(&bed->a.w);
	bed->sim->now = 4;
	waiter_spent(&bed->a.w, CAUSE_CONSUMED);
	waiter_publishing(&bed->a.w);
	bed->a.coming = true;
	waiter_decided(&bed->a.w, CAUSE_SUPPRESSED);
	bed->a.due = false;
	bed->sim->now = 6;
	waiter_wakes(&bed->a.w, "a timer");
	assert_int_equal(only(bed)->start, 0);
	assert_int_equal(bed->oracle->stalls->end, 6);
	assert_int_equal(bed->oracle->stalls->cause, CAUSE_NO_RECHECK);
}

static void the_warm_up_does_not_count(void **state)
{
	struct bed *bed = *state;

	bed->a.due = bed->b.due = true;
	waiter_sleeps(&bed->a.w);
	waiter_sleeps(&bed->b.w);
	bed->sim->now = 10;
	waiter_wakes(&bed->b.w, "");
	bed->sim->now = 100;
	oracle_reset(bed->sim);
	assert_int_equal(bed->oracle->n, 0);
	bed->sim->now = 103;
	waiter_wakes(&bed->a.w, "");
	assert_int_equal(only(bed)->start, 0);
	assert_int_equal(bed->oracle->stalls->end, 103);
	assert_int_equal(bed->oracle->lost, 3);
}

static void two_at_a_time(void **state)
{
	struct bed *bed = *state;
	const struct stall *s = NULL;

	bed->a.due = bed->b.due = true;
	waiter_sleeps(&bed->b.w);
	waiter_sleeps(&bed->a.w);
	bed->sim->now = 10;
	oracle_finish(bed->sim);
	s = bed->oracle->stalls;
	assert_int_equal(bed->oracle->n, 2);
	assert_int_equal(bed->oracle->lost, 20);
	assert_string_equal(s[0].waiter, "anna");
	assert_string_equal(s[1].waiter, "bert");
}

/* Half as many again as there is room for, of lengths 1, 3000, 2, 2999, …: all
 * are counted, the longest are kept. */
static void the_longest_are_kept(void **state)
{
	struct bed *bed = *state;
	const unsigned all = ORACLE_STALLS * 3 / 2;
	sim_time sum = 0;

	bed->a.due = true;
	for (unsigned i = 0; i < all; i++) {
		sim_time length = i % 2 ? all - i / 2 : i / 2 + 1;

		waiter_sleeps(&bed->a.w);
		bed->sim->now += length;
		waiter_wakes(&bed->a.w, "");
		bed->sim->now++;
		sum += length;
	}
	oracle_finish(bed->sim);
	assert_int_equal(bed->oracle->n, all);
	assert_int_equal(bed->oracle->lost, sum);
	assert_int_equal(bed->oracle->n_stalls, ORACLE_STALLS);
	for (unsigned i = 0; i < ORACLE_STALLS; i++) {
		const struct stall *s = &bed->oracle->stalls[i];

		assert_true(s->end - s->start > all - ORACLE_STALLS);
		assert_true(i == 0 || s->start > s[-1].end);
	}
}

/* Notes of those it is about, the newest, the oldest of them first. */
static void the_chain_that_led_in_and_out(void **state)
{
	struct bed *bed = *state;
	const struct stall *s;

	waiter_about(&bed->a.w, bed->ids[1]);
	waiter_about(&bed->a.w, bed->ids[1]);
	for (uint64_t i = 0; i < 100; i++) {
		bed->sim->now++;
		note(bed->sim, bed->ids[i % 3], NOTE_PUT, i);
		record(bed->sim, bed->ids[0], NOTE_RUN, i);
	}
	bed->a.due = true;
	waiter_sleeps(&bed->a.w);
	bed->sim->now++;
	note(bed->sim, bed->ids[1], NOTE_KICK, 100);
	note(bed->sim, bed->ids[2], NOTE_CALL, 101);
	note(bed->sim, bed->ids[0], NOTE_WAKE, 0);
	waiter_wakes(&bed->a.w, "bert.kick");
	s = only(bed);
	assert_int_equal(s->n_events, STALL_EVENTS);
	for (unsigned i = 0; i < STALL_EVENTS; i++) {
		const struct record *r = &s->events[STALL_EVENTS - 1 - i];

		/* 99 was anna's, 98 carl's, 97 bert's */
		assert_int_equal(r->value, 99 - i / 2 * 3 - i % 2 * 2);
		assert_int_equal(r->owner, bed->ids[i % 2]);
		assert_int_equal(r->at, r->value + 1);
	}
	assert_true(s->has_out);
	assert_int_equal(s->out.value, 100);
}

static void it_leaves_no_trace(void **state)
{
	struct bed *bed = *state;
	uint64_t hash = bed->sim->hash, noted = bed->sim->noted;

	bed->a.due = true;
	waiter_sleeps(&bed->a.w);
	waiter_wakes(&bed->a.w, "");
	assert_true(bed->sim->hash == hash);
	assert_int_equal(bed->sim->noted, noted + 2);
	assert_int_equal(bed->sim->records[noted].what, NOTE_LOST);
	assert_int_equal(bed->sim->records[noted].value, CAUSE_NO_RECHECK);
	assert_int_equal(bed->sim->records[noted + 1].what, NOTE_RESCUED);
}

/* Whoever of them was told first: as they are called, and by what they lost. */
static void twins_have_an_order(void **state)
{
	struct bed *bed = *state;
	const struct stall *s;

	bed->b.w.name = bed->a.w.name;
	bed->b.w.awaited = "butter";
	for (unsigned i = 0; i < 4; i++) {
		struct waiter *first = i < 2 ? &bed->b.w : &bed->a.w;
		struct waiter *second = i < 2 ? &bed->a.w : &bed->b.w;

		bed->a.due = bed->b.due = false;
		if (i % 2)
			bed->b.w.awaited = "bread";
		waiter_sleeps(first);
		waiter_sleeps(second);
		bed->a.due = bed->b.due = true;
		waiter_ask(&bed->a.w, i % 2 ? CAUSE_COALESCED : CAUSE_MASKED);
		waiter_ask(&bed->b.w, i % 2 ? CAUSE_MASKED : CAUSE_COALESCED);
		bed->sim->now++;
		waiter_wakes(first, "");
		waiter_wakes(second, "");
		bed->b.w.awaited = "butter";
	}
	oracle_finish(bed->sim);
	s = bed->oracle->stalls;
	assert_int_equal(bed->oracle->n_stalls, 8);
	for (unsigned i = 0; i < 8; i++) {
		assert_int_equal(s[i].start, i / 2);
		assert_string_equal(s[i].awaited,
				    i % 4 == 1 ? "butter" : "bread");
		assert_int_equal(s[i].cause, i % 4 == 0 || i % 4 == 3
						     ? CAUSE_MASKED
						     : CAUSE_COALESCED);
	}
}

#define BED(test) cmocka_unit_test_setup_teardown(test, bed_make, bed_unmake)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BED(who_sleeps_in_front_of_it_did_not_look),
		BED(nothing_to_wait_for_is_no_loss),
		BED(who_is_awake_has_lost_nothing),
		BED(what_is_on_its_way_will_do),
		BED(a_kick_that_comes_to_nought),
		BED(all_must_have_decided),
		BED(asleep_before_the_decision),
		BED(every_cause_has_its_name),
		BED(what_used_one_up_is_suspected),
		BED(a_loss_lasts_until_it_wakes),
		BED(the_warm_up_does_not_count),
		BED(two_at_a_time),
		BED(the_longest_are_kept),
		BED(the_chain_that_led_in_and_out),
		BED(twins_have_an_order),
		BED(it_leaves_no_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
