/* SPDX-License-Identifier: MIT */
/*
 * Mirage's main loops by hand: when they look, whom a pass wakes, when they
 * sleep, and what ends that. See mirage_guest.h for the costs.
 */
#define _GNU_SOURCE /* strsep() */
#include "tests/mirage_guest.h"
#include "tests/small_world.h"

#define POLL	 "loop=poll waiters=newest_first wake_all=off"
#define WAKE_ALL "loop=poll waiters=newest_first"

/* 100: on its pCPU at 105, turn to 115, woken at 116, asleep at 118. Who comes
 * during the hypercall, or since the look at 115, is found by Xen, who returns
 * at once. 203: merges. */
static void poll(void **state)
{
	static const struct send script[] = {{100, 'a'},   {117, 'a'},
					     {200, 'a'},   {203, 'a'},
					     {215.5, 'a'}, {0, 0}};
	struct mirage_guest *g = guest_new(POLL, script);

	(void)state;
	guest_must_read(g, 1000, "a@116 a@129 a@216 a@229 ");
	assert_int_equal(g->m->m.sleeps.n, 5);
	assert_int_equal(g->m->m.empty_sleeps.n, 2);
	assert_int_equal(g->machine->xen->m.merged.n, 1);
	assert_int_equal(g->machine->xen->m.upcalls.n, 0);
	assert_int_equal(guest_oracle(g)->n, 0);
	guest_free(g);
}

/* It looks again after the pass at 116: a turn more, to 126; the timer is set
 * at 128; it sleeps from 130 on. */
static void block(void **state)
{
	static const struct send script[] = {
		{100, 'a'}, {120, 'a'}, {139, 'a'}, {300, 'a'}, {0, 0}};
	struct mirage_guest *g = guest_new("loop=block", script);

	(void)state;
	guest_must_read(g, 1000, "a@116 a@127 a@152 a@316 ");
	assert_int_equal(g->m->m.sleeps.n, 4);
	assert_int_equal(g->m->m.empty_sleeps.n, 1);
	assert_int_equal(g->machine->xen->m.upcalls.n, 3);
	assert_int_equal(guest_oracle(g)->n, 0);
	guest_free(g);
}

/* Without looking again it blocks at 120; what has come meanwhile does not let
 * it. */
static void block_at_once(void **state)
{
	static const struct send script[] = {
		{100, 'a'}, {117, 'a'}, {300, 'a'}, {0, 0}};
	struct mirage_guest *g = guest_new("loop=block recheck=off", script);

	(void)state;
	guest_must_read(g, 1000, "a@116 a@131 a@316 ");
	assert_int_equal(g->m->m.sleeps.n, 4);
	assert_int_equal(g->m->m.empty_sleeps.n, 1);
	assert_int_equal(guest_oracle(g)->n, 0);
	guest_free(g);
}

/* --- timers ------------------------------------------------------------- */

struct alarm {
	struct timer timer;
	struct work work;
	struct machine *m;
	const char *name;
};

static TASK(alarm_rings)
{
	struct alarm *a = owner;

	(void)me;
	(void)depth;
	write_down(a->m, a->name, "");
	return DONE;
}

static struct alarm *alarm_new(struct mirage_guest *g, const char *name)
{
	struct alarm *a = sim_alloc(g->machine->sim, sizeof *a);

	*a = (struct alarm){.work = {.run = alarm_rings, .owner = a},
			    .m = g->machine,
			    .name = name};
	a->timer.work = &a->work;
	a->timer.name = "alarm";
	return a;
}

static void alarm_in(struct mirage_guest *g, struct alarm *a, sim_time delay)
{
	struct timer_source *clock = mirage_timers(&g->m->stage);

	clock->arm(clock, &a->timer, delay);
}

/* It polls until 65, or has the singleshot timer set for that: on at 70. Who
 * polls looks for events first. */
static void a_timer_ends_the_sleep(void **state)
{
	static const struct send script[] = {{0, 0}};
	static const char *const sets[] = {POLL, "loop=block"};
	static const char *const diaries[] = {"t@80 ", "t@70 "};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct mirage_guest *g = guest_new(sets[i], script);

		alarm_in(g, alarm_new(g, "t"), 65 * SIM_US);
		guest_must_read(g, 1000, diaries[i]);
		assert_int_equal(g->m->m.sleeps.n, 2);
		assert_string_equal(g->m->activations.ports->line.woken_by(
					    g->threads[0].wait.line),
				    "a stray event");
		guest_free(g);
	}
}

