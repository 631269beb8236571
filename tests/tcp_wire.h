/* SPDX-License-Identifier: MIT */
/*
 * Two guests and a wire, for stages that stand on a network device: each guest
 * has a CPU, a clock, an executor, and a device whose packets arrive at the
 * other after a fixed time, in order, unless the wire loses them.
 */
#ifndef TESTS_TCP_WIRE_H
#define TESTS_TCP_WIRE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/tcp/types.h"
#include "sim/stage.h"

#define WIRE_ROOM   4096
#define WIRE_TIMERS 32
#define WIRE_PORTS  80

struct wire_timer {
	struct event event;
	struct timer *timer;
	struct guest *guest;
};

struct on_wire {
	struct packet *packet;
	sim_time due;
};

/* A guest and its half of the wire: what it sends arrives at the peer. */
struct guest {
	struct sim *sim;
	struct cpu cpu;
	struct stage *stage;
	struct guest *peer;
	struct nic nic;
	struct port ports[WIRE_PORTS];
	unsigned n_ports;
	struct cost send_cost;
	struct lock lock; /* of the device; a sender holds it while it costs */
	struct on_wire line[WIRE_ROOM];
	unsigned head, tail;
	struct event arrival;
	sim_time delay;
	/* Loses the nth packet that is sent, from 1; 0 ends the list. */
	const unsigned *loses;
	uint64_t sent, lost;
	sim_time busy_until; /* the wire, with its packet_time */
	sim_time packet_time;
	/* The driver: brings what arrived to the stage. */
	struct packet *arrived, *arrived_last;
	struct task driver;
	struct signal wake;
	/* Its clock. */
	struct timer_source timers;
	struct wire_timer slots[WIRE_TIMERS];
	struct executor executor;
	struct work_queue works;
	struct task worker;
	struct signal work_ready;
	struct work *work;
};

struct wire {
	struct sim *sim;
	struct guest a, b;
};

#define GUEST_OF(p, member)                                                    \
	((struct guest *)((char *)(p)-offsetof(struct guest, member)))

/* --- the device --------------------------------------------------------- */

static inline bool wire_loses(struct guest *g)
{
	g->sent++;
	if (!g->loses || *g->loses == 0 || *g->loses != g->sent)
		return false;
	g->loses++;
	return true;
}

static inline void wire_put(struct guest *g, struct packet *p)
{
	sim_time now = g->sim->now, from = g->busy_until;

	if (wire_loses(g)) {
		g->lost++;
		packet_dropped(p, g->stage->id, DROP_LINK);
		return;
	}
	assert_true(g->tail - g->head < WIRE_ROOM);
	g->busy_until = (from > now ? from : now) + g->packet_time;
	g->line[g->tail++ % WIRE_ROOM] =
		(struct on_wire){p, g->busy_until + g->delay};
	if (!event_pending(g->sim, &g->arrival))
		event_at(g->sim, &g->arrival, g->line[g->head % WIRE_ROOM].due);
}

static inline TASK(wire_send)
{
	struct port *port = owner;
	struct guest *g = port->owner;

	TASK_BEGIN;
	LOCK(&g->lock);
	if (g->send_cost.mean > 0)
		SPEND(cost_draw(sim_, &g->send_cost));
	wire_put(g, port->offered);
	port->offered = NULL;
	UNLOCK(&g->lock);
	TASK_END;
}

static inline struct port *wire_open(struct nic *nic)
{
	struct guest *g = GUEST_OF(nic, nic);
	struct port *p = &g->ports[g->n_ports++];

	assert_true(g->n_ports <= WIRE_PORTS);
	*p = (struct port){.send = wire_send, .owner = g};
	return p;
}

static inline void wire_arrive(struct sim *sim, struct event *ev)
{
	struct guest *g = GUEST_OF(ev, arrival), *to = g->peer;

	while (g->head != g->tail &&
	       g->line[g->head % WIRE_ROOM].due <= sim->now) {
		struct packet *p = g->line[g->head++ % WIRE_ROOM].packet;

		p->next = NULL;
		if (to->arrived)
			to->arrived_last->next = p;
		else
			to->arrived = p;
		to->arrived_last = p;
	}
	if (g->head != g->tail)
		event_at(sim, ev, g->line[g->head % WIRE_ROOM].due);
	signal_raise(&to->wake);
}

