/* SPDX-License-Identifier: MIT */
/*
 * Activations by hand: who is woken by which event, in what order, how often,
 * and what comes to nought.
 */
#include "activations_hall.h"

#define ANY SIM_SEC

static const enum wait_order orders[] = {WAIT_OLDEST_FIRST, WAIT_NEWEST_FIRST,
					 WAIT_COUNTER};

/* a, b and c enter, each for so many visits of its own. */
static void enter_three(struct hall *h, struct visitor v[3], unsigned visits)
{
	for (unsigned i = 0; i < 3; i++) {
		v[i].name = (char)('a' + i);
		v[i].port = 1;
		v[i].visits = visits;
		hall_enter(h, &v[i]);
	}
}

static void the_order_of_those_who_leave(void **state)
{
	static const char *const diaries[] = {
		"a@11 b@12 c@13 ", "c@11 b@12 a@13 ", "a@11 b@12 c@13 "};
	static const struct pass script[] = {{10, "1"}, {20, "1"}, {0}};

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct hall *h = hall_new(orders[i], false, 1);
		struct visitor v[3] = {0};

		enter_three(h, v, 1);
		hall_must_read(h, script, ANY, diaries[i]);
		sim_free(h->sim);
	}
}

/* Newest first: the last one to wait again stands at the left end, so each pass
 * turns the order round. Counted events: it stays. */
static void each_is_visited_once_and_waits_again(void **state)
{
	static const char *const diaries[] = {
		"", "c@11 b@12 a@13 a@21 b@22 c@23 c@31 b@32 a@33 ",
		"a@11 b@12 c@13 a@21 b@22 c@23 a@31 b@32 c@33 "};
	static const struct pass script[] = {
		{10, "1"}, {20, "1"}, {30, "1"}, {0}};

	(void)state;
	for (unsigned i = 1; i < 3; i++) {
		struct hall *h = hall_new(orders[i], false, 1);
		struct visitor v[3] = {0};

		enter_three(h, v, 0);
		hall_must_read(h, script, ANY, diaries[i]);
		sim_free(h->sim);
	}
}

/* Oldest first: one who is alone is not seen again. */
static void one_alone_is_visited_once(void **state)
{
	static const struct pass script[] = {{10, "1"}, {20, "1"}, {0}};
	struct hall *h = hall_new(WAIT_OLDEST_FIRST, false, 1);
	struct visitor a = {.name = 'a', .port = 1};

	(void)state;
	hall_enter(h, &a);
	hall_must_read(h, script, ANY, "a@11 a@21 ");
	sim_free(h->sim);
}

/* Two are visited in turn until one has what it wants; then the other, who is
 * the last in the list by then, once more. */
static void two_go_on_until_one_is_content(void **state)
{
	static const struct pass script[] = {{10, "1"}, {0}};
	struct hall *h = hall_new(WAIT_OLDEST_FIRST, false, 1);
	struct visitor a = {.name = 'a', .port = 1, .work = 2 * SIM_US};
	struct visitor b = {.name = 'b', .port = 1, .visits = 3};

	(void)state;
	hall_enter(h, &a);
	hall_enter(h, &b);
	hall_must_read(h, script, ANY, "a@11 b@14 a@15 b@18 a@19 b@22 a@23 ");
	sim_free(h->sim);
}

/* … and else the pass has no end: the vCPU is busy, and no other event seen. */
static void two_go_on_for_ever(void **state)
{
	static const struct pass script[] = {{10, "1"}, {20, "2"}, {0}};
	struct hall *h = hall_new(WAIT_OLDEST_FIRST, false, 2);
	struct visitor a = {.name = 'a', .port = 1};
	struct visitor b = {.name = 'b', .port = 1};
	struct visitor c = {.name = 'c', .port = 2};

	(void)state;
	hall_enter(h, &a);
	hall_enter(h, &b);
	hall_enter(h, &c);
	hall_must_read(h, script, 17500 * SIM_NS,
		       "a@11 b@12 a@13 b@14 a@15 b@16 a@17 ");
	sim_run(h->sim, 100 * SIM_US);
	assert_null(strchr(h->diary, 'c'));
	assert_int_equal(cpu_busy(&h->cpu), 90 * SIM_US);
	sim_free(h->sim);
}

/* An event of port 2 wakes those of ports 1 and 3 too, in the order of ports;
 * or just its own. */
static void all_ports_or_one(void **state)
{
	static const struct pass script[] = {{10, "2"}, {20, "3 1"}, {0}};
	static const char *const diaries[] = {"b@11 a@21 c@22 ",
					      "a@11 b@12 c@13 a@21 b@22 c@23 "};

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct hall *h = hall_new(orders[i / 2], i % 2, 3);
		struct visitor a = {.name = 'a', .port = 1};
		struct visitor b = {.name = 'b', .port = 2};
		struct visitor c = {.name = 'c', .port = 3};

		hall_enter(h, &c);
		hall_enter(h, &b);
		hall_enter(h, &a);
		if (i % 2 == 0)
			hall_must_read(h, script, ANY, "b@11 c@21 a@22 ");
		else
			hall_must_read(h, script, ANY, diaries[1]);
		sim_free(h->sim);
	}
}

