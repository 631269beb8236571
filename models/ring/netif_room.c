/* SPDX-License-Identifier: MIT */
/*
 * Who waits for room in the transmit ring of Mirage's netif, and who tells him.
 *
 * There are two places to wait. In the ring's library the waiters stand in a
 * line, and the listener wakes the first each time it has reaped, whatever it
 * found. In era d a sender of a long packet waits for an event of the port
 * instead, and nobody tells him what the listener then does (unless
 * free_slot_signal is direct). netif_send.c has the eras.
 */
#include "models/ring/netif.h"

const struct choice netif_signals[] = {
	{"port_event", PARAM_NONE, NULL, NULL,
	 "Any event of the port, as the code has it."},
	{"direct", PARAM_NONE, NULL, NULL,
	 "The listener wakes the sender when it has freed slots."},
	{0}};

enum { SIGNAL_PORT_EVENT, SIGNAL_DIRECT };

/* --- room --------------------------------------------------------------- */

unsigned netif_room(const struct netif *n)
{
	uint16_t in_use = ring_in_use(&n->tx);

	return in_use < n->tx.size ? n->tx.size - in_use : 0;
}

/* Era d wants one to spare. */
static bool has_room(const struct netif_port *sp)
{
	bool strict = sp->n->p.era.which == ERA_D && sp->slots > 1;

	return netif_room(sp->n) >= sp->slots + (unsigned)strict;
}

static bool waits_for_event(const struct netif_port *sp)
{
	return sp->n->p.era.which == ERA_D && sp->slots > 1 &&
	       sp->n->p.free_slot_signal.which == SIGNAL_PORT_EVENT;
}

/* For the oracle. */

static bool room_is_there(void *arg)
{
	return has_room(arg);
}

static bool room_is_told(void *arg)
{
	const struct netif_port *sp = arg;

	return sp->n->reaping || sp->woken.raised ||
	       (waits_for_event(sp) && sp->wait.line->coming(&sp->wait));
}

/* --- waiting for it ----------------------------------------------------- */

static void line_up(struct netif_port *sp)
{
	struct netif *n = sp->n;

	sp->next = NULL;
	if (n->first)
		n->last->next = sp;
	else
		n->first = sp;
	n->last = sp;
}

static void wake_first(struct netif *n)
{
	struct netif_port *sp = n->first;

	if (!sp)
		return;
	n->first = sp->next;
	signal_raise(&sp->woken);
}

/* One of those in the library, and nobody else. */
void netif_freed(struct netif *n)
{
	struct netif_port *sp;

	n->reaping = false;
	wake_first(n);
	for (sp = n->first; sp; sp = sp->next)
		waiter_ask(&sp->waits, CAUSE_NEVER_SENT);
	if (n->writer)
		waiter_ask(&n->writer->waits, CAUSE_NEVER_SENT);
}

static TASK(wait_in_library)
{
	struct netif_port *sp = owner;

	TASK_BEGIN;
	line_up(sp);
	sp->woken.raised = false;
	waiter_sleeps(&sp->waits);
	AWAIT(&sp->woken);
	sp->woken.raised = false;
	waiter_wakes(&sp->waits, sp->n->stage.name);
	TASK_END;
}

static TASK(wait_for_event)
{
	struct netif_port *sp = owner;
	struct netif *n = sp->n;

	TASK_BEGIN;
	n->writer = sp;
	CALL(sp->wait.line->wait, &sp->wait);
	n->writer = NULL;
	waiter_looks(&sp->waits);
	if (!has_room(sp))
		waiter_spent(&sp->waits, CAUSE_EARLY);
	TASK_END;
}

/* With the mutex. */
static TASK(wait_for_room)
{
	struct netif_port *sp = owner;

	TASK_BEGIN;
	while (!has_room(sp)) {
		if (waits_for_event(sp))
			CALL(wait_for_event, sp);
		else
			CALL(wait_in_library, sp);
	}
	TASK_END;
}

/* Era a's: he does not look before he waits. */
static bool stands_in_line(const struct netif_port *sp)
{
	return sp->port.patience == IN_LINE && sp->n->p.era.which == ERA_A;
}

bool netif_refuses(struct netif_port *sp)
{
	if (sp->port.patience != IMPATIENT)
		return false;
	if (sp->n->p.era.which == ERA_A && has_room(sp))
		return false;
	if (sp->n->p.era.which == ERA_A)
		counter_add(&sp->n->m.full, 1);
	return true;
}

/* Era a: once, whatever comes of it. He who stands in line was counted when he
 * came. */
TASK(netif_get_room)
{
	struct netif_port *sp = owner;

	TASK_BEGIN;
	if (!stands_in_line(sp)) {
		if (has_room(sp))
			TASK_RETURN;
		counter_add(&sp->n->m.full, 1);
	}
	waiter_looks(&sp->waits);
	if (sp->n->p.era.which == ERA_A)
		CALL(wait_in_library, sp);
	else
		CALL(wait_for_room, sp);
	TASK_END;
}

/* --- building ----------------------------------------------------------- */

void netif_build_waiter(struct netif_port *sp)
{
	struct netif *n = sp->n;

	waiter_init(&sp->waits, n->stage.sim, n->writer_id, n->writer_name,
		    "free slots");
	waiter_about(&sp->waits, n->stage.id);
	waiter_about(&sp->waits, n->front.line->id);
	waiter_about(&sp->waits, n->front.line->pending_id);
	sp->waits.due = room_is_there;
	sp->waits.coming = room_is_told;
	sp->waits.arg = sp;
	sp->wait.waiter = &sp->waits;
}
