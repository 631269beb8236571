/* SPDX-License-Identifier: MIT */
/*
 * The transmit path of Mirage's netif, by date (mirage-platform,
 * xen/lib/netif.ml):
 *
 *	A  June 2012 to 10 January 2013. Push and return, without a lock. Who
 *	   finds the ring full waits in the ring's library and is woken by the
 *	   listener, one per pass, whether or not that freed anything; he does
 *	   not look again, and may write over a live slot.
 *	B  11 and 12 January 2013. Under a mutex, until the answers have come.
 *	C  From 13 January 2013. The same for a packet of one slot: one at a
 *	   time through the whole interface. A longer one pushes and goes.
 *	D  From 28 June 2013. As C; before a longer packet the sender waits
 *	   until there is more room than it needs. It waits for an event of the
 *	   port: what makes room is not the event but the listener, who is woken
 *	   by the same event and does not tell. `direct` is what would be right.
 */
#include "models/ring/netif.h"

#include <stdio.h>

#define HEADER_SLOT 128 /* bytes that lie in the header's page */

const struct choice netif_eras[] = {
	{"A", PARAM_NONE, NULL, NULL, "No lock; who is woken does not look."},
	{"B", PARAM_NONE, NULL, NULL, "Every packet waits for its answer."},
	{"C", PARAM_NONE, NULL, NULL, "Packets of one slot do."},
	{"D", PARAM_NONE, NULL, NULL,
	 "As C; longer ones wait for room by waiting for an event."},
	{0}};

const struct choice netif_signals[] = {
	{"port_event", PARAM_NONE, NULL, NULL,
	 "Any event of the port, as the code has it."},
	{"direct", PARAM_NONE, NULL, NULL,
	 "The listener wakes the sender when it has freed slots."},
	{0}};

static uint16_t slots_of(const struct netif *n, const struct packet *p)
{
	return p->size > HEADER_SLOT ? (uint16_t)(1 + n->p.views) : 1;
}

/* --- room --- */

static bool has_room(const struct netif_port *sp)
{
	const struct netif *n = sp->n;
	uint16_t in_use = ring_in_use(&n->tx); /* era A: more than there are */
	uint16_t room = in_use < n->tx.size ? n->tx.size - in_use : 0;

	return n->p.era.which == ERA_D && sp->slots > 1 ? room > sp->slots
							: room >= sp->slots;
}

static bool waits_for_event(const struct netif_port *sp)
{
	return sp->n->p.era.which == ERA_D && sp->slots > 1 &&
	       sp->n->p.free_slot_signal.which == 0;
}

/* For the oracle. */

static bool room_is_there(void *arg)
{
	const struct netif *n = arg;

	return n->writer && has_room(n->writer);
}

static bool room_is_told(void *arg)
{
	const struct netif *n = arg;
	const struct netif_port *sp = n->writer;

	return sp->woken.raised ||
	       (waits_for_event(sp) && n->front.line->coming(&sp->wait));
}

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

void netif_freed(struct netif *n)
{
	wake_first(n);
	if (n->writer)
		waiter_spent(&n->writer_waits, n->writer_waits.suspect
						       ? n->writer_waits.suspect
						       : CAUSE_NEVER_SENT);
}

/* Sleeps in the ring's library. */
static TASK(wait_in_library)
{
	struct netif_port *sp = owner;

	TASK_BEGIN;
	line_up(sp);
	sp->woken.raised = false;
	waiter_sleeps(&sp->n->writer_waits);
	AWAIT(&sp->woken);
	sp->woken.raised = false;
	waiter_wakes(&sp->n->writer_waits, sp->n->stage.name);
	TASK_END;
}

static TASK(wait_for_room)
{
	struct netif_port *sp = owner;
	struct netif *n = sp->n;

	TASK_BEGIN;
	counter_add(&n->m.full, 1);
	n->writer = sp;
	waiter_looks(&n->writer_waits);
	while (!has_room(sp)) {
		if (waits_for_event(sp)) {
			CALL(n->front.line->wait, &sp->wait);
			waiter_looks(&n->writer_waits);
			if (!has_room(sp))
				waiter_spent(&n->writer_waits, CAUSE_EARLY);
		} else {
			CALL(wait_in_library, sp);
		}
	}
	n->writer = NULL;
	TASK_END;
}

/* --- putting it there --- */

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
	if (ring_in_use(&n->tx) < n->tx.size)
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
	CALL(netif_push_tx, n);
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
		CALL(wait_in_library, sp);
	} else if (!has_room(sp)) {
		counter_add(&sp->n->m.full, 1);
		if (sp->port.patience == IMPATIENT)
			TASK_RETURN;
		CALL(wait_in_library, sp);
	}
	CALL(push_packet, sp);
	TASK_END;
}

static TASK(send)
{
	struct netif_port *sp = owner;
	struct netif *n = sp->n;

	TASK_BEGIN;
	sp->slots = slots_of(n, sp->port.offered);
	if (n->p.era.which == ERA_A) {
		CALL(send_unlocked, sp);
		TASK_RETURN;
	}
	if (sp->port.patience == IMPATIENT)
		TASK_RETURN;
	LOCK(&n->mutex);
	if (!has_room(sp))
		CALL(wait_for_room, sp);
	CALL(push_packet, sp);
	UNLOCK(&n->mutex);
	TASK_END;
}

static struct port *open_port(struct nic *nic)
{
	struct netif *n =
		(struct netif *)((char *)nic - offsetof(struct netif, nic));
	struct netif_port *sp = sim_alloc(n->stage.sim, sizeof *sp);

	sp->port = (struct port){.send = send, .owner = sp};
	sp->n = n;
	sp->wait.line = n->front.line;
	sp->wait.waiter = &n->writer_waits;
	return &sp->port;
}

void netif_build_send(struct netif *n)
{
	struct stage *s = &n->stage;
	char name[96];

	n->nic.open = open_port;
	n->asked = sim_alloc(s->sim, n->tx.size * sizeof *n->asked);
	snprintf(name, sizeof name, "%s.writer", s->name);
	waiter_init(&n->writer_waits, s->sim, s->id, sim_strdup(s->sim, name),
		    "free slots");
	n->writer_waits.due = room_is_there;
	n->writer_waits.coming = room_is_told;
	n->writer_waits.arg = n;
}
