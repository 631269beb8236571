/* SPDX-License-Identifier: MIT */
/*
 * xennet_start_xmit() and what comes before it: the queue in front of the
 * device. A thread that finds the queue stopped waits; from a softirq, where
 * nobody can wait, a packet goes into the queue, or is left to its sender when
 * that is full.
 */
#include "models/ring/netfront.h"

#define PAGE 4096

const struct choice netfront_calls[] = {
	[CALL_AT_HALF] = {"half", PARAM_NONE, NULL, NULL,
			  "The one by which half of what is outstanding will "
			  "have been answered."},
	[CALL_AT_NEXT] = {"next", PARAM_NONE, NULL, NULL, "The next one."},
	[CALL_AT_N] = {"n", PARAM_COUNT, "1", "32767",
		       "The one after so many."},
	{0}};

const struct choice netfront_too_many[] = {
	[TOO_MANY_DROP] = {"drop", PARAM_NONE, NULL, NULL, "It is dropped."},
	[TOO_MANY_LINEARIZE] = {"linearize", PARAM_NONE, NULL, NULL,
				"It is copied into one piece (Linux 3.16, "
				"\"try linearizing SKB "
				"if it occupies too many slots\"), and dropped "
				"if that does not "
				"help."},
	{0}};

static unsigned pages(int64_t bytes)
{
	return (unsigned)((bytes + PAGE - 1) / PAGE);
}

/* The host's limit counts the slot that tells of GSO, its own does not. */
static uint16_t with_gso(const struct netfront *n, const struct packet *p,
			 unsigned data, bool *too_many)
{
	unsigned slots = data + (p->size > n->p.gso_above);
	unsigned most = n->p.negotiate ? n->front.peer->max_slots : 0;

	*too_many = data > n->p.max_frags + 1 || (most && slots > most);
	return (uint16_t)slots;
}

uint16_t netfront_slots(const struct netfront *n, const struct packet *p,
			bool *too_many)
{
	int64_t size = p->size;
	int64_t linear =
		size > n->p.linear && size > n->p.headers ? n->p.headers : size;
	unsigned data = pages(n->p.offset + linear) + pages(size - linear);

	return with_gso(n, p, data, too_many);
}

/* --- the queue ---------------------------------------------------------- */

/* netfront_tx_slot_available() */
static bool has_room(const struct netfront *n)
{
	return ring_in_use(&n->tx) < n->p.slots - n->p.stop_reserve;
}

/* netif_wake_queue() */
static void start_queue(struct netfront *n)
{
	n->queue.stopped = false;
	if (n->queue.head)
		signal_raise(&n->run_queue);
	for (struct netfront_port *sp = n->ports; sp; sp = sp->next)
		if (sp->waits)
			signal_raise(&sp->woken);
}

static void stop_queue(struct netfront *n)
{
	n->queue.stopped = true;
	counter_add(&n->m.stops, 1);
	waiter_sleeps(&n->wants_room);
}

/* --- reaping ------------------------------------------------------------ */

static uint16_t call_at(const struct netfront *n)
{
	uint16_t seen = n->tx.guest.reaped;
	uint16_t outstanding = (uint16_t)(n->tx.guest.added - seen);

	if (n->p.call_at.which == CALL_AT_HALF)
		return (uint16_t)(seen + outstanding / 2);
	if (n->p.call_at.which == CALL_AT_N)
		return (uint16_t)(seen + n->p.call_at.arg.count - 1);
	return seen;
}

static TASK(reap)
{
	struct netfront *n = owner;

	TASK_BEGIN;
	STEP();
	waiter_looks(&n->wants_room);
	n->reaped = ring_look_used(&n->tx);
	if (n->reaped > 0)
		SPEND(n->reaped * cost_draw(sim_, &n->reap_cost));
	for (; n->reaped > 0; n->reaped--)
		ring_reap(&n->tx);
	level_set(&n->m.in_use, sim_, ring_in_use(&n->tx));
	TASK_END;
}

static bool answered_meanwhile(struct netfront *n)
{
	return n->p.recheck && ring_look_used(&n->tx) > 0;
}

/* It has been called. For less than makes room it sleeps again; without a
 * second look perhaps in vain, of which the oracle is to be told when this
 * interrupt is over. */
static void stay_or_start(struct netfront *n)
{
	waiter_wakes(&n->wants_room, "a call");
	if (has_room(n)) {
		start_queue(n);
		return;
	}
	waiter_sleeps(&n->wants_room);
	if (!n->p.recheck)
		signal_raise(&n->run_queue);
}

TASK(netfront_gc)
{
	struct netfront *n = owner;

	TASK_BEGIN;
	do {
		CALL(reap, n);
		STEP();
		n->tx.type->call_on(&n->tx, call_at(n));
		note(sim_, n->stage.id, NOTE_ARM, call_at(n));
		shm_fence();
		STEP();
	} while (answered_meanwhile(n));
	if (n->queue.stopped)
		stay_or_start(n);
	TASK_END;
}

/* --- sending ------------------------------------------------------------ */

