/* SPDX-License-Identifier: MIT */
/*
 * A hall for Activations: threads on one CPU that wait for events of ports,
 * a main loop that sees events and makes passes when a script says so, and a
 * diary of who was woken at which microsecond. To wake a thread takes 1 us.
 */
#ifndef TESTS_ACTIVATIONS_HALL_H
#define TESTS_ACTIVATIONS_HALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "models/hypervisor/activations.h"

#define HALL_PORTS 16

struct hall;

/* It waits for its port again and again: `visits` times, 0: for ever. */
struct visitor {
	struct hall *hall;
	char name;
	unsigned port, visits;
	sim_time work; /* before it waits again: on the CPU, */
	sim_time away; /* and waiting for something else */
	struct signal never;
	void (*does)(struct visitor *v);
	struct task task;
	struct line_wait wait;
	struct waiter waits;
	bool watched; /* by the oracle */
	bool wants;   /* its condition */
};

/* At `us` these ports' events are seen; then there is a pass. */
struct pass {
	unsigned us;
	const char *ports; /* separated by blanks; NULL ends the script */
};

struct hall {
	struct sim *sim;
	struct cpu cpu;
	struct activations a;
	struct event_line *lines[HALL_PORTS];
	struct waited_port *by_port[EVTCHN_PORTS];
	struct counter unheard;
	struct cost dispatch;
	struct task main;
	struct signal never;
	const struct pass *at;
	char diary[2048];
	size_t written;
};

static inline void hall_write(struct hall *h, char name)
{
	size_t room = sizeof h->diary - h->written;
	int n = snprintf(h->diary + h->written, room, "%c@%g ", name,
			 (double)h->sim->now / SIM_US);

	assert_true(n > 0 && (size_t)n < room);
	h->written += (size_t)n;
}

static inline bool hall_no(void *owner, unsigned port)
{
	(void)owner;
	(void)port;
	return false;
}

static inline bool hall_never(void *owner)
{
	(void)owner;
	return false;
}

static inline void hall_see(struct hall *h, const char *ports)
{
	unsigned port;
	int n;

	for (; sscanf(ports, "%u%n", &port, &n) == 1; ports += n)
		activations_latch(&h->a, port);
}

static inline TASK(hall_main)
{
	struct hall *h = owner;

	TASK_BEGIN;
	for (; h->at->ports; h->at++) {
		if (h->at->us * SIM_US > sim_->now)
			AWAIT_UNTIL(&h->never, h->at->us * SIM_US);
		hall_see(h, h->at->ports);
		CALL(activations_run, &h->a);
	}
	TASK_END;
}

/* Lines for the ports from 1 to `ports`. */
static inline struct hall *hall_new(enum wait_order order, bool wake_all,
				    unsigned ports)
{
	struct sim *sim = sim_new(16 << 20, 1);
	struct hall *h = sim_alloc(sim, sizeof *h);

	h->sim = sim;
	cpu_init(&h->cpu, sim, NULL);
	h->dispatch.mean = SIM_US;
	h->a = (struct activations){.sim = sim,
				    .order = order,
				    .table = 8,
				    .wake_all = wake_all,
				    .by_port = h->by_port,
				    .unheard = &h->unheard,
				    .dispatch = &h->dispatch,
				    .id = sim_owner(sim, "hall"),
				    .will_see = hall_no,
				    .will_turn = hall_never};
	for (unsigned port = 1; port <= ports; port++)
		h->lines[port] = activations_line(&h->a, port, "an event");
	return h;
}

static inline TASK(visit)
{
	struct visitor *v = owner;

	TASK_BEGIN;
	do {
		CALL(v->wait.line->wait, &v->wait);
		waiter_looks(&v->waits);
		hall_write(v->hall, v->name);
		if (v->does)
			v->does(v);
		if (v->work)
			SPEND(v->work);
		if (v->away)
			AWAIT_UNTIL(&v->never, sim_->now + v->away);
	} while (v->visits == 0 || --v->visits > 0);
	TASK_END;
}

static inline bool visitor_wants(void *arg)
{
	return ((struct visitor *)arg)->wants;
}

static inline bool visitor_is_called(void *arg)
{
	struct visitor *v = arg;

	return v->wait.line->coming(&v->wait);
}

/* They line up in the order in which they enter. */
static inline void hall_enter(struct hall *h, struct visitor *v)
{
	v->hall = h;
	v->wait.line = h->lines[v->port];
	waiter_init(&v->waits, h->sim, sim_owner(h->sim, "visitor"), "visitor",
		    "something");
	v->waits.due = visitor_wants;
	v->waits.coming = visitor_is_called;
	v->waits.arg = v;
	v->wait.waiter = &v->waits;
	if (v->watched)
		v->wait.line->waiter = &v->waits;
	task_init(&v->task, &h->cpu, LEVEL_THREAD, visit, v, v->waits.id);
	task_start(&v->task);
}

/* Runs the script, at most that long, and compares the diary unless it
 * is NULL. */
static inline void hall_must_read(struct hall *h, const struct pass *script,
				  sim_time until, const char *diary)
{
	h->at = script;
	task_init(&h->main, &h->cpu, LEVEL_THREAD, hall_main, h, 0);
	task_start(&h->main);
	assert_int_equal(sim_run(h->sim, until), SIM_OK);
	if (diary)
		assert_string_equal(h->diary, diary);
}

#endif
