/* SPDX-License-Identifier: MIT */
#include "models/hypervisor/activations.h"

const struct choice wait_orders[] = {
	{"oldest_first", PARAM_NONE, NULL, NULL,
	 "Waiters join at the right end, and are visited until none is new."},
	{"newest_first", PARAM_NONE, NULL, NULL,
	 "Waiters join at the left end; each is visited once."},
	{"counter", PARAM_NONE, NULL, NULL,
	 "Events are counted, and waiters say which they saw last."},
	{0}};

static struct waited_port *of_line(const struct event_line *line)
{
	return (struct waited_port *)line;
}

static void join_right(struct waited_port *p, struct line_wait *w)
{
	w->next = NULL;
	if (p->head)
		p->tail->next = w;
	else
		p->head = w;
	p->tail = w;
}

static void join_left(struct waited_port *p, struct line_wait *w)
{
	w->next = p->head;
	if (!p->head)
		p->tail = w;
	p->head = w;
}

static void leave(struct waited_port *p, struct line_wait *w)
{
	struct line_wait **link = &p->head, *before = NULL;

	while (*link != w) {
		before = *link;
		link = &before->next;
	}
	*link = w->next;
	if (p->tail == w)
		p->tail = before;
}

static void join(struct waited_port *p, struct line_wait *w)
{
	w->waiting = true;
	w->pass = p->of->turn == TURN_IN_PASS ? p->of->pass : 0;
	note(p->of->sim, p->of->id, NOTE_WAIT, p->port);
	if (p->of->order == WAIT_NEWEST_FIRST)
		join_left(p, w);
	else
		join_right(p, w);
}

static const char *woken_by(const struct event_line *line)
{
	const char *because = of_line(line)->of->because;

	return because ? because : "a stray event";
}

/* Joins and sleeps until it is woken. */
static TASK(wait_once)
{
	struct line_wait *w = owner;

	TASK_BEGIN;
	w->woken.raised = false;
	join(of_line(w->line), w);
	if (w->waiter)
		waiter_sleeps(w->waiter);
	AWAIT(&w->woken);
	w->woken.raised = false;
	if (w->waiter)
		waiter_wakes(w->waiter, woken_by(w->line));
	TASK_END;
}

static TASK(wait_counter)
{
	struct line_wait *w = owner;
	struct waited_port *p = of_line(w->line);

	TASK_BEGIN;
	while (p->counter <= w->seen)
		CALL(wait_once, w);
	w->seen = p->counter;
	TASK_END;
}

static bool latched_in_table(const struct waited_port *p)
{
	return p->latched && p->port < p->of->table;
}

/* Will a pass, this one or the one to come, reach this waiter? Those who joined
 * during the pass that is under way are not visited by it, but for the order
 * that goes on until none is new. */
static bool will_visit(const struct activations *a, const struct waited_port *p,
		       const struct line_wait *w)
{
	switch (a->turn) {
	case TURN_BEFORE_PASS:
		return a->wake_all || latched_in_table(p);
	case TURN_IN_PASS:
		return (a->wake_all || p->called_in == a->pass) &&
		       (a->order == WAIT_OLDEST_FIRST || w->pass != a->pass);
	case TURN_AFTER_PASS:
		break;
	}
	return false;
}

static bool coming(const struct line_wait *w)
{
	const struct waited_port *p = of_line(w->line);
	const struct activations *a = p->of;

	if (w->woken.raised || a->will_see(a->owner, p->port))
		return true;
	if (a->order == WAIT_COUNTER)
		return p->counter > w->seen || latched_in_table(p);
	return will_visit(a, p, w);
}

struct event_line *activations_line(struct activations *a, unsigned port,
				    const char *name)
{
	struct waited_port *p = sim_alloc(a->sim, sizeof *p);

	p->of = a;
	p->port = port;
	p->name = name;
	p->line = (struct event_line){
		.wait = a->order == WAIT_COUNTER ? wait_counter : wait_once,
		.coming = coming,
		.woken_by = woken_by,
		.id = a->id};
	if (a->ports)
		a->last->next = p;
	else
		a->ports = p;
	a->last = p;
	a->by_port[port] = p;
	return &p->line;
}