/* The first slot holds the packet. */
static void put(struct netfront *n)
{
	struct packet *p = n->sending;

	n->sending = NULL;
	ring_add(&n->tx, p);
	for (unsigned i = 1; i < p->slots; i++)
		ring_add(&n->tx, NULL);
	counter_add(&n->m.packets, 1);
	counter_add(&n->m.tx_slots, p->slots);
}

/* skb_linearize() */
static TASK(linearize)
{
	struct netfront *n = owner;

	TASK_BEGIN;
	counter_add(&n->m.linearized, 1);
	SPEND((sim_time)((double)cost_draw(sim_, &n->linearize_cost) *
			 n->sending->size / 1024));
	n->sending->slots =
		with_gso(n, n->sending, pages(n->p.offset + n->sending->size),
			 &n->too_many);
	TASK_END;
}

static TASK(count_slots)
{
	struct netfront *n = owner;

	TASK_BEGIN;
	n->sending->slots = netfront_slots(n, n->sending, &n->too_many);
	if (unlikely(n->too_many) && n->p.too_many.which == TOO_MANY_LINEARIZE)
		CALL(linearize, n);
	TASK_END;
}

/* False: it is dropped. */
static bool fits(struct netfront *n)
{
	struct packet *p = n->sending;

	if (!n->too_many && p->slots <= ring_free(&n->tx))
		return true;
	counter_add(&n->m.slot_drops, 1);
	n->sending = NULL;
	packet_dropped(p, n->stage.id, DROP_TOO_MANY_SLOTS);
	return false;
}

static sim_time cost_of(struct netfront *n)
{
	struct sim *sim = n->stage.sim;

	return cost_draw(sim, &n->packet_cost) +
	       n->sending->slots * cost_draw(sim, &n->slot_cost);
}

static TASK(start_xmit)
{
	struct netfront *n = owner;

	TASK_BEGIN;
	CALL(count_slots, n);
	if (!fits(n))
		TASK_RETURN;
	n->tx_level = me->level;
	LEVEL(LEVEL_IRQ);
	SPEND(cost_of(n));
	put(n);
	CALL(netfront_push_tx, n);
	CALL(netfront_gc, n);
	if (!has_room(n))
		stop_queue(n);
	LEVEL(n->tx_level);
	TASK_END;
}

/* __qdisc_run() */
static TASK(run_queue)
{
	struct netfront *n = owner;
	struct vif_queue *q = &n->queue;

	TASK_BEGIN;
	if (q->running)
		TASK_RETURN;
	q->running = true;
	while (q->head && !q->stopped) {
		n->sending = vif_queue_take(q);
		CALL(start_xmit, n);
	}
	q->running = false;
	TASK_END;
}

static TASK(wait_for_room)
{
	struct netfront_port *sp = owner;

	TASK_BEGIN;
	sp->waits = true;
	sp->woken.raised = false;
	AWAIT(&sp->woken);
	sp->waits = false;
	TASK_END;
}

static TASK(send)
{
	struct port *port = owner;
	struct netfront_port *sp = port->owner;
	struct netfront *n = sp->n;

	TASK_BEGIN;
	while (n->queue.stopped && port->patience != IMPATIENT)
		CALL(wait_for_room, sp);
	if (!vif_queue_put(&n->queue, port->offered)) {
		counter_add(&n->m.queue_drops, 1);
		packet_dropped(port->offered, n->stage.id, DROP_NO_ROOM);
	}
	port->offered = NULL;
	CALL(run_queue, n);
	TASK_END;
}

/* net_tx_action() */
static TASK(serve_queue)
{
	struct netfront *n = owner;

	TASK_BEGIN;
	for (;;) {
		AWAIT(&n->run_queue);
		n->run_queue.raised = false;
		CALL(run_queue, n);
		if (unlikely(n->queue.stopped))
			waiter_ask(&n->wants_room, CAUSE_NEVER_SENT);
	}
	TASK_END;
}

static struct port *open_port(struct nic *nic)
{
	struct netfront *n =
		(struct netfront *)((char *)nic -
				    offsetof(struct netfront, nic));
	struct netfront_port *sp = sim_alloc(n->stage.sim, sizeof *sp);

	sp->port = (struct port){.send = send, .owner = sp};
	sp->n = n;
	sp->next = n->ports;
	n->ports = sp;
	return &sp->port;
}

/* --- for the oracle ----------------------------------------------------- */

static bool answers_due(void *arg)
{
	const struct netfront *n = arg;

	return n->tx.type->call_owed(&n->tx);
}

static bool call_coming(void *arg)
{
	const struct netfront *n = arg;

	return doorbell_coming(&n->front.peer->call);
}

void netfront_build_tx(struct netfront *n)
{
	struct stage *s = &n->stage;
	struct waiter *w = &n->wants_room;

	n->nic.open = open_port;
	n->queue.limit = (unsigned)n->p.txqueuelen;
	task_init(&n->tx_softirq, s->cpu, LEVEL_SOFTIRQ, serve_queue, n,
		  stage_owner(s, "tx"));
	waiter_init(w, s->sim, s->id, stage_part(s, "queue"), "free slots");
	w->due = answers_due;
	w->coming = call_coming;
	w->arg = n;
	n->front.wants_call = w;
}
