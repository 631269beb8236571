/* SPDX-License-Identifier: MIT */
/*
 * The pending events against the simplest thing that could be right: a list
 * that is searched from one end to the other. Both are told to plan, to move
 * and to cancel at random, at times so few that most of them are ties. At each
 * event the list says who it must be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "sim/cost.h"

#define SPAN 50 /* planned so many ps ahead at the most: ties */

struct owner {
	struct event event;
	struct party *party;
	sim_time at;	/* SIM_NEVER: not planned */
	uint64_t order; /* of planning */
};

struct party {
	struct sim *sim;
	struct owner *owners;
	gsl_rng *rng;
	unsigned n, room; /* owners now, and in the end */
	uint64_t order;
	unsigned left; /* events until the end */
	unsigned ties;
};

static unsigned pick(struct party *p, unsigned n)
{
	return (unsigned)gsl_rng_uniform_int(p->rng, n);
}

static bool owner_before(const struct owner *a, const struct owner *b)
{
	return a->at < b->at || (a->at == b->at && a->order < b->order);
}

static struct owner *list_first(const struct party *p)
{
	struct owner *first = &p->owners[0];

	for (unsigned i = 1; i < p->n; i++)
		if (owner_before(&p->owners[i], first))
			first = &p->owners[i];
	return first;
}

static void plan(struct party *p, struct owner *o, sim_time at)
{
	o->at = at;
	o->order = ++p->order;
	event_at(p->sim, &o->event, at);
}

static void cancel(struct party *p, struct owner *o)
{
	o->at = SIM_NEVER;
	event_cancel(p->sim, &o->event);
}

static void must_be_first(struct sim *sim, struct event *ev);

static void grow(struct party *p)
{
	struct owner *o = &p->owners[p->n++];

	*o = (struct owner){.party = p, .at = SIM_NEVER};
	event_init(p->sim, &o->event, must_be_first);
	assert_false(event_pending(p->sim, &o->event));
}

/* Mostly plan or move; sometimes to a time that never comes. */
static void do_something(struct party *p)
{
	struct owner *o = &p->owners[pick(p, p->n)];

	switch (pick(p, 8)) {
	case 0:
		cancel(p, o);
		break;
	case 1:
		plan(p, o, time_add(p->sim->now, SIM_NEVER));
		break;
	case 2:
		if (p->n < p->room)
			grow(p);
		break;
	default:
		plan(p, o, time_add(p->sim->now, pick(p, SPAN)));
		break;
	}
	assert_int_equal(event_pending(p->sim, &o->event), o->at != SIM_NEVER);
	assert_int_equal(event_due(p->sim, &o->event), o->at);
}

static void must_be_first(struct sim *sim, struct event *ev)
{
	struct owner *o = (struct owner *)ev;
	struct party *p = o->party;
	struct owner *next;

	assert_ptr_equal(o, list_first(p));
	assert_int_equal(sim->now, o->at);
	assert_false(event_pending(sim, ev));
	o->at = SIM_NEVER;
	for (unsigned n = pick(p, 5); n > 0; n--)
		do_something(p);
	next = list_first(p);
	if (next->at == SIM_NEVER)
		plan(p, next, time_add(sim->now, 1));
	assert_int_equal(sim->next, list_first(p)->at);
	p->ties += sim->next == sim->now;
	if (--p->left == 0)
		sim->stopped = true;
}

/* From `n` owners at first to `room` in the end. */
static void try_party(unsigned n, unsigned room, unsigned events)
{
	struct party p = {.sim = sim_new(64 << 20, n), .room = room};

	assert_non_null(p.sim);
	p.left = events;
	p.rng = rng_stream(p.sim, "party");
	p.owners = sim_alloc(p.sim, room * sizeof *p.owners);
	while (p.n < n)
		grow(&p);
	for (unsigned i = 0; i < n; i++)
		plan(&p, &p.owners[i], pick(&p, SPAN));
	assert_int_equal(sim_run(p.sim, SIM_SEC), SIM_OK);
	assert_int_equal(p.left, 0);
	assert_int_equal(p.sim->fired, events);
	assert_true(p.sim->now < SIM_SEC);
	if (n > 1)
		assert_true(p.ties > 0);
	sim_free(p.sim);
}