static inline TASK(wire_driver)
{
	struct guest *g = owner;
	struct port *rx = g->stage->rx;

	TASK_BEGIN;
	for (;;) {
		g->wake.raised = false;
		AWAIT(&g->wake);
		while (g->arrived) {
			rx->offered = g->arrived;
			g->arrived = g->arrived->next;
			rx->offered->next = NULL;
			CALL(rx->send, rx);
			assert_null(rx->offered);
		}
	}
	TASK_END;
}

/* --- the clock ---------------------------------------------------------- */

static inline TASK(wire_worker)
{
	struct guest *g = owner;

	TASK_BEGIN;
	for (;;) {
		g->work_ready.raised = false;
		AWAIT(&g->work_ready);
		while ((g->work = work_queue_pop(&g->works)))
			CALL(g->work->run, g->work->owner);
	}
	TASK_END;
}

static inline void wire_queue(struct executor *ex, struct work *w)
{
	struct guest *g = GUEST_OF(ex, executor);

	if (work_queue_push(&g->works, w))
		signal_raise(&g->work_ready);
}

static inline void wire_fire(struct sim *sim, struct event *ev)
{
	struct wire_timer *t = (struct wire_timer *)(void *)ev;
	struct timer *timer = t->timer;

	(void)sim;
	timer->armed = false;
	t->timer = NULL;
	t->guest->executor.queue(&t->guest->executor, timer->work);
}

static inline struct wire_timer *wire_slot(struct guest *g, struct timer *t)
{
	for (unsigned i = 0; i < WIRE_TIMERS; i++)
		if (g->slots[i].timer == t)
			return &g->slots[i];
	fail_msg("no such timer");
	return NULL;
}

static inline void wire_arm(struct timer_source *ts, struct timer *t,
			    sim_time delay)
{
	struct guest *g = GUEST_OF(ts, timers);
	struct wire_timer *slot = wire_slot(g, NULL);

	assert_false(t->armed);
	assert_true(delay >= 0);
	t->armed = true;
	t->due = time_add(g->sim->now, delay);
	slot->timer = t;
	event_at(g->sim, &slot->event, t->due);
}

static inline void wire_cancel(struct timer_source *ts, struct timer *t)
{
	struct guest *g = GUEST_OF(ts, timers);
	struct wire_timer *slot = wire_slot(g, t);

	assert_true(t->armed);
	t->armed = false;
	slot->timer = NULL;
	event_cancel(g->sim, &slot->event);
}

/* --- stages ------------------------------------------------------------- */

/* `sets`: `name=value`, with spaces between them. */
static inline void stage_set(struct stage *s, const char *sets)
{
	const struct stage_type *t = s->type;
	void *params = (char *)s + t->params_at;
	char text[1024], why[256], *rest = text, *name;

	params_default(t->params, t->n_params, params);
	strcpy(text, sets);
	while ((name = strsep(&rest, " "))) {
		char *value = strchr(name, '=');
		unsigned i = 0;

		if (!value)
			continue;
		*value++ = 0;
		while (i < t->n_params && strcmp(t->params[i].name, name) != 0)
			i++;
		assert_true(i < t->n_params);
		if (!param_parse(&t->params[i], value,
				 param_field(&t->params[i], params), why,
				 sizeof why))
			fail_msg("%s: %s", name, why);
	}
}

static inline void *stage_metric(const struct stage *s, const char *name)
{
	const struct stage_type *t = s->type;

	for (unsigned i = 0; i < t->n_metrics; i++)
		if (strcmp(t->metrics[i].name, name) == 0)
			return (char *)s + t->metrics_at + t->metrics[i].offset;
	fail_msg("no metric %s", name);
	return NULL;
}

static inline uint64_t stage_count(const struct stage *s, const char *name)
{
	return ((struct counter *)stage_metric(s, name))->n;
}

static inline void stage_measure(struct stage *s)
{
	const struct stage_type *t = s->type;

	for (unsigned i = 0; i < t->n_metrics; i++) {
		void *m = stage_metric(s, t->metrics[i].name);

		if (t->metrics[i].kind == METRIC_SPAN)
			span_init(m, s->sim);
		if (t->metrics[i].kind != METRIC_WINDOWED)
			continue;
		windowed_init(m, s->sim, s->window, s->measure);
		windowed_reset(m, s->sim);
	}
}

