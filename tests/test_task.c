/* SPDX-License-Identifier: MIT */
/*
 * Tasks and CPUs. Small plays whose course was worked out by hand: each actor
 * says its name, what it does and when, and the play must read as written. Then
 * a crowd that acts at random, twice: once as it is, once while a clock ticks
 * at each instant, so that no spending can take the fast path. Both times the
 * same things must happen in the same order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>

#include "sim/task.h"

#include <gsl/gsl_rng.h>

struct play {
	struct sim *sim;
	struct cpu cpu[2];
	struct lock lock;
	struct signal bell;
	char text[512];
	size_t said;
};

struct actor {
	struct task task;
	struct play *play;
	char name;
	sim_time enters, acts; /* when, and for how long */
	struct signal wanted;  /* its own; nobody else waits for it */
	unsigned depth, most;  /* of nested calls */
};

static void play_open(struct play *p)
{
	*p = (struct play){.sim = sim_new(1 << 20, 1)};
	assert_non_null(p->sim);
	cpu_init(&p->cpu[0], p->sim, NULL);
	cpu_init(&p->cpu[1], p->sim, NULL);
}

static void play_must_read(struct play *p, const char *text)
{
	assert_int_equal(sim_run(p->sim, 1000), SIM_OK);
	assert_string_equal(p->text, text);
	sim_free(p->sim);
}

static void say(struct actor *a, const char *what)
{
	struct play *p = a->play;

	p->said +=
		(size_t)snprintf(p->text + p->said, sizeof p->text - p->said,
				 "%c%s@%d ", a->name, what, (int)p->sim->now);
	assert_true(p->said < sizeof p->text);
}

static void actor_enter(struct actor *a, struct play *p, struct cpu *cpu,
			enum cpu_level level, task_fn *run)
{
	a->play = p;
	task_init(&a->task, cpu, level, run, a, 0);
	task_start(&a->task);
}

/* Comes at `enters`, acts, goes. */
static TASK(act)
{
	struct actor *a = owner;

	TASK_BEGIN;
	AWAIT_UNTIL(&a->wanted, a->enters);
	say(a, "+");
	SPEND(a->acts);
	say(a, "-");
	TASK_END;
}

static void ties_are_served_in_order_of_planning(void **state)
{
	struct play p;
	struct actor a = {.name = 'a', .enters = 1, .acts = 9};
	struct actor b = {.name = 'b', .enters = 3, .acts = 7};
	struct actor c = {.name = 'c', .enters = 2, .acts = 8};
	struct cpu third;

	(void)state;
	play_open(&p);
	cpu_init(&third, p.sim, NULL);
	actor_enter(&a, &p, &p.cpu[0], LEVEL_THREAD, act);
	actor_enter(&b, &p, &p.cpu[1], LEVEL_IRQ, act);
	actor_enter(&c, &p, &third, LEVEL_THREAD, act);
	play_must_read(&p, "a+@1 c+@2 b+@3 a-@10 c-@10 b-@10 ");
}

/* On one CPU and one level nobody interrupts anybody. */
static void equals_wait_for_each_other(void **state)
{
	struct play p;
	struct actor a = {.name = 'a', .enters = 1, .acts = 9};
	struct actor b = {.name = 'b', .enters = 3, .acts = 7};
	struct actor c = {.name = 'c', .enters = 2, .acts = 8};

	(void)state;
	play_open(&p);
	actor_enter(&a, &p, &p.cpu[0], LEVEL_THREAD, act);
	actor_enter(&b, &p, &p.cpu[0], LEVEL_THREAD, act);
	actor_enter(&c, &p, &p.cpu[0], LEVEL_THREAD, act);
	play_must_read(&p, "a+@1 a-@10 c+@10 c-@18 b+@18 b-@25 ");
}

static void a_higher_level_interrupts(void **state)
{
	struct play p;
	struct actor t = {.name = 't', .enters = 1, .acts = 10};
	struct actor s = {.name = 's', .enters = 4, .acts = 5};
	struct actor i = {.name = 'i', .enters = 6, .acts = 2};
	struct actor j = {.name = 'j', .enters = 7, .acts = 1};

	(void)state;
	play_open(&p);
	actor_enter(&t, &p, &p.cpu[0], LEVEL_THREAD, act);
	actor_enter(&s, &p, &p.cpu[0], LEVEL_SOFTIRQ, act);
	actor_enter(&i, &p, &p.cpu[0], LEVEL_IRQ, act);
	actor_enter(&j, &p, &p.cpu[0], LEVEL_IRQ, act);
	/* t has 3 done at 4; s has 2 done at 6; i and j are equals. */
	assert_int_equal(sim_run(p.sim, 5), SIM_OK);
	assert_int_equal(cpu_busy(&p.cpu[0]), 4);
	play_must_read(&p, "t+@1 s+@4 i+@6 i-@8 j+@8 j-@9 s-@12 t-@19 ");
	assert_int_equal(p.cpu[0].busy, 18);
}