void activations_latch(struct activations *a, unsigned port)
{
	struct waited_port *p = a->by_port[port];

	if (!p || p->latched)
		return;
	p->latched = true;
	p->next_called = NULL;
	if (a->latched)
		a->last_latched->next_called = p;
	else
		a->latched = p;
	a->last_latched = p;
}

void activations_blame(struct activations *a, unsigned port)
{
	if (!a->because && a->by_port[port])
		a->because = a->by_port[port]->name;
}

bool activations_any(const struct activations *a)
{
	return a->latched != NULL;
}

static void to_nobody(struct waited_port *p)
{
	counter_add(p->of->unheard, 1);
	note(p->of->sim, p->of->id, NOTE_NOBODY, p->port);
	waiter_spent(p->line.waiter, CAUSE_NOBODY);
}

/* An event that somebody should not miss, and nobody waits. */
static bool is_lost(const struct activations *a, const struct waited_port *p)
{
	return p->line.waiter &&
	       (p->port >= a->table || (a->order != WAIT_COUNTER && !p->head));
}

/* An event is counted, or comes to nought, before anybody is woken. */
static void see_latched(struct activations *a)
{
	a->called = a->latched;
	a->latched = NULL;
	for (struct waited_port *p = a->called; p; p = p->next_called) {
		p->latched = false;
		p->called_in = a->pass;
		if (p->port < a->table)
			p->counter++;
		if (is_lost(a, p))
			to_nobody(p);
	}
}

static struct waited_port *first_port(struct activations *a)
{
	return a->wake_all ? a->ports : a->called;
}

static struct waited_port *next_port(struct activations *a)
{
	return a->wake_all ? a->at->next : a->at->next_called;
}

/* Lets every thread of this vCPU run until it waits. */
static TASK(let_run)
{
	(void)owner;
	TASK_BEGIN;
	while (me->cpu->ready[me->level].head)
		YIELD();
	TASK_END;
}

static TASK(wake_one)
{
	struct activations *a = owner;

	TASK_BEGIN;
	leave(a->at, a->wait);
	a->wait->waiting = false;
	SPEND(cost_draw(sim_, a->dispatch));
	signal_raise(&a->wait->woken);
	CALL(let_run, NULL);
	TASK_END;
}

/* The literal walk: the next one is known before this one is woken, so who
 * joins at the left is not seen, who joins at the right is. */
static TASK(wake_port)
{
	struct activations *a = owner;

	TASK_BEGIN;
	for (a->wait = a->at->head; a->wait; a->wait = a->next_wait) {
		a->next_wait = a->wait->next;
		CALL(wake_one, a);
	}
	TASK_END;
}

/* The list is taken as it is: who waits again is not in it. */
static TASK(broadcast)
{
	struct activations *a = owner;

	TASK_BEGIN;
	a->next_wait = a->at->head;
	a->at->head = NULL;
	while ((a->wait = a->next_wait)) {
		a->next_wait = a->wait->next;
		a->wait->waiting = false;
		SPEND(cost_draw(sim_, a->dispatch));
		signal_raise(&a->wait->woken);
	}
	CALL(let_run, NULL);
	TASK_END;
}

TASK(activations_run)
{
	struct activations *a = owner;

	TASK_BEGIN;
	a->turn = TURN_IN_PASS;
	a->pass++;
	see_latched(a);
	for (a->at = first_port(a); a->at; a->at = next_port(a)) {
		if (a->at->port >= a->table)
			continue;
		if (a->order == WAIT_COUNTER)
			CALL(broadcast, a);
		else
			CALL(wake_port, a);
	}
	a->turn = TURN_AFTER_PASS;
	TASK_END;
}