/* Two are due while a thread works, from 116 to 216: they fire in the loop, in
 * the order in which they were due; the one that was cancelled does not. */
static void timers_wait_for_the_loop(void **state)
{
	static const struct send script[] = {{100, 'a'}, {0, 0}};
	static const char *const sets[] = {POLL, "loop=block"};
	static const char *const diaries[] = {"a@116 t@233 u@233 ",
					      "a@116 t@216 u@216 "};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct mirage_guest *g = guest_new(sets[i], script);
		struct alarm *a[3] = {alarm_new(g, "u"), alarm_new(g, "t"),
				      alarm_new(g, "x")};

		g->threads[0].work = 100 * SIM_US;
		alarm_in(g, a[0], 160 * SIM_US);
		alarm_in(g, a[1], 150 * SIM_US);
		alarm_in(g, a[2], 140 * SIM_US);
		mirage_timers(&g->m->stage)
			->cancel(mirage_timers(&g->m->stage), &a[2]->timer);
		guest_must_read(g, 1000, diaries[i]);
		assert_false(a[0]->timer.armed || a[1]->timer.armed);
		guest_free(g);
	}
}

static struct work *queued;

static void queues(struct mirage_thread *t)
{
	struct executor *ex = mirage_executor(&t->g->m->stage);

	ex->queue(ex, queued);
}

/* What a thread leaves to the loop is not slept on. */
static void queued_work(void **state)
{
	static const struct send script[] = {{100, 'a'}, {0, 0}};
	static const char *const sets[] = {POLL, "loop=block recheck=off"};
	static const char *const diaries[] = {"a@116 t@133 ", "a@116 t@120 "};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct mirage_guest *g = guest_new(sets[i], script);

		queued = &alarm_new(g, "t")->work;
		g->threads[0].does = queues;
		guest_must_read(g, 1000, diaries[i]);
		guest_free(g);
	}
}

/* --- who is woken ------------------------------------------------------- */

/* A key wakes everybody, as the first turn did, unless events are told apart,
 * or counted. */
static void a_key(void **state)
{
	static const struct send script[] = {{100, 'k'}, {0, 0}};
	static const char *const sets[] = {
		WAKE_ALL, POLL, "loop=poll waiters=counter", "loop=block",
		"loop=block waiters=newest_first"};
	static const char *const diaries[] = {"a@16 b@17 a@116 b@117 ", "", "",
					      "", "a@116 b@117 "};

	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		struct mirage_guest *g = guest_new(sets[i], script);

		add_thread(g, 'b');
		guest_must_read(g, 1000, diaries[i]);
		guest_free(g);
	}
}

static void keys_at_random(void **state)
{
	static const struct send script[] = {{0, 0}};
	struct mirage_guest *g =
		guest_new(WAKE_ALL " console_keys=10ms", script);

	(void)state;
	g->machine->mute = true;
	guest_must_read(g, 10000000, NULL);
	assert_in_range(g->m->m.keys.n, 900, 1100);
	assert_in_range(g->threads[0].visits, 850, g->m->m.keys.n);
	guest_free(g);
}

/* The first event ends the poll and stays pending for good: from then on each
 * poll returns at once, each turn of 13 us visits everybody. */
static void a_masked_port(void **state)
{
	static const struct send script[] = {{100, 'a'}, {500, 'a'}, {0, 0}};
	struct mirage_guest *g = guest_new(WAKE_ALL " mask=on", script);

	(void)state;
	g->machine->mute = true;
	guest_must_read(g, 1010, NULL);
	assert_int_equal(g->threads[0].visits, 1 + (1010 - 116) / 13 + 1);
	assert_int_equal(g->m->m.sleeps.n - g->m->m.empty_sleeps.n, 1);
	assert_int_equal(cpu_busy(g->m->stage.cpu), (18 - 5 + 905) * SIM_US);
	assert_int_equal(g->machine->xen->m.merged.n, 1);
	assert_int_equal(guest_oracle(g)->n, 0);
	guest_free(g);
}

/* --- what is polled ----------------------------------------------------- */

