/* SPDX-License-Identifier: MIT */
/*
 * Linux's netfront against hand-worked tables: slots, thresholds, when the
 * queue stops, how many buffers are posted, what a poll does; and whether the
 * oracle sees wakeups that are lost.
 */
#include "tests/netfront_stand.h"

#include <gsl/gsl_randist.h>

/* --- slots -------------------------------------------------------------- */

static uint16_t slots(struct netfront *n, uint32_t size, bool *too_many)
{
	struct packet p = {.size = size};

	return netfront_slots(n, &p, too_many);
}

/* A page has 4096 bytes, in front of them lie 128; GSO takes one slot more. */
static void slots_per_packet(void **state)
{
	static const struct {
		uint32_t size;
		uint16_t slots;
	} table[] = {
		{60, 1},	   {1514, 1},
		{1515, 2}, /* 1, and GSO */
		{2048, 2}, /* in one piece */
		{2049, 3}, /* headers, a page, GSO */
		{128 + 4096, 3},   {128 + 4097, 4},
		{44000, 13},	   /* 1 + 11 + 1 */
		{59039, 17},	   /* 1 + 15 + 1 */
		{66 + 65160, 18},  /* 45 times 1448 */
		{128 + 65536, 18}, /* 64 KiB: 1 + 16 + 1 */
	};
	struct stand *st = stand_new(NULL, false);
	bool too_many;

	(void)state;
	for (unsigned i = 0; i < sizeof table / sizeof *table; i++) {
		assert_int_equal(slots(st->n, table[i].size, &too_many),
				 table[i].slots);
		assert_false(too_many);
	}
	assert_int_equal(slots(st->n, 128 + 17 * 4096, &too_many), 19);
	assert_false(too_many); /* 18 of data */
	slots(st->n, 128 + 17 * 4096 + 1, &too_many);
	assert_true(too_many);
	st->n->p.offset = 4095;
	assert_int_equal(slots(st->n, 1, &too_many), 1);
	assert_int_equal(slots(st->n, 2, &too_many), 2);
	sim_free(st->sim);
}

static void too_many_slots(void **state)
{
	static const struct act script[] = {{1, SEND, 2}, {0}};
	struct stand *st = stand_new(NULL, false);

	(void)state;
	st->size = 128 + 17 * 4096 + 1;
	stand_play(st, script);
	assert_int_equal(st->n->m.slot_drops.n, 2);
	assert_int_equal(st->pool.dropped[DROP_TOO_MANY_SLOTS], 2);
	assert_int_equal(ring_in_use(&st->n->tx), 0);
	sim_free(st->sim);
}

static void linearizes(struct netfront_params *p)
{
	p->too_many.which = TOO_MANY_LINEARIZE;
	p->linearize_cost.mean = SIM_US;
}

/* In one piece there are 18 pages; nothing that fits is copied. */
static void too_many_slots_are_made_fewer(void **state)
{
	static const struct act script[] = {{1, SEND, 2}, {0}};
	struct stand *st = stand_new(linearizes, false);

	(void)state;
	st->size = 18 * 4096 - 1024;
	stand_play(st, script);
	assert_int_equal(st->n->m.linearized.n, 2);
	assert_int_equal(st->n->m.slot_drops.n, 0);
	assert_int_equal(ring_in_use(&st->n->tx), 2 * 19);
	assert_int_equal(cpu_busy(&st->guest), 2 * 71 * SIM_US);
	sim_free(st->sim);
	st = stand_new(linearizes, false);
	st->size = 17 * 4096;
	stand_play(st, script);
	assert_int_equal(st->n->m.linearized.n, 0);
	assert_int_equal(ring_in_use(&st->n->tx), 2 * 19);
	sim_free(st->sim);
	/* 19 pages even so. */
	st = stand_new(linearizes, false);
	st->size = 18 * 4096 + 1;
	stand_play(st, script);
	assert_int_equal(st->n->m.linearized.n, 2);
	assert_int_equal(st->pool.dropped[DROP_TOO_MANY_SLOTS], 2);
	assert_int_equal(ring_in_use(&st->n->tx), 0);
	sim_free(st->sim);
}

static void asks_and_drops(struct netfront_params *p)
{
	p->negotiate = true;
}

static void asks_and_linearizes(struct netfront_params *p)
{
	p->negotiate = true;
	linearizes(p);
}

/* 64 KiB of data take 18 slots, 17 in one piece. What the host takes matters to
 * who asks for it, if it says. */
