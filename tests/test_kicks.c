/* SPDX-License-Identifier: MIT */
/*
 * Which kicks are superfluous? QEMU's transmit driver alone on a stage, with a
 * guest, a main loop and a timer that do what a script says, so that the guest
 * can act exactly in the windows where its kick is a waste:
 *
 *	the bottom half is scheduled already
 *	the host has asked and is emptying the ring: the entry that raced with
 *	the asking is found without its kick, and so are those that follow
 *	the timer is armed already
 *
 * Scripts:
 *	p  the guest publishes a packet, and decides whether to kick
 *	k  a kick it has decided on arrives
 *	b  the main loop runs what is scheduled
 *	t  the timer fires
 *	r  as soon as the host asks the next time, the guest publishes
 *	R  the same, and once more while the host moves that packet
 *	m  the guest publishes while the host moves the next packet
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "models/ring/flavours.h"
#include "models/ring/types.h"

struct stand {
	struct sim *sim;
	struct stage *host;
	struct cpu cpu;
	struct ring ring;
	struct ring_type type; /* the flavour, but kick_on lets the guest act */
	const struct ring_type *flavour;
	struct packet_pool pool;
	struct port out;
	struct executor executor;
	struct work_queue scheduled;
	struct work *work; /* of the main loop, running */
	struct timer_source clock;
	struct timer *timer;
	struct doorbell call;
	unsigned decided; /* kicks on the way */
	unsigned while_asking, while_moving, while_moving_that;
	struct task task;
	const char *script;
};

static void guest_publishes(struct stand *st)
{
	ring_add(&st->ring, packet_new(&st->pool, 60));
	ring_publish(&st->ring);
	st->decided += st->ring.type->kick_due(&st->ring);
}

static void kick_on(struct ring *r, uint16_t at)
{
	struct stand *st =
		(struct stand *)((char *)r - offsetof(struct stand, ring));

	st->flavour->kick_on(r, at);
	for (; st->while_asking > 0; st->while_asking--)
		guest_publishes(st);
	st->while_moving += st->while_moving_that;
	st->while_moving_that = 0;
}

static TASK(take)
{
	struct port *out = owner;
	struct stand *st = out->owner;

	TASK_BEGIN;
	if (st->while_moving > 0) {
		st->while_moving--;
		guest_publishes(st);
	}
	packet_delivered(out->offered, me->id);
	out->offered = NULL;
	TASK_END;
}

static TASK(no_call)
{
	(void)me;
	(void)depth;
	(void)owner;
	return DONE;
}

static void queue(struct executor *ex, struct work *w)
{
	struct stand *st =
		(struct stand *)((char *)ex - offsetof(struct stand, executor));

	work_queue_push(&st->scheduled, w);
}

static void arm(struct timer_source *clock, struct timer *t, sim_time delay)
{
	struct stand *st =
		(struct stand *)((char *)clock - offsetof(struct stand, clock));

	assert_null(st->timer);
	assert_int_equal(delay, 150 * SIM_US);
	st->timer = t;
}

static void cancel(struct timer_source *clock, struct timer *t)
{
	struct stand *st =
		(struct stand *)((char *)clock - offsetof(struct stand, clock));

	assert_ptr_equal(st->timer, t);
	st->timer = NULL;
}

static TASK(fire)
{
	struct stand *st = owner;

	TASK_BEGIN;
	assert_non_null(st->timer);
	st->work = st->timer->work;
	st->timer = NULL;
	CALL(st->work->run, st->work->owner);
	TASK_END;
}

static TASK(loop_once)
{
	struct stand *st = owner;

	TASK_BEGIN;
	st->work = work_queue_pop(&st->scheduled);
	assert_non_null(st->work);
	CALL(st->work->run, st->work->owner);
	TASK_END;
}

static TASK(kick)
{
	struct stand *st = owner;

	TASK_BEGIN;
	assert_true(st->decided > 0);
	st->decided--;
	CALL(st->host->back->on_kick.run, st->host->back->on_kick.owner);
	TASK_END;
}

static TASK(follow_script)
{
	struct stand *st = owner;

	TASK_BEGIN;
	for (; *st->script; st->script++) {
		if (*st->script == 'p')
			guest_publishes(st);
		else if (*st->script == 'm')
			st->while_moving = 1;
		else if (*st->script == 'r' || *st->script == 'R')
			st->while_asking = 1;
		if (*st->script == 'R')
			st->while_moving_that = 1;
		if (*st->script == 'k')
			CALL(kick, st);
		if (*st->script == 'b')
			CALL(loop_once, st);
		if (*st->script == 't')
			CALL(fire, st);
	}
	TASK_END;
}

static void set(struct stage *s, const char *name, const char *text)
{
	const struct param *row = s->type->params;
	char why[512];

	while (strcmp(row->name, name))
		row++;
	assert_true(param_parse(
		row, text, param_field(row, (char *)s + s->type->params_at),
		why, sizeof why));
}

static void stand_build(struct stand *st, const struct ring_type *flavour,
			const char *mode, const char *rest)
{
	const struct stage_type *type = &qemu_tx_type;
	struct stage *s = sim_alloc(st->sim, type->size);

	st->host = s;
	cpu_init(&st->cpu, st->sim, NULL);
	*s = (struct stage){.type = type,
			    .name = "host",
			    .sim = st->sim,
			    .cpu = &st->cpu,
			    .executor = &st->executor,
			    .timers = &st->clock,
			    .out = &st->out};
	params_default(type->params, type->n_params,
		       (char *)s + type->params_at);
	set(s, "mode", mode);
	set(s, "rest", rest);
	type->build(s);
	st->flavour = flavour;
	st->type = *flavour;
	st->type.kick_on = kick_on;
	ring_init(&st->ring, st->sim, &st->type, 16);
	s->back->ring = &st->ring;
	s->back->call.ring = no_call;
}