/* Events that are seen before a pass are one. Who was away when one was counted
 * does not wait. */
static void events_are_counted(void **state)
{
	static const struct pass script[] = {
		{10, "1 1"}, {20, "1"}, {50, ""}, {60, "1"}, {0}};
	struct hall *h = hall_new(WAIT_COUNTER, false, 1);
	struct visitor a = {.name = 'a', .port = 1};
	struct visitor b = {.name = 'b', .port = 1, .away = 15 * SIM_US};

	(void)state;
	hall_enter(h, &b);
	hall_enter(h, &a);
	hall_must_read(h, script, ANY, "b@11 a@12 a@21 b@26 a@61 b@62 ");
	assert_int_equal(h->by_port[1]->counter, 3);
	sim_free(h->sim);
}

/* An event was there before anybody asked: with a counter it is not lost. */
static void who_comes_late(void **state)
{
	static const struct pass script[] = {{10, "1"}, {30, "1"}, {0}};

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct hall *h = hall_new(orders[i], false, 1);
		struct visitor a = {.name = 'a', .port = 1};
		struct waiter watcher;

		waiter_init(&watcher, h->sim, 0, "nobody", "anything");
		h->lines[1]->waiter = &watcher;
		hall_must_read(h, script, 20 * SIM_US, "");
		assert_int_equal(h->unheard.n, orders[i] != WAIT_COUNTER);
		hall_enter(h, &a);
		sim_run(h->sim, ANY);
		assert_string_equal(h->diary, orders[i] == WAIT_COUNTER
						      ? "a@20 a@31 "
						      : "a@31 ");
		sim_free(h->sim);
	}
}

/* The table has eight entries: ports 0 to 7. */
static void beyond_the_table(void **state)
{
	static const struct pass script[] = {{10, "7"}, {20, "8"}, {0}};

	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		struct hall *h = hall_new(orders[i % 3], i >= 3, 8);
		struct visitor a = {.name = 'a', .port = 7, .watched = true};
		struct visitor b = {.name = 'b', .port = 8, .watched = true};

		hall_enter(h, &a);
		hall_enter(h, &b);
		hall_must_read(h, script, ANY, i < 3 ? "a@11 " : "a@11 a@21 ");
		assert_int_equal(h->unheard.n, 1);
		assert_int_equal(h->by_port[8]->counter, 0);
		sim_free(h->sim);
	}
}

static void sees_both_again(struct visitor *v)
{
	hall_see(v->hall, "2 1");
}

/* What is seen in the middle of a pass is the next one's, and leaves this one
 * as it is. */
static void events_during_a_pass(void **state)
{
	static const struct pass script[] = {{10, "1 2 3"}, {20, ""}, {0}};

	(void)state;
	for (unsigned i = 1; i < 3; i++) {
		struct hall *h = hall_new(orders[i], false, 3);
		struct visitor a = {.name = 'a', .port = 1};
		struct visitor b = {.name = 'b', .port = 2};
		struct visitor c = {.name = 'c', .port = 3};

		a.does = sees_both_again;
		hall_enter(h, &a);
		hall_enter(h, &b);
		hall_enter(h, &c);
		hall_must_read(h, script, ANY, "a@11 b@12 c@13 b@21 a@22 ");
		sim_free(h->sim);
	}
}

struct helper {
	struct hall *hall;
	struct task task;
	struct signal go;
};

static TASK(help)
{
	struct helper *x = owner;

	TASK_BEGIN;
	AWAIT(&x->go);
	hall_write(x->hall, 'x');
	TASK_END;
}

static struct helper *helper;

static void wakes_helper(struct visitor *v)
{
	(void)v;
	signal_raise(&helper->go);
}

/* A thread runs until it waits, and whom it woke does, before the next of those
 * that waited for the event. */
static void one_after_the_other(void **state)
{
	static const struct pass script[] = {{10, "1"}, {0}};

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct hall *h = hall_new(orders[i], false, 1);
		struct helper x = {.hall = h};
		struct visitor v[3] = {0};

		helper = &x;
		task_init(&x.task, &h->cpu, LEVEL_THREAD, help, &x, 0);
		task_start(&x.task);
		v[1].does = wakes_helper;
		v[1].work = 5 * SIM_US;
		enter_three(h, v, 1);
		hall_must_read(h, script, ANY,
			       orders[i] == WAIT_NEWEST_FIRST
				       ? "c@11 b@12 x@17 a@18 "
				       : "a@11 b@12 x@17 c@18 ");
		sim_free(h->sim);
	}
}