static void what_the_host_takes(void **state)
{
	static void (*const asks[])(struct netfront_params *) = {
		NULL, asks_and_drops, asks_and_linearizes};
	static const struct {
		unsigned asks, takes, linearized, drops, slots;
	} table[] = {
		{0, 17, 0, 0, 18}, {1, 0, 0, 0, 18},  {1, 18, 0, 0, 18},
		{1, 17, 0, 1, 0},  {2, 18, 0, 0, 18}, {2, 17, 1, 0, 17},
		{2, 16, 1, 1, 0},
	};
	static const struct act script[] = {{1, SEND, 1}, {0}};

	(void)state;
	for (unsigned i = 0; i < sizeof table / sizeof *table; i++) {
		struct stand *st = stand_new(asks[table[i].asks], false);

		st->size = 65536;
		st->back.max_slots = table[i].takes;
		stand_play(st, script);
		assert_int_equal(st->n->m.linearized.n, table[i].linearized);
		assert_int_equal(st->n->m.slot_drops.n, table[i].drops);
		assert_int_equal(st->pool.dropped[DROP_TOO_MANY_SLOTS],
				 table[i].drops);
		assert_int_equal(ring_in_use(&st->n->tx), table[i].slots);
		assert_int_equal(st->n->m.tx_slots.n, table[i].slots);
		sim_free(st->sim);
	}
}

/* --- transmit ----------------------------------------------------------- */

/* rsp_event = rsp_prod + (req_prod - rsp_prod) / 2 + 1; a line has one less:
 * the response that it follows. It reaps with each transmission, not before. */
static void half_of_what_is_outstanding(void **state)
{
	static const struct act script[] = {
		{1, SEND, 1},	{2, SEND, 1}, {3, SEND, 1},   {4, SEND, 1},
		{5, ANSWER, 2}, {6, SEND, 1}, {7, ANSWER, 1}, {8, SEND, 1},
		{9, ANSWER, 2}, {0}};
	struct stand *st = stand_new(NULL, false);

	(void)state;
	sim_run(st->sim, SIM_NS);
	stand_forget(st);
	stand_play(st, script);
	stand_must_write(st, "1 kick\n1 tx 0\n"	  /* 0 answered, 1 out */
			     "2 tx 1\n"		  /* 0, 2 */
			     "3 tx 1\n"		  /* 0, 3 */
			     "4 tx 2\n"		  /* 0, 4 */
			     "6 tx 3\n"		  /* 2, 3 */
			     "8 tx 4\n"		  /* 3, 3 */
			     "9 call\n9 tx 5\n"); /* 5 answered, 1 out */
	assert_int_equal(ring_in_use(&st->n->tx), 1);
	sim_free(st->sim);
}

static void call_at_next(struct netfront_params *p)
{
	p->call_at.which = CALL_AT_NEXT;
}

static void call_at_three(struct netfront_params *p)
{
	p->call_at.which = CALL_AT_N;
	p->call_at.arg.count = 3;
}

static void other_thresholds(void **state)
{
	static const struct act script[] = {
		{1, SEND, 4}, {2, ANSWER, 1}, {3, ANSWER, 1}, {0}};
	struct stand *st = stand_new(call_at_next, false);

	(void)state;
	sim_run(st->sim, SIM_NS);
	stand_forget(st);
	stand_play(st, script);
	stand_must_write(st, "1 kick\n1 tx 0\n1 tx 0\n1 tx 0\n1 tx 0\n"
			     "2 call\n2 tx 1\n3 call\n3 tx 2\n");
	sim_free(st->sim);
	st = stand_new(call_at_three, false);
	sim_run(st->sim, SIM_NS);
	stand_forget(st);
	stand_play(st, script);
	stand_must_write(st, "1 kick\n1 tx 2\n1 tx 2\n1 tx 2\n1 tx 2\n");
	sim_free(st->sim);
}

/* 237 of 256 in use: it stops, and asks for the call after 118, which starts
 * it. */
