/* SPDX-License-Identifier: MIT */
/*
 * The transmit path of Mirage's netif, by date (mirage-platform,
 * xen/lib/netif.ml):
 *
 *	a  June 2012 to 10 January 2013. Push and return, without a lock. Who
 *	   finds the ring full waits in the ring's library and is woken by the
 *	   listener, one per pass, whether or not that freed anything; he does
 *	   not look again, and may write over a live slot.
 *	b  11 and 12 January 2013. Under a mutex, until the answers have come.
 *	c  From 13 January 2013. The same for a packet of one slot: one at a
 *	   time through the whole interface. A longer one pushes and goes.
 *	d  From 28 June 2013. As c; before a longer packet the sender waits
 *	   until there is more room than it needs. It waits for an event of the
 *	   port: what makes room is not the event but the listener, who is woken
 *	   by the same event and does not tell. `direct` is what would be right.
 */
#include "models/ring/netif.h"

#define HEADER_SLOT 128 /* bytes that lie in the header's page */

const struct choice netif_eras[] = {
	{"a", PARAM_NONE, NULL, NULL, "No lock; who is woken does not look."},
	{"b", PARAM_NONE, NULL, NULL, "Every packet waits for its answer."},
	{"c", PARAM_NONE, NULL, NULL, "Packets of one slot do."},
	{"d", PARAM_NONE, NULL, NULL,
	 "As c; longer ones wait for room by waiting for an event."},
	{0}};

const struct choice netif_signals[] = {
	{"port_event", PARAM_NONE, NULL, NULL,
	 "Any event of the port, as the code has it."},
	{"direct", PARAM_NONE, NULL, NULL,
	 "The listener wakes the sender when it has freed slots."},
	{0}};

enum { SIGNAL_PORT_EVENT, SIGNAL_DIRECT };

static uint16_t slots_of(const struct netif *n, const struct packet *p)
{
	return p->size > HEADER_SLOT ? (uint16_t)(1 + n->p.views) : 1;
}

/* --- room --------------------------------------------------------------- */

/* In era A more may be in use than there is. */
static unsigned room(const struct netif *n)
{
	uint16_t in_use = ring_in_use(&n->tx);

	return in_use < n->tx.size ? n->tx.size - in_use : 0;
}

/* Era D wants one to spare. */
static bool has_room(const struct netif_port *sp)
{
	bool strict = sp->n->p.era.which == ERA_D && sp->slots > 1;

	return room(sp->n) >= sp->slots + (unsigned)strict;
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
	counter_add(&sp->n->m.full, 1);
	waiter_looks(&sp->waits);
	while (!has_room(sp)) {
		if (waits_for_event(sp))
			CALL(wait_for_event, sp);
		else
			CALL(wait_in_library, sp);
	}
	TASK_END;
}

/* Era A's: once, whatever comes of it. */
static TASK(wait_unlocked)
{
	struct netif_port *sp = owner;

	TASK_BEGIN;
	waiter_looks(&sp->waits);
	CALL(wait_in_library, sp);
	TASK_END;
}

/* --- putting it there --------------------------------------------------- */

static void lose(struct netif *n, struct packet *p)
{
	if (!p)
		return;
	counter_add(&n->m.lost, 1);
	packet_dropped(p, n->stage.id, DROP_OVERWRITTEN);
}

/*
 * Era A: a slot in use is written over. What becomes of it depends on how far
 * the backend is with the request there before, which the sender does not know:
 *
 *	not taken	it is lost; the backend finds the new one in its place,
 *			and later, when it comes to it, the same again, whose
 *			grant is void by then
 *	taken		its answer will destroy the new one before the backend
 *			gets there
 *	answered	the answer is lost, the packets are not
 *
 * Nobody else counts what is lost: the backend has never seen it.
 */