/* An interrupt in front of a task that waits for its equals does not let it
 * overtake them, and who was interrupted goes on before those who wait. */
static void who_was_interrupted_goes_first(void **state)
{
	struct play p;
	struct actor a = {.name = 'a', .enters = 1, .acts = 5};
	struct actor b = {.name = 'b', .enters = 2, .acts = 5};
	struct actor i = {.name = 'i', .enters = 3, .acts = 1};

	(void)state;
	play_open(&p);
	actor_enter(&a, &p, &p.cpu[0], LEVEL_THREAD, act);
	actor_enter(&b, &p, &p.cpu[0], LEVEL_THREAD, act);
	actor_enter(&i, &p, &p.cpu[0], LEVEL_IRQ, act);
	play_must_read(&p, "a+@1 i+@3 i-@4 a-@7 b+@7 b-@12 ");
}

static TASK(await_bell)
{
	struct actor *a = owner;

	TASK_BEGIN;
	AWAIT(&a->play->bell);
	say(a, "!");
	AWAIT(&a->play->bell); /* it is still up: nobody lowered it */
	a->play->bell.raised = false;
	AWAIT_UNTIL(&a->play->bell, 20);
	say(a, me->timed_out ? "late" : "early");
	AWAIT_UNTIL(&a->play->bell, 40);
	say(a, me->timed_out ? "late" : "early");
	a->play->bell.raised = false;
	AWAIT_UNTIL(&a->play->bell, 50);
	say(a, me->timed_out ? "late" : "early");
	AWAIT(&a->play->bell);
	say(a, "not reached");
	TASK_END;
}

static TASK(ring_bell)
{
	struct actor *a = owner;

	TASK_BEGIN;
	SPEND(10);
	signal_raise(&a->play->bell);
	SPEND(20);
	signal_raise(&a->play->bell);
	say(a, "rang");
	TASK_END;
}

static void a_sleeper_wakes_by_bell_or_deadline(void **state)
{
	struct play p;
	struct actor a = {.name = 'a'}, r = {.name = 'r'};

	(void)state;
	play_open(&p);
	actor_enter(&a, &p, &p.cpu[0], LEVEL_THREAD, await_bell);
	actor_enter(&r, &p, &p.cpu[1], LEVEL_THREAD, ring_bell);
	play_must_read(&p, "a!@10 alate@20 rrang@30 aearly@30 alate@50 ");
}

/* Spends at every depth on the way down and on the way up. */
static TASK(descend)
{
	struct actor *a = owner;

	TASK_BEGIN;
	a->depth++;
	SPEND(1);
	if (a->depth < a->most)
		CALL(descend, a);
	SPEND(1);
	a->depth--;
	if (a->depth % 4 == 0)
		say(a, "up");
	TASK_END;
}

static TASK(descend_twice)
{
	struct actor *a = owner;

	TASK_BEGIN;
	CALL(descend, a);
	a->most = 2;
	CALL(descend, a);
	TASK_END;
}

/* The one on the other CPU sees to it that spendings pause. */
static void calls_nest(void **state)
{
	struct play p;
	struct actor a = {.name = 'a', .most = 11};
	struct actor b = {.name = 'b', .most = 11};

	(void)state;
	assert_true(TASK_DEPTH >= 12);
	play_open(&p);
	actor_enter(&a, &p, &p.cpu[0], LEVEL_THREAD, descend_twice);
	actor_enter(&b, &p, &p.cpu[1], LEVEL_THREAD, descend_twice);
	play_must_read(&p, "aup@14 bup@14 aup@18 bup@18 aup@22 bup@22 "
			   "aup@26 bup@26 ");
}

static TASK(hold)
{
	struct actor *a = owner;

	TASK_BEGIN;
	AWAIT_UNTIL(&a->wanted, a->enters);
	LOCK(&a->play->lock);
	say(a, "+");
	SPEND(a->acts);
	UNLOCK(&a->play->lock);
	LOCK(&a->play->lock);
	say(a, "*");
	UNLOCK(&a->play->lock);
	TASK_END;
}

/* a gives the lock up and wants it back at once: it goes to the end of the
 * queue, it cannot overtake those to whom the lock was given. */