static void stops_at_237(void **state)
{
	static const struct act fill[] = {{1, SEND, 240}, {0}};
	static const struct act half[] = {{1500000, ANSWER, 118}, {0}};
	static const struct act more[] = {{2500000, ANSWER, 1}, {0}};
	struct stand *st = stand_new(NULL, false);

	(void)state;
	stand_play(st, fill);
	assert_int_equal(st->sent, 237);
	assert_int_equal(ring_in_use(&st->n->tx), 237);
	assert_int_equal(st->n->tx.shared.used_event, 118);
	assert_true(st->n->queue.stopped);
	assert_true(st->n->wants_room.asleep);
	stand_play(st, half);
	assert_int_equal(st->sent, 237);
	assert_int_equal(st->n->m.interrupts.n, 0);
	stand_play(st, more);
	assert_int_equal(st->sent, 240);
	assert_int_equal(ring_in_use(&st->n->tx), 237 - 119 + 3);
	assert_int_equal(st->n->m.stops.n, 1);
	assert_int_equal(st->n->m.interrupts.n, 1);
	assert_false(st->n->wants_room.asleep);
	assert_int_equal(st->sim->oracle->n, 0);
	sim_free(st->sim);
}

/* 13 packets of 64 KiB take 234 slots, so one more goes in. */
static void fourteen_large_ones(void **state)
{
	static const struct act script[] = {{1, SEND, 20}, {0}};
	struct stand *st = stand_new(NULL, false);

	(void)state;
	st->size = 128 + 65536;
	stand_play(st, script);
	assert_int_equal(st->sent, 14);
	assert_int_equal(ring_in_use(&st->n->tx), 252);
	sim_free(st->sim);
}

static void queue_of_five(struct netfront_params *p)
{
	p->txqueuelen = 5;
}

/* Who cannot wait leaves them in the queue, which goes on before others. */
static void from_a_softirq(void **state)
{
	static const struct act fill[] = {{1, SEND, 238}, {2, HURRY, 7}, {0}};
	static const struct act answer[] = {{1500000, ANSWER, 119}, {0}};
	struct stand *st = stand_new(queue_of_five, false);

	(void)state;
	stand_play(st, fill);
	assert_int_equal(st->sent, 237);
	assert_int_equal(st->n->queue.length, 5);
	assert_int_equal(st->n->m.queue_drops.n, 2);
	assert_int_equal(st->pool.dropped[DROP_NO_ROOM], 2);
	stand_play(st, answer);
	assert_int_equal(st->n->queue.length, 0);
	assert_int_equal(ring_in_use(&st->n->tx), 237 - 119 + 6);
	assert_int_equal(st->sent, 238);
	sim_free(st->sim);
}

/* --- receive buffers ---------------------------------------------------- */

/*
 * Fresh: wants 64, posts 64; less than a quarter was left, so it wants 128.
 * 10 used: 54 left, 74 missing, that is half of 128: 128 posted.
 * 20 used: 108 left is more than 96, so it wants 127; 19 are not worth it.
 * 60 used: 48 left; 19 + 60 are worth it: 127 posted.
 * 100 used, in polls of 64 and 36. The first sees 27 left; 64 are worth it, and
 * less than 31 are left: it wants 254. The second adds what is missing.
 */
static void buffers_follow_the_load(void **state)
{
	static const struct act script[] = {{1, GIVE, 10},
					    {2, GIVE, 20},
					    {3, GIVE, 60},
					    {4, GIVE, 100},
					    {0}};
	static const int64_t target[] = {128, 128, 127, 127, 254};
	static const uint16_t posted[] = {64, 128, 108, 127, 254};
	struct stand *st = stand_new(NULL, false);

	(void)state;
	st->mute = true;
	st->act = script;
	task_init(&st->script, &st->elsewhere, LEVEL_THREAD, play, st, 0);
	task_start(&st->script);
	for (unsigned i = 0; i < 5; i++) {
		sim_run(st->sim, i * SIM_US + SIM_US / 2);
		assert_int_equal(st->n->rx_target, target[i]);
		assert_int_equal(ring_in_use(&st->n->rx), posted[i]);
	}
	assert_int_equal(st->arrived, 190);
	assert_int_equal(st->n->m.refills.n, 4);
	conserved(st);
	sim_free(st->sim);
}

/* 50 of 128 used: 78 left are not more than three quarters, and 50 not worth a
 * push; 14 more are. */
static void not_worth_it(void **state)
{
	struct stand *st = stand_new(NULL, false);
	static const unsigned give[] = {10, 50, 13, 1};
	static const uint16_t posted[] = {128, 78, 65, 128};

	(void)state;
	st->mute = true;
	sim_run(st->sim, SIM_US);
	for (unsigned i = 0; i < 4; i++) {
		host_gives(st, give[i]);
		sim_run(st->sim, st->sim->now + SIM_US);
		assert_int_equal(st->n->rx_target, 128);
		assert_int_equal(ring_in_use(&st->n->rx), posted[i]);
	}
	sim_free(st->sim);
}