static void as_many_ports_as_xen_takes(void **state)
{
	static const struct send script[] = {{100, 'a'}, {0, 0}};
	struct mirage_guest *g;

	(void)state;
	g = guest_new(POLL " poll_ports=128", script);
	guest_must_read(g, 1000, "a@116 ");
	assert_int_equal(g->m->m.einvals.n, 0);
	assert_int_equal(g->m->m.sleeps.n, 2);
	assert_null(g->m->stage.remark);
	guest_free(g);
	g = guest_new(POLL " poll_ports=129", script);
	g->machine->mute = true;
	guest_must_read(g, 1000, NULL);
	assert_int_equal(g->m->m.einvals.n, g->m->m.sleeps.n);
	assert_in_range(g->m->m.sleeps.n, 70, 85);
	assert_non_null(strstr(g->m->stage.remark, "129 ports"));
	assert_int_equal(cpu_busy(g->m->stage.cpu), 995 * SIM_US);
	guest_free(g);
}

/* A key at 100 wakes the guest. a's port 3 is not polled; its event of 116,
 * after the look, is pending when the guest goes to sleep at 117. Those of 150
 * and 160 merge. The next key ends that. While the guest sleeps an event wakes
 * it, polled or not. */
static void pending_and_not_polled(void **state)
{
	static const struct send script[] = {{100, 'k'}, {116, 'a'}, {150, 'a'},
					     {160, 'a'}, {300, 'k'}, {400, 'a'},
					     {0, 0}};
	struct mirage_guest *g = guest_new(POLL " poll_ports=2", script);
	const struct oracle *o;

	(void)state;
	guest_must_read(g, 1000, "a@316 a@416 ");
	o = guest_oracle(g);
	assert_int_equal(o->n, 1);
	assert_int_equal(o->stalls->cause, CAUSE_MASKED);
	assert_int_equal(o->stalls->start, 117 * SIM_US);
	assert_int_equal(o->stalls->end, 316 * SIM_US);
	assert_string_equal(o->stalls->rescuer, "m.console");
	guest_free(g);
	g = guest_new(POLL " poll_ports=3", script);
	guest_must_read(g, 1000, "a@128 a@166 a@416 ");
	assert_int_equal(guest_oracle(g)->n, 0);
	guest_free(g);
}

/* The event of 116 again. What ends the sleep is the alarm at 200, even if the
 * look that follows finds the event first. */
static void a_timer_ends_it(void **state)
{
	static const struct send script[] = {{100, 'k'}, {116, 'a'}, {0, 0}};
	struct mirage_guest *g = guest_new(POLL " poll_ports=2", script);
	const struct oracle *o;

	(void)state;
	alarm_in(g, alarm_new(g, "t"), 200 * SIM_US);
	guest_must_read(g, 1000, "t@215 a@216 ");
	o = guest_oracle(g);
	assert_int_equal(o->n, 1);
	assert_int_equal(o->stalls->end, 216 * SIM_US);
	assert_string_equal(o->stalls->rescuer, "alarm");
	guest_free(g);
}

/* a works until 121; the loop that looks again finds its event of 118. */
static void a_poll_that_looks_again(void **state)
{
	static const struct send script[] = {{100, 'a'}, {118, 'a'}, {0, 0}};
	struct mirage_guest *g =
		guest_new(POLL " poll_ports=2 poll_recheck=on", script);

	(void)state;
	g->threads[0].work = 5 * SIM_US;
	guest_must_read(g, 1000, "a@116 a@132 ");
	assert_int_equal(g->m->m.sleeps.n, 2);
	assert_int_equal(guest_oracle(g)->n, 0);
	guest_free(g);
}

/* An upcall at 120, while a works, takes the event away from the poll. At 136 a
 * waits in front of what it waits for; at 138 the guest sleeps. */
static void an_upcall_takes_the_event(void **state)
{
	static const struct send script[] = {
		{100, 'a'}, {120, 'a'}, {300, 'a'}, {0, 0}};
	struct mirage_guest *g = guest_new(POLL " upcalls=taken", script);
	const struct oracle *o;

	(void)state;
	g->threads[0].work = 20 * SIM_US;
	guest_must_read(g, 1000, "a@116 a@316 ");
	o = guest_oracle(g);
	assert_int_equal(o->n, 1);
	assert_int_equal(o->stalls->cause, CAUSE_CONSUMED);
	assert_int_equal(o->stalls->start, 136 * SIM_US);
	assert_int_equal(o->stalls->end, 316 * SIM_US);
	assert_string_equal(o->stalls->rescuer, "a");
	guest_free(g);
	g = guest_new(POLL, script);
	g->threads[0].work = 20 * SIM_US;
	guest_must_read(g, 1000, "a@116 a@149 a@316 ");
	assert_int_equal(guest_oracle(g)->n, 0);
	guest_free(g);
}