static void a_lock_is_handed_over_in_order(void **state)
{
	struct play p;
	struct actor a = {.name = 'a', .enters = 1, .acts = 10};
	struct actor b = {.name = 'b', .enters = 3, .acts = 10};
	struct actor c = {.name = 'c', .enters = 2, .acts = 10};
	struct cpu third;

	(void)state;
	play_open(&p);
	cpu_init(&third, p.sim, NULL);
	actor_enter(&a, &p, &p.cpu[0], LEVEL_THREAD, hold);
	actor_enter(&b, &p, &p.cpu[1], LEVEL_THREAD, hold);
	actor_enter(&c, &p, &third, LEVEL_THREAD, hold);
	play_must_read(&p, "a+@1 c+@11 b+@21 a*@31 c*@31 b*@31 ");
	assert_null(p.lock.holder);
}

static TASK(leave_guest)
{
	struct actor *a = owner;

	TASK_BEGIN;
	AWAIT_UNTIL(&a->wanted, 2);
	LEVEL(LEVEL_EXIT);
	SPEND(2);
	LOCK(&a->play->lock);
	say(a, "+");
	SPEND(3);
	UNLOCK(&a->play->lock);
	LEVEL(LEVEL_THREAD);
	say(a, "-");
	TASK_END;
}

/* e leaves the guest at 2 and waits from 4 for the lock that h has from 1 to
 * 11. The vCPU stays its own until it is back in the guest at 14, where the
 * interrupt of 5 goes first. */
static void a_vcpu_outside_the_guest_is_not_interrupted(void **state)
{
	struct play p;
	struct actor h = {.name = 'h', .enters = 1, .acts = 10};
	struct actor e = {.name = 'e'};
	struct actor t = {.name = 't', .enters = 3, .acts = 1};
	struct actor i = {.name = 'i', .enters = 5, .acts = 1};

	(void)state;
	play_open(&p);
	actor_enter(&h, &p, &p.cpu[1], LEVEL_THREAD, hold);
	actor_enter(&e, &p, &p.cpu[0], LEVEL_THREAD, leave_guest);
	actor_enter(&t, &p, &p.cpu[0], LEVEL_THREAD, act);
	actor_enter(&i, &p, &p.cpu[0], LEVEL_IRQ, act);
	play_must_read(&p, "h+@1 e+@11 h*@14 i+@14 i-@15 e-@15 t+@15 t-@16 ");
}

/* Waking an idle CPU takes 5; a busy one is there already. */
static void the_way_to_an_idle_cpu_is_long(void **state)
{
	struct play p;
	struct cost five = {.mean = 5};
	struct actor a = {.name = 'a', .enters = 1, .acts = 10};
	struct actor i = {.name = 'i', .enters = 8, .acts = 1};
	struct actor b = {.name = 'b', .enters = 30, .acts = 3};

	(void)state;
	play_open(&p);
	p.cpu[0].wake = &five;
	actor_enter(&a, &p, &p.cpu[0], LEVEL_THREAD, act);
	actor_enter(&i, &p, &p.cpu[0], LEVEL_IRQ, act);
	actor_enter(&b, &p, &p.cpu[0], LEVEL_THREAD, act);
	play_must_read(&p, "a+@6 i+@8 i-@9 a-@17 b+@35 b-@38 ");
	assert_int_equal(p.cpu[0].busy, 14);
}

/* Nor does a vCPU thread that blocked outside the guest run at once, although
 * the vCPU is its own meanwhile: from the lock at 11 it is 5 more. */
static void the_way_back_to_a_blocked_vcpu_is_long(void **state)
{
	struct play p;
	struct cost five = {.mean = 5};
	struct actor h = {.name = 'h', .enters = 1, .acts = 10};
	struct actor e = {.name = 'e'};

	(void)state;
	play_open(&p);
	p.cpu[0].wake = &five;
	actor_enter(&h, &p, &p.cpu[1], LEVEL_THREAD, hold);
	actor_enter(&e, &p, &p.cpu[0], LEVEL_THREAD, leave_guest);
	play_must_read(&p, "h+@1 e+@16 e-@19 h*@19 ");
}

static TASK(stand_still)
{
	TASK_BEGIN;
	(void)owner;
	SPEND(7);
	for (;;)
		SPEND(0);
	TASK_END;
}

static void time_that_stands_still_is_noticed(void **state)
{
	struct play p;
	struct actor a = {.name = 'a'};

	(void)state;
	play_open(&p);
	actor_enter(&a, &p, &p.cpu[0], LEVEL_THREAD, stand_still);
	assert_int_equal(sim_run(p.sim, 1000), SIM_LIVELOCK);
	assert_int_equal(p.sim->now, 7);
	sim_free(p.sim);
}

