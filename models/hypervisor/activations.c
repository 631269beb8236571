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

/* Who joins behind the walk of the pass under way is marked. */
static void join(struct waited_port *p, struct line_wait *w)
{
	const struct activations *a = p->of;
	bool behind = a->turn == TURN_IN_PASS && p->walked_in == a->pass;

	w->waiting = true;
	w->pass = behind ? a->pass : 0;
	note(a->sim, w->waiter ? w->waiter->id : a->id, NOTE_WAIT, p->port);
	if (a->order == WAIT_NEWEST_FIRST)
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

static bool in_table(const struct waited_port *p)
{
	return p->port < p->of->table;
}

/* Will the pass under way come to this waiter? Not to who joined behind its
 * walk; unless new ones are visited, and it has not gone past the last one. */
static bool walk_reaches(const struct activations *a,
			 const struct waited_port *p, const struct line_wait *w)
{
	if (p->walked_in != a->pass)
		return a->wake_all || p->called_in == a->pass;
	return p == a->at && (w->pass != a->pass ||
			      (a->order == WAIT_OLDEST_FIRST && a->next_wait));
}

static bool coming(const struct line_wait *w)
{
	const struct waited_port *p = of_line(w->line);
	const struct activations *a = p->of;

	/* Off the list and asleep: it is being woken. What is yet to be seen of
	 * a port beyond the table comes to nought then. */
	if (w->woken.raised || !w->waiting || a->will_see(a->owner, p->port))
		return true;
	if (!in_table(p))
		return false;
	if (a->order == WAIT_COUNTER && p->counter > w->seen)
		return true;
	if (a->turn == TURN_IN_PASS && walk_reaches(a, p, w))
		return true;
	return (a->wake_all || p->latched) &&
	       (a->turn == TURN_BEFORE_PASS || a->will_turn(a->owner));
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
		.id = a->id,
		.pending_id = a->domain_id};
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
	p->next_latched = NULL;
	if (a->latched)
		a->last_latched->next_latched = p;
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

static void port_spent(struct waited_port *p, enum cause cause)
{
	if (p->line.waiter)
		waiter_spent(p->line.waiter, cause);
	for (struct line_wait *w = p->head; w; w = w->next)
		if (w->waiter)
			waiter_spent(w->waiter, cause);
}

/* Who waits for other ports may have counted on this one to wake all. */
static void ask_all(struct activations *a, enum cause cause)
{
	for (struct waited_port *p = a->ports; p; p = p->next)
		for (struct line_wait *w = p->head; w; w = w->next)
			if (w->waiter)
				waiter_ask(w->waiter, cause);
}

void activations_spent(struct activations *a, unsigned port, enum cause cause)
{
	if (a->by_port[port])
		port_spent(a->by_port[port], cause);
	if (a->wake_all)
		ask_all(a, cause);
}

static void to_nobody(struct waited_port *p)
{
	counter_add(p->of->unheard, 1);
	note(p->of->sim, p->of->id, NOTE_NOBODY, p->port);
	port_spent(p, CAUSE_NOBODY);
}

/* Does the thread that must not miss an event wait for it? */
static bool is_heard(const struct waited_port *p)
{
	const struct line_wait *w = p->head;

	while (w && w->waiter != p->line.waiter)
		w = w->next;
	return w != NULL;
}

/* An event that is not counted is gone when it was seen. */
static void see(struct waited_port *p)
{
	const struct activations *a = p->of;

	p->latched = false;
	p->called_in = a->pass;
	if (in_table(p))
		p->counter++;
	if (!p->line.waiter || (in_table(p) && a->order == WAIT_COUNTER))
		return;
	if (!in_table(p) || !p->head)
		to_nobody(p);
	else if (!is_heard(p))
		waiter_spent(p->line.waiter, CAUSE_CONSUMED);
}

/* Before anybody is woken. What is latched meanwhile is the next pass's. */
static void see_latched(struct activations *a)
{
	a->called = a->latched;
	a->latched = NULL;
	for (struct waited_port *p = a->called; p; p = p->next_called) {
		p->next_called = p->next_latched;
		see(p);
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

TASK(activations_let_run)
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
	a->wait->waiting = false;
	SPEND(cost_draw(sim_, a->dispatch));
	signal_raise(&a->wait->woken);
	CALL(activations_let_run, NULL);
	TASK_END;
}

/* The literal walk: the next one is known before this one is woken, so who
 * joins at the left is not seen, who joins at the right is. */
static TASK(walk)
{
	struct activations *a = owner;

	TASK_BEGIN;
	for (a->wait = a->at->head; a->wait; a->wait = a->next_wait) {
		a->next_wait = a->wait->next;
		leave(a->at, a->wait);
		CALL(wake_one, a);
	}
	TASK_END;
}

/* Lwt_condition.broadcast: the list is taken as it is, and who waits again is
 * not in it. */
static TASK(broadcast)
{
	struct activations *a = owner;

	TASK_BEGIN;
	a->next_wait = a->at->head;
	a->at->head = NULL;
	while ((a->wait = a->next_wait)) {
		a->next_wait = a->wait->next;
		CALL(wake_one, a);
	}
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
		a->at->walked_in = a->pass;
		if (!in_table(a->at))
			continue;
		if (a->order == WAIT_COUNTER)
			CALL(broadcast, a);
		else
			CALL(walk, a);
	}
	a->turn = TURN_AFTER_PASS;
	TASK_END;
}