/* Neither above the one nor below the other. */
static void bounds_of_the_target(void **state)
{
	struct stand *st = stand_new(NULL, false);
	struct ring *r = &st->n->rx;

	(void)state;
	st->mute = true;
	sim_run(st->sim, SIM_US);
	for (unsigned i = 1; i <= 300; i++) { /* few at a time */
		host_gives(st, 1);
		sim_run(st->sim, st->sim->now + SIM_US);
	}
	assert_int_equal(st->n->rx_target, 64);
	for (unsigned i = 1; i <= 5; i++) { /* all there are */
		ring_look_avail(r);
		host_gives(st, (uint16_t)(r->host.seen - r->host.taken));
		sim_run(st->sim, st->sim->now + SIM_US);
	}
	/* The last poll found nothing, and more than three quarters posted. */
	assert_int_equal(st->n->rx_target, 255);
	assert_true(st->n->m.target.max == 256);
	assert_true(ring_in_use(r) >= 255);
	conserved(st);
	sim_free(st->sim);
}

/* --- polls -------------------------------------------------------------- */

static void three_a_poll(struct netfront_params *p)
{
	p->weight = 3;
	p->receive_cost.mean = SIM_US;
}

/* A poll takes them all before it hands up the first; one that used up its
 * weight asks for nothing; the last one asks, looks again, and is done. */
static void polls(void **state)
{
	static const struct act script[] = {{10, GIVE, 5}, {20, GIVE, 1}, {0}};
	struct stand *st = stand_new(three_a_poll, false);

	(void)state;
	sim_run(st->sim, SIM_US);
	stand_forget(st);
	stand_play(st, script);
	stand_must_write(st, "10 call\n10 tx 0\n"
			     "13 up 0\n13 up 1\n13 up 2\n13 post 131\n"
			     "15 up 3\n15 up 4\n15 rx 5\n"
			     "20 call\n20 tx 0\n21 up 5\n21 rx 6\n");
	assert_int_equal(st->n->m.polls.n, 3);
	assert_int_equal(st->n->m.schedules.n, 2);
	assert_int_equal(st->n->m.idle_interrupts.n, 0);
	sim_free(st->sim);
}

/* A packet that comes after the threshold has been set calls and is found: the
 * interrupt, which had to wait, schedules nothing. */
static void found_and_called(void **state)
{
	static const struct act script[] = {{10, GIVE, 2}, {0}};
	struct stand *st = stand_new(three_a_poll, false);

	(void)state;
	sim_run(st->sim, SIM_US);
	stand_forget(st);
	st->races = 1;
	stand_play(st, script);
	stand_must_write(st, "10 call\n10 tx 0\n"
			     "12 up 0\n12 up 1\n12 post 130\n"
			     "12 rx 2\n12 call\n12 tx 0\n"
			     "13 up 2\n13 rx 3\n");
	assert_int_equal(st->n->m.idle_interrupts.n, 1);
	assert_int_equal(st->n->m.schedules.n, 1);
	assert_int_equal(st->sim->oracle->n, 0);
	sim_free(st->sim);
}

/* --- lost wakeups ------------------------------------------------------- */

/* A host that does something every now and then, and at times calls although
 * nobody asked: that is the rescue. */
static TASK(live)
{
	struct stand *st = owner;
	gsl_rng *rng = me->sim->step_rng;
	struct ring *tx = &st->n->tx, *rx = &st->n->rx;

	TASK_BEGIN;
	for (;;) {
		AWAIT_UNTIL(&st->never,
			    sim_->now + 1 +
				    (sim_time)gsl_ran_exponential(rng, 2e6));
		if (ring_look_avail(tx) > 0)
			host_answers(st, 1 + (unsigned)gsl_rng_uniform_int(
						     rng, ring_look_avail(tx)));
		if (ring_look_avail(rx) > 4)
			host_gives(st,
				   1 + (unsigned)gsl_rng_uniform_int(rng, 4));
		if (gsl_rng_uniform_int(rng, 200) == 0)
			signal_raise(&st->called);
	}
	TASK_END;
}