/* The pass of 117 wakes a and then b, who works until 139. At 126 something
 * comes for a without an event: it can count on the turn that b's event of 125
 * is going to bring, in which all are woken. But if there is an upcall, which
 * takes 2 us, there is no such turn from 127 on. */
static void who_counts_on_a_turn(void **state)
{
	static const struct send script[] = {
		{100, 'b'}, {125, 'b'}, {126, 'A'}, {300, 'b'}, {0, 0}};
	static const char *const sets[] = {WAKE_ALL, WAKE_ALL " upcalls=taken"};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct mirage_guest *g = guest_new(sets[i], script);
		const struct oracle *o;

		g->machine->xen->upcall.mean = 2 * SIM_US;
		add_thread(g, 'b')->work = 20 * SIM_US;
		guest_must_read(g, 1000, NULL);
		o = guest_oracle(g);
		assert_int_equal(o->n, i == 0 ? 0 : 2);
		if (i == 1) {
			assert_string_equal(o->stalls[0].waiter, "a");
			assert_int_equal(o->stalls[0].cause, CAUSE_CONSUMED);
			assert_int_equal(o->stalls[0].start, 127 * SIM_US);
			assert_string_equal(o->stalls[1].waiter, "b");
		}
		guest_free(g);
	}
}

/* A guest that blocks turns for events, and for nothing else. */
static void who_cannot_count_on_one(void **state)
{
	static const struct send script[] = {{12, 'A'}, {300, 'k'}, {0, 0}};
	struct mirage_guest *g =
		guest_new("loop=block waiters=newest_first", script);
	const struct oracle *o;

	(void)state;
	guest_must_read(g, 1000, "a@316 ");
	o = guest_oracle(g);
	assert_int_equal(o->n, 1);
	assert_int_equal(o->stalls->start, 12 * SIM_US);
	assert_string_equal(o->stalls->rescuer, "m.console");
	guest_free(g);
}

/* What is pending on a masked port is not found by the look that a key brings,
 * though both are in one word of the selector. */
static void a_masked_port_beside_another(void **state)
{
	static const struct send script[] = {{100, 'k'}, {110, 'a'}, {0, 0}};
	struct mirage_guest *g = guest_new("loop=block mask=on", script);
	const struct oracle *o;

	(void)state;
	guest_must_read(g, 1000, "");
	o = guest_oracle(g);
	assert_int_equal(o->n, 1);
	assert_int_equal(o->stalls->start, 110 * SIM_US);
	guest_free(g);
}

/* --- a port for each of many domains ------------------------------------ */

static void three_hundred_clients(void **state)
{
	struct small_world w = {0};
	double requests;

	(void)state;
	small_world_run(&w, "clients", "server.loop=block", 1);
	requests = small_world_number(&w, "vms.requests");
	assert_true(requests > 10000);
	assert_in_range(requests - small_world_number(&w, "vms.answers"), 0,
			300);
	assert_int_equal(small_world_number(&w, "server.unheard"), 0);
	assert_int_equal(w.block->oracle->n, 0);
	small_world_run(&w, "clients", "server.loop=poll server.poll_ports=302",
			1);
	assert_int_equal(small_world_number(&w, "server.einvals"),
			 small_world_number(&w, "server.sleeps"));
	assert_non_null(strstr(w.out.remark, "302 ports is refused"));
	assert_true(small_world_number(&w, "server.busy") > 0.99);
	small_world_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(poll),
		cmocka_unit_test(block),
		cmocka_unit_test(block_at_once),
		cmocka_unit_test(a_timer_ends_the_sleep),
		cmocka_unit_test(timers_wait_for_the_loop),
		cmocka_unit_test(queued_work),
		cmocka_unit_test(a_key),
		cmocka_unit_test(keys_at_random),
		cmocka_unit_test(a_masked_port),
		cmocka_unit_test(as_many_ports_as_xen_takes),
		cmocka_unit_test(pending_and_not_polled),
		cmocka_unit_test(a_timer_ends_it),
		cmocka_unit_test(a_poll_that_looks_again),
		cmocka_unit_test(an_upcall_takes_the_event),
		cmocka_unit_test(who_counts_on_a_turn),
		cmocka_unit_test(who_cannot_count_on_one),
		cmocka_unit_test(a_masked_port_beside_another),
		cmocka_unit_test(three_hundred_clients),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