/* --- the oracle --------------------------------------------------------- */

static const struct stall *only_stall(const struct hall *h)
{
	const struct oracle *o = h->sim->oracle;

	oracle_finish(h->sim);
	assert_int_equal(o->n, 1);
	return o->stalls;
}

static void now_wants(struct visitor *v)
{
	v->wants = true;
}

/* The thread that must not miss an event is elsewhere when one comes, and what
 * it stands for is there when it comes back. It is the event's end that is the
 * cause. Another event ends the stall. */
static void lost_while_away(void **state)
{
	static const struct pass script[] = {
		{10, "1"}, {20, "1"}, {50, "1"}, {0}};

	(void)state;
	for (unsigned i = 1; i < 3; i++) {
		struct hall *h = hall_new(WAIT_NEWEST_FIRST, false, 1);
		struct visitor a = {.name = 'a',
				    .port = 1,
				    .watched = true,
				    .visits = 2,
				    .away = 15 * SIM_US,
				    .does = now_wants};
		struct visitor b = {.name = 'b', .port = 1};
		const struct stall *s;

		if (i == 2)
			hall_enter(h, &b);
		hall_enter(h, &a);
		h->a.because = "the third";
		hall_must_read(h, script, ANY, NULL);
		s = only_stall(h);
		assert_int_equal(s->cause,
				 i == 2 ? CAUSE_CONSUMED : CAUSE_NOBODY);
		assert_int_equal(h->unheard.n, i == 2 ? 0 : 1);
		assert_int_equal(s->start, 26 * SIM_US);
		assert_int_equal(s->end, 51 * SIM_US);
		assert_string_equal(s->rescuer, "the third");
		sim_free(h->sim);
	}
}

static void lost_beyond_the_table(void **state)
{
	static const struct pass script[] = {{10, "9"}, {0}};

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct hall *h =
			hall_new(orders[i], orders[i] != WAIT_COUNTER, 9);
		struct visitor a = {.name = 'a', .port = 9, .watched = true};
		const struct stall *s;

		hall_enter(h, &a);
		sim_run(h->sim, 5 * SIM_US);
		a.wants = true;
		hall_must_read(h, script, ANY, "");
		s = only_stall(h);
		assert_int_equal(s->cause, CAUSE_NOBODY);
		assert_int_equal(s->start, 10 * SIM_US);
		assert_string_equal(s->rescuer, "");
		sim_free(h->sim);
	}
}

/* Whoever runs in the pass asks: will it come to the others? */
static struct visitor *asked;

static void asks(struct visitor *v)
{
	for (struct visitor *a = asked; a < asked + 3; a++)
		if (a != v && a->task.state != TASK_IDLE)
			hall_write(v->hall, visitor_is_called(a) ? '+' : '-');
}

/* a and b wait for port 1, c for port 2, of which no event came. The first that
 * is woken sees that the pass comes to the other, and not to c, unless it wakes
 * all; the second that it does not come back to the first, unless new ones are
 * visited; c that it comes to nobody any more. */
static void who_will_be_visited(void **state)
{
	static const struct pass script[] = {{10, "1"}, {0}};
	static const char *const diaries[] = {
		"a@11 +@11 -@11 b@12 +@12 -@12 a@13 -@13 ",
		"a@11 +@11 +@11 b@12 +@12 +@12 a@13 +@13 c@14 -@14 ",
		"b@11 +@11 -@11 a@12 -@12 -@12 ",
		"b@11 +@11 +@11 a@12 -@12 +@12 c@13 -@13 -@13 ",
		"a@11 +@11 -@11 b@12 -@12 -@12 "};

	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		struct hall *h = hall_new(orders[i / 2], i % 2, 2);
		struct visitor v[3] = {{.name = 'a', .port = 1},
				       {.name = 'b', .port = 1},
				       {.name = 'c', .port = 2}};

		asked = v;
		v[1].visits = i < 2 ? 1 : 0; /* or there would be no end */
		for (unsigned k = 0; k < 3; k++) {
			v[k].does = asks;
			hall_enter(h, &v[k]);
		}
		hall_must_read(h, script, ANY, diaries[i]);
		sim_free(h->sim);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_order_of_those_who_leave),
		cmocka_unit_test(each_is_visited_once_and_waits_again),
		cmocka_unit_test(one_alone_is_visited_once),
		cmocka_unit_test(two_go_on_until_one_is_content),
		cmocka_unit_test(two_go_on_for_ever),
		cmocka_unit_test(all_ports_or_one),
		cmocka_unit_test(events_are_counted),
		cmocka_unit_test(who_comes_late),
		cmocka_unit_test(beyond_the_table),
		cmocka_unit_test(events_during_a_pass),
		cmocka_unit_test(one_after_the_other),
		cmocka_unit_test(lost_while_away),
		cmocka_unit_test(lost_beyond_the_table),
		cmocka_unit_test(who_will_be_visited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