static inline void guest_make(struct guest *g, struct sim *sim,
			      const struct stage_type *type, const char *name,
			      const char *sets, sim_time measure)
{
	struct stage *s = sim_alloc(sim, type->size);

	g->sim = sim;
	g->stage = s;
	cpu_init(&g->cpu, sim, NULL);
	g->nic.open = wire_open;
	g->timers =
		(struct timer_source){.arm = wire_arm, .cancel = wire_cancel};
	g->executor.queue = wire_queue;
	event_init(sim, &g->arrival, wire_arrive);
	for (unsigned i = 0; i < WIRE_TIMERS; i++) {
		event_init(sim, &g->slots[i].event, wire_fire);
		g->slots[i].guest = g;
	}
	*s = (struct stage){.type = type,
			    .name = name,
			    .sim = sim,
			    .id = sim_owner(sim, name),
			    .cpu = &g->cpu,
			    .executor = &g->executor,
			    .timers = &g->timers,
			    .below = &g->nic,
			    .window = 10 * SIM_MS,
			    .measure = measure};
	stage_set(s, sets);
	stage_measure(s);
}

static inline void guest_build(struct guest *g, enum cpu_level driver)
{
	struct stage *s = g->stage;

	s->type->build(s);
	task_init(&g->driver, &g->cpu, driver, wire_driver, g, s->id);
	task_init(&g->worker, &g->cpu, LEVEL_THREAD, wire_worker, g, s->id);
}

static inline void guest_start(struct guest *g)
{
	task_start(&g->driver);
	task_start(&g->worker);
	if (g->stage->type->start)
		g->stage->type->start(g->stage);
}

/* Packets on the wire, and those that the driver has not brought yet. */
static inline uint64_t guest_inside(const struct guest *g)
{
	uint64_t n = g->tail - g->head + (g->stage->rx->offered != NULL);

	for (const struct packet *p = g->arrived; p; p = p->next)
		n++;
	return n +
	       (g->stage->type->inside ? g->stage->type->inside(g->stage) : 0);
}

static inline void wire_conserves(const struct wire *w)
{
	uint64_t made = 0;

	if (w->a.stage->type->made_inside)
		made += w->a.stage->type->made_inside(w->a.stage);
	if (w->b.stage->type->made_inside)
		made += w->b.stage->type->made_inside(w->b.stage);
	assert_int_equal(made, guest_inside(&w->a) + guest_inside(&w->b));
}

struct wire_sets {
	const struct stage_type *a, *b;
	const char *a_sets, *b_sets;
	sim_time delay, packet_time, time;
	struct cost_spec send_cost;
	const unsigned *loses; /* of what a sends */
	bool interrupts;       /* what arrives interrupts the threads */
	sim_time slice;	       /* of a's threads; 0: none */
};

/* Runs it to its end; wire_close() when all has been looked at. */
static inline void wire_run(struct wire *w, const struct wire_sets *s)
{
	enum cpu_level driver = s->interrupts ? LEVEL_IRQ : LEVEL_THREAD;

	w->sim = sim_new((size_t)1 << 26, 1);
	assert_non_null(w->sim);
	guest_make(&w->a, w->sim, s->a, "a", s->a_sets, s->time);
	guest_make(&w->b, w->sim, s->b, "b", s->b_sets, s->time);
	w->a.peer = &w->b;
	w->b.peer = &w->a;
	w->a.stage->far = w->b.stage;
	w->b.stage->far = w->a.stage;
	w->a.cpu.slice = s->slice;
	guest_build(&w->a, driver);
	guest_build(&w->b, driver);
	w->a.delay = w->b.delay = s->delay;
	w->a.packet_time = s->packet_time;
	w->a.loses = s->loses;
	cost_init(&w->a.send_cost, w->sim, &s->send_cost, "a.send");
	cost_init(&w->b.send_cost, w->sim, &s->send_cost, "b.send");
	guest_start(&w->b);
	guest_start(&w->a);
	assert_int_equal(sim_run(w->sim, s->time), SIM_OK);
	wire_conserves(w);
	if (w->a.stage->type->finish)
		w->a.stage->type->finish(w->a.stage);
	if (w->b.stage->type->finish)
		w->b.stage->type->finish(w->b.stage);
}

static inline void wire_close(struct wire *w)
{
	sim_free(w->sim);
}

#endif
