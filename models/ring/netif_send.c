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
 *
 * Waiting for room is in netif_room.c.
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

static uint16_t slots_of(const struct netif *n, const struct packet *p)
{
	return p->size > HEADER_SLOT ? (uint16_t)(1 + n->p.views) : 1;
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
 * Era a: a slot in use is written over. What becomes of it depends on how far
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
	if (netif_room(n) > 0)
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

static TASK(send)
{
	struct netif_port *sp = owner;
	struct netif *n = sp->n;

	TASK_BEGIN;
	sp->slots = slots_of(n, sp->port.offered);
	if (netif_refuses(sp))
		TASK_RETURN;
	if (n->p.era.which != ERA_A)
		LOCK(&n->mutex);
	CALL(netif_get_room, sp);
	CALL(push_packet, sp);
	if (n->p.era.which != ERA_A)
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
	netif_build_waiter(sp);
	return &sp->port;
}

void netif_build_send(struct netif *n)
{
	n->nic.open = open_port;
	n->asked = sim_alloc(n->stage.sim, n->tx.size * sizeof *n->asked);
}