/* The stalls of 0.2 s. */
static struct stand *live_with(void (*set)(struct netfront_params *),
			       uint32_t size, bool missed)
{
	struct stand *st = stand_new(set, missed);

	st->size = size;

	st->mute = true;
	st->sim->step = 100 * SIM_NS;
	st->sim->step_rng = rng_stream(st->sim, "step");
	st->wanted = ~0u;
	task_init(&st->script, &st->elsewhere, LEVEL_THREAD, live, st, 0);
	task_start(&st->script);
	signal_raise(&st->to_send);
	sim_run(st->sim, SIM_SEC / 5);
	oracle_finish(st->sim);
	conserved(st);
	assert_true(st->arrived > 10000);
	return st;
}

static void small_ring(struct netfront_params *p)
{
	p->slots = 32;
	p->rx_min_target = p->rx_max_target = 32;
}

static void nothing_is_lost(void **state)
{
	struct stand *st = live_with(small_ring, 1000, false);

	(void)state;
	assert_int_equal(st->sim->oracle->n, 0);
	assert_true(st->n->m.stops.n > 1000);
	assert_true(st->n->m.schedules.n > 1000);
	assert_true(st->n->m.idle_interrupts.n > 100);
	sim_free(st->sim);
}

static unsigned stalls_of(const struct stand *st, const char *who,
			  enum cause cause)
{
	const struct oracle *o = st->sim->oracle;
	unsigned n = 0;

	for (unsigned i = 0; i < o->n_stalls; i++) {
		if (strcmp(o->stalls[i].waiter, who) != 0)
			continue;
		n++;
		assert_int_equal(o->stalls[i].cause, cause);
	}
	return n;
}

static void no_recheck(struct netfront_params *p)
{
	small_ring(p);
	p->recheck = false;
}

/* The queue does not need it: what passes the new threshold has passed the old
 * one, and called; what is reaped by that call makes room. */
static void without_looking_again(void **state)
{
	struct stand *st = live_with(no_recheck, 1000, false);

	(void)state;
	assert_true(stalls_of(st, "netfront.receiver", CAUSE_NO_RECHECK) > 10);
	assert_int_equal(stalls_of(st, "netfront.queue", CAUSE_NONE), 0);
	sim_free(st->sim);
}

/* It does need it where a call may come for less than makes room. */
static void next_without_looking_again(struct netfront_params *p)
{
	p->slots = 64;
	p->call_at.which = CALL_AT_NEXT;
	p->recheck = false;
}

static void next_with_looking_again(struct netfront_params *p)
{
	next_without_looking_again(p);
	p->recheck = true;
}

static void large_ones_without_looking_again(void **state)
{
	struct stand *st = live_with(next_without_looking_again, 44000, false);

	(void)state;
	assert_true(stalls_of(st, "netfront.queue", CAUSE_NO_RECHECK) > 10);
	sim_free(st->sim);
	st = live_with(next_with_looking_again, 44000, false);
	assert_true(st->n->m.stops.n > 1000);
	assert_int_equal(st->sim->oracle->n, 0);
	sim_free(st->sim);
}

static void irqs_on(struct netfront_params *p)
{
	small_ring(p);
	p->irqs_off = false;
}

/* An interrupt between the last look and the completion finds the device
 * scheduled. */
static void with_interrupts_on(void **state)
{
	struct stand *st = live_with(irqs_on, 1000, false);

	(void)state;
	assert_true(stalls_of(st, "netfront.receiver", CAUSE_COALESCED) > 10);
	sim_free(st->sim);
}

static void but_with_the_missed_bit(void **state)
{
	struct stand *st = live_with(irqs_on, 1000, true);

	(void)state;
	assert_int_equal(st->sim->oracle->n, 0);
	sim_free(st->sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slots_per_packet),
		cmocka_unit_test(too_many_slots),
		cmocka_unit_test(too_many_slots_are_made_fewer),
		cmocka_unit_test(what_the_host_takes),
		cmocka_unit_test(half_of_what_is_outstanding),
		cmocka_unit_test(other_thresholds),
		cmocka_unit_test(stops_at_237),
		cmocka_unit_test(fourteen_large_ones),
		cmocka_unit_test(from_a_softirq),
		cmocka_unit_test(buffers_follow_the_load),
		cmocka_unit_test(not_worth_it),
		cmocka_unit_test(bounds_of_the_target),
		cmocka_unit_test(polls),
		cmocka_unit_test(found_and_called),
		cmocka_unit_test(nothing_is_lost),
		cmocka_unit_test(without_looking_again),
		cmocka_unit_test(large_ones_without_looking_again),
		cmocka_unit_test(with_interrupts_on),
		cmocka_unit_test(but_with_the_missed_bit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