static void any_number_of_owners(void **state)
{
	static const unsigned sizes[] = {1, 2, 3, 7, 8, 9, 64, 100, 1000};

	(void)state;
	for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++)
		try_party(sizes[i], sizes[i], 20000);
	try_party(10000, 10000, 5000);
}

static void owners_that_come_later(void **state)
{
	(void)state;
	try_party(1, 1000, 20000);
	try_party(7, 2000, 20000);
}

static void count_one(struct sim *sim, struct event *ev)
{
	struct owner *o = (struct owner *)ev;

	note(sim, 0, NOTE_TIMER, o->order++);
	event_at(sim, ev, time_add(sim->now, o->at));
}

/* A clock that ticks every `period`; o->order counts. */
static struct owner *start_clock(struct sim *sim, sim_time period)
{
	struct owner *o = sim_alloc(sim, sizeof *o);

	o->at = period;
	event_init(sim, &o->event, count_one);
	event_at(sim, &o->event, period);
	return o;
}

static void what_lies_beyond_time_never_comes(void **state)
{
	struct sim *sim = sim_new(1 << 20, 1);
	struct owner *o = start_clock(sim, SIM_NEVER - 5);

	(void)state;
	assert_int_equal(time_add(SIM_NEVER, 0), SIM_NEVER);
	assert_int_equal(time_add(SIM_NEVER - 1, 1), SIM_NEVER);
	assert_int_equal(time_add(SIM_NEVER - 1, 2), SIM_NEVER);
	assert_int_equal(time_add(1, SIM_NEVER), SIM_NEVER);
	assert_int_equal(time_add(SIM_NEVER, SIM_NEVER), SIM_NEVER);
	assert_int_equal(time_add(SIM_NEVER - 2, 1), SIM_NEVER - 1);
	assert_int_equal(sim_run(sim, SIM_NEVER - 1), SIM_OK);
	assert_int_equal(o->order, 1); /* at NEVER - 5, and not again */
	assert_false(event_pending(sim, &o->event));
	assert_int_equal(sim->now, SIM_NEVER - 1);
	sim_free(sim);
}

/* What three clocks did up to `until`, run in pieces of `piece`. */
static uint64_t hash_of(struct sim *sim, sim_time until, sim_time piece)
{
	start_clock(sim, 3);
	start_clock(sim, 5);
	start_clock(sim, 7);
	for (sim_time end = piece; end <= until; end += piece) {
		assert_int_equal(sim_run(sim, end), SIM_OK);
		assert_int_equal(sim->now, end);
	}
	return sim->hash;
}

/* What is due at `end` itself may fall into either piece, never into none. */
static void a_run_in_pieces_is_the_same_run(void **state)
{
	struct sim *sim = sim_new(1 << 20, 1);
	uint64_t whole = hash_of(sim, 10403, 10403);

	(void)state;
	assert_int_equal(sim->noted, 10402 / 3 + 10402 / 5 + 10402 / 7);
	sim = sim_reset(sim, 1);
	assert_int_equal(sim->now, 0);
	assert_int_equal(hash_of(sim, 10403, 101), whole);
	sim = sim_reset(sim, 1);
	assert_int_equal(hash_of(sim, 10403, 103), whole);
	sim_free(sim);
}

static void the_arena_is_zeroed_for_the_next_run(void **state)
{
	struct sim *sim = sim_new(1 << 20, 1);
	unsigned char *p = sim_alloc(sim, 1000);

	(void)state;
	for (int i = 0; i < 1000; i++)
		p[i] = 0xff;
	sim = sim_reset(sim, 2);
	assert_int_equal(sim->seed, 2);
	assert_ptr_equal(sim_alloc(sim, 1000), p);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(p[i], 0);
	assert_int_equal((uintptr_t)sim_alloc(sim, 1) % 16, 0);
	assert_int_equal((uintptr_t)sim_alloc(sim, 1) % 16, 0);
	sim_free(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_number_of_owners),
		cmocka_unit_test(owners_that_come_later),
		cmocka_unit_test(what_lies_beyond_time_never_comes),
		cmocka_unit_test(a_run_in_pieces_is_the_same_run),
		cmocka_unit_test(the_arena_is_zeroed_for_the_next_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
