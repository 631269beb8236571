/* SPDX-License-Identifier: MIT */
/* xennet_poll(), and how many receive buffers are posted. */
#include "models/ring/netfront.h"

/* --- buffers ------------------------------------------------------------ */

/* xennet_alloc_rx_buffers(), its first half: allocates what is missing. */
static TASK(allocate)
{
	struct netfront *n = owner;
	int64_t missing;

	TASK_BEGIN;
	missing = n->rx_target - ring_in_use(&n->rx) - n->buffers;
	if (missing > 0) {
		n->buffers += missing;
		SPEND(missing * cost_draw(sim_, &n->refill_cost));
	}
	TASK_END;
}

/* With the host, and not used yet. */
static int64_t left(const struct netfront *n)
{
	return (uint16_t)(n->rx.guest.added - shm_load(n->rx.shared.used));
}

static void set_target(struct netfront *n, int64_t target)
{
	n->rx_target = target;
	level_set(&n->m.target, n->stage.sim, (double)target);
}

/* It came close to running out. */
static void raise_target(struct netfront *n)
{
	int64_t twice = 2 * n->rx_target;

	set_target(n, twice < n->p.rx_max_target ? twice : n->p.rx_max_target);
}

static void lower_target(struct netfront *n)
{
	int64_t less = n->rx_target - 1;

	if (left(n) <= 3 * n->rx_target / 4)
		return;
	set_target(n, less > n->p.rx_min_target ? less : n->p.rx_min_target);
}

TASK(netfront_refill)
{
	struct netfront *n = owner;

	TASK_BEGIN;
	CALL(allocate, n);
	if (n->buffers < n->rx_target / 2)
		TASK_RETURN;
	STEP();
	if (left(n) < n->rx_target / 4)
		raise_target(n);
	for (; n->buffers > 0 && ring_free(&n->rx) > 0; n->buffers--)
		ring_add(&n->rx, NULL);
	level_set(&n->m.posted, sim_, ring_in_use(&n->rx));
	CALL(netfront_push_rx, n);
	TASK_END;
}

void netfront_open(struct netfront *n)
{
	int64_t buffers = n->rx_target;

	raise_target(n);
	for (; buffers > 0 && ring_free(&n->rx) > 0; buffers--)
		ring_add(&n->rx, NULL);
	ring_publish(&n->rx);
	n->rx.type->kick_due(&n->rx);
	level_set(&n->m.posted, n->stage.sim, ring_in_use(&n->rx));
}

/* --- the poll ----------------------------------------------------------- */

/* Into the list of those to be handed up. Further slots of the packet are
 * empty. */
static void take_packet(struct netfront *n)
{
	struct ring *r = &n->rx;
	struct packet *p = ring_reap_packet(r);

	while (r->guest.reaped != n->rx_prod &&
	       !shm_load(r->slots[r->guest.reaped & (r->size - 1)]))
		ring_reap(r);
	if (!p)
		return;
	p->next = NULL;
	if (n->first)
		n->last->next = p;
	else
		n->first = p;
	n->last = p;
	counter_add(&n->m.received, 1);
	note(n->stage.sim, n->stage.id, NOTE_TAKE, r->guest.reaped);
}

static TASK(take_packets)
{
	struct netfront *n = owner;

	TASK_BEGIN;
	STEP();
	waiter_looks(&n->wants_packets);
	ring_look_used(&n->rx);
	n->rx_prod = n->rx.guest.seen;
	while (n->rx.guest.reaped != n->rx_prod &&
	       n->napi.done < n->napi.budget) {
		STEP();
		take_packet(n);
		n->napi.done++;
		SPEND(cost_draw(sim_, &n->receive_cost));
	}
	TASK_END;
}

static TASK(hand_up)
{
	struct netfront *n = owner;
	struct port *above = n->stage.above;

	TASK_BEGIN;
	while (n->first) {
		above->offered = n->first;
		n->first = n->first->next;
		CALL(above->send, above);
	}
	TASK_END;
}

/* RING_FINAL_CHECK_FOR_RESPONSES; rx_prod differs from reaped if there is more
 * to do. */
static TASK(final_check)
{
	struct netfront *n = owner;
	struct ring *r = &n->rx;

	TASK_BEGIN;
	STEP();
	waiter_looks(&n->wants_packets);
	if (ring_look_used(r) > 0)
		TASK_RETURN;
	STEP();
	r->type->call_on(r, r->guest.reaped);
	note(sim_, n->stage.id, NOTE_ARM, r->guest.reaped);
	shm_fence();
	if (!n->p.recheck)
		TASK_RETURN;
	STEP();
	waiter_looks(&n->wants_packets);
	ring_look_used(r);
	TASK_END;
}

static TASK(complete)
{
	struct netfront *n = owner;
	struct softirq *softirq = n->stage.softirq;

	TASK_BEGIN;
	n->rx_level = me->level;
	if (n->p.irqs_off)
		LEVEL(LEVEL_IRQ);
	CALL(final_check, n);
	STEP();
	if (n->rx.guest.seen == n->rx.guest.reaped &&
	    softirq->complete(softirq, &n->napi))
		waiter_sleeps(&n->wants_packets);
	LEVEL(n->rx_level);
	TASK_END;
}

static TASK(poll)
{
	struct napi *napi = owner;
	struct netfront *n = napi->owner;

	TASK_BEGIN;
	counter_add(&n->m.polls, 1);
	CALL(take_packets, n);
	CALL(hand_up, n);
	lower_target(n);
	CALL(netfront_refill, n);
	if (napi->done < napi->budget)
		CALL(complete, n);
	TASK_END;
}

/* --- the interrupt's part ----------------------------------------------- */

void netfront_schedule(struct netfront *n)
{
	struct softirq *softirq = n->stage.softirq;

	if (shm_load(n->rx.shared.used) == n->rx.guest.reaped)
		return;
	if (softirq->schedule(softirq, &n->napi)) {
		counter_add(&n->m.schedules, 1);
		waiter_wakes(&n->wants_packets, "a call");
		return;
	}
	counter_add(&n->m.idle_interrupts, 1);
	waiter_spent(&n->wants_packets, CAUSE_COALESCED);
}

/* --- for the oracle ----------------------------------------------------- */

static bool packets_due(void *arg)
{
	const struct netfront *n = arg;

	return n->rx.type->call_owed(&n->rx);
}

static bool call_coming(void *arg)
{
	const struct netfront *n = arg;

	return doorbell_coming(back_call(n->front.peer, &n->rx));
}

void netfront_build_rx(struct netfront *n)
{
	struct stage *s = &n->stage;
	struct waiter *w = &n->wants_packets;

	n->napi = (struct napi){
		.poll = poll, .owner = n, .weight = (unsigned)n->p.weight};
	n->rx_target = n->p.rx_min_target;
	waiter_init(w, s->sim, s->id, stage_part(s, "receiver"), "packets");
	w->due = packets_due;
	w->coming = call_coming;
	w->arg = n;
	n->front.wants_packets = w;
}