static void write_over(struct netif *n, struct packet *p)
{
	struct ring *r = &n->tx;
	struct packet **slot = &r->slots[r->guest.added & (r->size - 1)];
	uint16_t before = (uint16_t)(r->guest.added - r->size);

	counter_add(&n->m.overwritten, 1);
	if ((int16_t)(before - r->host.taken) >= 0) {
		lose(n, *slot);
	} else if ((int16_t)(before - r->host.returned) >= 0) {
		lose(n, p);
		p = NULL;
	}
	shm_store(*slot, p);
	r->guest.added++;
}

static void put(struct netif *n, struct packet *p)
{
	if (room(n) > 0)
		ring_add(&n->tx, p);
	else
		write_over(n, p);
}

static void put_packet(struct netif_port *sp)
{
	struct netif *n = sp->n;
	struct packet *p = sp->port.offered;

	p->slots = sp->slots;
	sp->port.offered = NULL;
	put(n, p);
	for (unsigned i = 1; i < sp->slots; i++)
		put(n, NULL);
	level_set(&n->m.in_use, n->stage.sim, ring_in_use(&n->tx));
	counter_add(&n->m.packets, 1);
}

static bool waits_for_answer(const struct netif_port *sp)
{
	int era = sp->n->p.era.which;

	return era == ERA_B || (era != ERA_A && sp->slots == 1);
}

void netif_answered(struct netif *n, uint16_t index)
{
	struct netif_port **asked = &n->asked[index & (n->tx.size - 1)];

	if (!*asked)
		return;
	(*asked)->answered = true;
	signal_raise(&(*asked)->woken);
	*asked = NULL;
}

static TASK(wait_for_answer)
{
	struct netif_port *sp = owner;

	TASK_BEGIN;
	while (!sp->answered) {
		AWAIT(&sp->woken);
		sp->woken.raised = false;
	}
	TASK_END;
}

static TASK(push_packet)
{
	struct netif_port *sp = owner;
	struct netif *n = sp->n;

	TASK_BEGIN;
	put_packet(sp);
	sp->answered = false;
	sp->woken.raised = false;
	if (waits_for_answer(sp))
		n->asked[(n->tx.guest.added - 1) & (n->tx.size - 1)] = sp;
	CALL(netif_push, &n->tx_side);
	if (waits_for_answer(sp))
		CALL(wait_for_answer, sp);
	TASK_END;
}

/* He who stands in line has found it full when he came. */
static TASK(send_unlocked)
{
	struct netif_port *sp = owner;

	TASK_BEGIN;
	if (sp->port.patience == IN_LINE) {
		CALL(wait_unlocked, sp);
	} else if (!has_room(sp)) {
		counter_add(&sp->n->m.full, 1);
		if (sp->port.patience == IMPATIENT)
			TASK_RETURN;
		CALL(wait_unlocked, sp);
	}
	CALL(push_packet, sp);
	TASK_END;
}

static TASK(send_locked)
{
	struct netif_port *sp = owner;

	TASK_BEGIN;
	LOCK(&sp->n->mutex);
	if (!has_room(sp))
		CALL(wait_for_room, sp);
	CALL(push_packet, sp);
	UNLOCK(&sp->n->mutex);
	TASK_END;
}

static TASK(send)
{
	struct netif_port *sp = owner;

	TASK_BEGIN;
	sp->slots = slots_of(sp->n, sp->port.offered);
	if (sp->n->p.era.which == ERA_A)
		CALL(send_unlocked, sp);
	else if (sp->port.patience != IMPATIENT)
		CALL(send_locked, sp);
	TASK_END;
}

static void build_waiter(struct netif_port *sp)
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

static struct port *open_port(struct nic *nic)
{
	struct netif *n =
		(struct netif *)((char *)nic - offsetof(struct netif, nic));
	struct netif_port *sp = sim_alloc(n->stage.sim, sizeof *sp);

	sp->port = (struct port){.send = send, .owner = sp};
	sp->n = n;
	sp->wait.line = n->front.line;
	build_waiter(sp);
	return &sp->port;
}

void netif_build_send(struct netif *n)
{
	n->nic.open = open_port;
	n->asked = sim_alloc(n->stage.sim, n->tx.size * sizeof *n->asked);
}