#define CROWD 9
#define TURNS 3000

struct crowd {
	struct sim *sim;
	struct cpu cpu[4];
	struct lock lock;
	struct walker {
		struct task task;
		struct crowd *crowd;
		struct signal poked;
		gsl_rng *rng;
		unsigned turn, deed;
		enum cpu_level level;
	} walkers[CROWD];
	struct event tick;
	uint64_t ticks;
};

static sim_time some_time(struct walker *w)
{
	return (sim_time)gsl_rng_uniform_int(w->rng, 6);
}

static TASK(walk)
{
	struct walker *w = owner;
	struct crowd *c = w->crowd;

	TASK_BEGIN;
	for (; w->turn < TURNS; w->turn++) {
		w->deed = (unsigned)gsl_rng_uniform_int(w->rng, 6);
		note(sim_, me->id, NOTE_TAKE, w->deed);
		if (w->deed == 0) {
			signal_raise(&c->walkers[w->turn % CROWD].poked);
		} else if (w->deed == 1) {
			AWAIT_UNTIL(&w->poked, sim_->now + some_time(w));
			w->poked.raised = false;
		} else if (w->deed == 2) {
			LOCK(&c->lock);
			SPEND(some_time(w));
			UNLOCK(&c->lock);
		} else if (w->deed == 3) {
			LEVEL(LEVEL_EXIT);
			AWAIT_UNTIL(&w->poked, sim_->now + some_time(w));
			LEVEL(w->level);
		} else {
			SPEND(some_time(w));
		}
	}
	TASK_END;
}

static void tick(struct sim *sim, struct event *ev)
{
	struct crowd *c =
		(struct crowd *)((char *)ev - offsetof(struct crowd, tick));

	c->ticks++;
	event_at(sim, ev, sim->now + 1);
}

static void add_walker(struct crowd *c, unsigned i)
{
	struct walker *w = &c->walkers[i];
	const char *name = sim_format(c->sim, "walker%u", i);

	w->crowd = c;
	w->level = (enum cpu_level)(i % LEVEL_EXIT);
	w->rng = rng_stream(c->sim, name);
	task_init(&w->task, &c->cpu[i % 4], w->level, walk, w,
		  sim_owner(c->sim, name));
	task_start(&w->task);
}

/* Returns the trace hash; *fired: what the engine had to do for it. */
static uint64_t crowd_run(bool ticking, uint64_t seed, uint64_t *fired)
{
	struct sim *sim = sim_new(4 << 20, seed);
	struct crowd *c = sim_alloc(sim, sizeof *c);
	struct cost two = {.mean = 2};
	uint64_t hash;

	c->sim = sim;
	for (int i = 0; i < 4; i++)
		cpu_init(&c->cpu[i], sim, i == 0 ? &two : NULL);
	for (unsigned i = 0; i < CROWD; i++)
		add_walker(c, i);
	event_init(sim, &c->tick, tick);
	if (ticking)
		event_at(sim, &c->tick, 1);
	assert_int_equal(sim_run(sim, CROWD * TURNS * 10), SIM_OK);
	for (unsigned i = 0; i < CROWD; i++)
		assert_int_equal(c->walkers[i].turn, TURNS);
	*fired = sim->fired - c->ticks;
	hash = sim->hash;
	sim_free(sim);
	return hash;
}

static void the_fast_path_changes_nothing(void **state)
{
	uint64_t fast, slow;

	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		assert_int_equal(crowd_run(false, seed, &fast),
				 crowd_run(true, seed, &slow));
		assert_true(fast + 100 < slow); /* it was taken */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ties_are_served_in_order_of_planning),
		cmocka_unit_test(equals_wait_for_each_other),
		cmocka_unit_test(a_higher_level_interrupts),
		cmocka_unit_test(who_was_interrupted_goes_first),
		cmocka_unit_test(a_sleeper_wakes_by_bell_or_deadline),
		cmocka_unit_test(calls_nest),
		cmocka_unit_test(a_lock_is_handed_over_in_order),
		cmocka_unit_test(a_vcpu_outside_the_guest_is_not_interrupted),
		cmocka_unit_test(the_way_to_an_idle_cpu_is_long),
		cmocka_unit_test(the_way_back_to_a_blocked_vcpu_is_long),
		cmocka_unit_test(time_that_stands_still_is_noticed),
		cmocka_unit_test(the_fast_path_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