static struct stand *stand_new(const struct ring_type *flavour,
			       const char *mode, const char *rest)
{
	struct sim *sim = sim_new(1 << 20, 1);
	struct stand *st = sim_alloc(sim, sizeof *st);

	st->sim = sim;
	st->pool.sim = sim;
	st->executor.queue = queue;
	st->clock = (struct timer_source){.arm = arm, .cancel = cancel};
	st->out = (struct port){.send = take, .owner = st};
	stand_build(st, flavour, mode, rest);
	return st;
}

static unsigned counted(const struct stand *st, const char *name)
{
	const struct stage_type *type = st->host->type;
	const struct metric *m = type->metrics;

	while (strcmp(m->name, name))
		m++;
	return (unsigned)((struct counter *)((char *)st->host +
					     type->metrics_at + m->offset))
		->n;
}

struct story {
	const char *mode, *rest, *script;
	unsigned kicks, wasted, looks, empty, sleeps;
};

static void must_count(const struct stand *st, const struct story *story,
		       const char *name, unsigned expected)
{
	unsigned n = counted(st, name);

	if (n != expected)
		fail_msg("%s, %s, %s, \"%s\": %s is %u, not %u",
			 st->flavour->name, story->mode, story->rest,
			 story->script, name, n, expected);
}

static void must_end(const struct ring_type *flavour, const struct story *story)
{
	struct stand *st = stand_new(flavour, story->mode, story->rest);

	st->script = story->script;
	task_init(&st->task, &st->cpu, LEVEL_THREAD, follow_script, st, 0);
	task_start(&st->task);
	assert_int_equal(sim_run(st->sim, SIM_SEC), SIM_OK);
	assert_int_equal(st->task.state, TASK_IDLE);
	must_count(st, story, "kicks", story->kicks);
	must_count(st, story, "wasted_kicks", story->wasted);
	must_count(st, story, "looks", story->looks);
	must_count(st, story, "empty_looks", story->empty);
	must_count(st, story, "sleeps", story->sleeps);
	assert_int_equal(st->decided, 0); /* each has arrived */
	assert_null(st->scheduled.head);
	assert_null(st->timer);
	assert_int_equal(packet_pool_inside(&st->pool), 0);
	sim_free(st->sim);
}

/* Kicks, of these wasted; looks, of these empty; sleeps. */
static const struct story stories[] = {
	/* One kick, one flush; then asked, looked and slept. */
	{"bh", "sleep", "pkb", 1, 0, 2, 1, 1},
	/* Who is being served does not kick. */
	{"bh", "sleep", "pkmb", 1, 0, 2, 1, 1},
	{"bh", "sleep", "pkppb", 1, 0, 2, 1, 1},
	/* The entry that raced with the asking; its kick arrives in between. */
	{"bh", "sleep", "pkrbkb", 2, 1, 4, 2, 1},
	/* It arrives when all is done: a round for nothing. */
	{"bh", "sleep", "pkrbbkb", 2, 0, 6, 4, 2},
	/* Two in the window. */
	{"bh", "sleep", "pkRbkkb", 3, 2, 4, 2, 1},
	{"bh", "sleep", "pkRbkbkb", 3, 1, 6, 4, 2},
	/* Looking again by itself it need not be kicked. */
	{"bh", "retries(2)", "pkbbb", 1, 0, 4, 3, 1},
	{"bh", "retries(2)", "pkbpbbb", 1, 0, 5, 3, 1},
	/* Spent, and the entry that races is found; asking is cheaper. */
	{"bh", "retries(1)", "pkbrbkb", 2, 1, 5, 3, 1},
	/* The first kick arms. */
	{"timer", "sleep", "pkt", 1, 0, 1, 0, 1},
	{"timer", "sleep", "pkppt", 1, 0, 1, 0, 1},
	/* The timer has asked before it flushes: who comes meanwhile kicks, is
	 * served without that, and arms the timer for nothing. */
	{"timer", "sleep", "pkmtkt", 2, 0, 2, 1, 2},
	{"timer", "sleep", "pkrtkt", 2, 0, 2, 1, 2},
	/* The second such kick finds it armed, cancels it and flushes. */
	{"timer", "sleep", "pkRtkk", 3, 1, 2, 1, 1},
};

#define N_STORIES (sizeof stories / sizeof *stories)

static void superfluous_kicks_are_counted(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_STORIES; i++) {
		must_end(&ring_split_event, &stories[i]);
		must_end(&ring_split_flags, &stories[i]);
	}
}

/* The flag is not up before the kick has arrived: a kick for each packet. And
 * when the bottom half has found what raced, a flag that goes up holds back the
 * next; an index that has been moved along with the packets does not. */
static void flags_and_indices_differ(void **state)
{
	static const struct story late = {.mode = "bh",
					  .rest = "sleep",
					  .script = "pppkkkb",
					  .kicks = 3,
					  .wasted = 2,
					  .looks = 2,
					  .empty = 1,
					  .sleeps = 1};
	struct story after = {"bh", "sleep", "pkrbpkb", 2, 1, 4, 1, 1};

	(void)state;
	must_end(&ring_split_flags, &late);
	must_end(&ring_split_flags, &after);
	after.script = "pkrbpkkb";
	after.kicks = 3;
	after.wasted = 2;
	must_end(&ring_split_event, &after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(superfluous_kicks_are_counted),
		cmocka_unit_test(flags_and_indices_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
