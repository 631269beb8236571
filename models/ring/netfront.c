/* SPDX-License-Identifier: MIT */
/*
 * Linux's Xen network frontend (Linux 3.6 drivers/net/xen-netfront.c): two
 * rings and one event channel for both.
 *
 *	transmit	With interrupts off: write the slots, push, kick if
 *			asked for; then reap whatever has been answered, and ask
 *			to be called when half of what is outstanding will have
 *			been. So a call for the transmit ring matters only while
 *			the queue is stopped: with 237 of 256 slots in use.
 *	interrupt	Reap, start the queue; if there are packets, schedule
 *			NAPI.
 *	poll		Take up to 64 packets, hand them up, post new buffers if
 *			it is worth while. With fewer than 64, interrupts off:
 *			ask for a call, look again, complete.
 *
 * The number of posted buffers follows the load: it doubles when less than a
 * quarter of it is left, and shrinks by one with each poll that finds more than
 * three quarters.
 *
 * A guest has one vCPU here, so what Linux keeps apart with locks is kept apart
 * by turning interrupts off. Left out: copying of small packets, the timer that
 * tries again to allocate, GRO.
 */
#include "models/ring/netfront.h"

#include "models/ring/types.h"

/* --- publishing --------------------------------------------------------- */

static void host_waits(struct netfront *n, unsigned which)
{
	if (n->front.peer->wants_kick[which])
		waiter_publishing(n->front.peer->wants_kick[which]);
}

static void tell_host(struct netfront *n, unsigned which, bool sent)
{
	struct waiter *host = n->front.peer->wants_kick[which];
	const struct ring *r = which ? &n->rx : &n->tx;
	unsigned char spent = front_kick(&n->front, r)->spent;

	if (!host)
		return;
	if (!sent)
		spent = CAUSE_SUPPRESSED;
	waiter_decided(host, spent ? (enum cause)spent : CAUSE_NEVER_SENT);
}

static TASK(kick)
{
	struct netfront *n = owner;

	TASK_BEGIN;
	counter_add(&n->m.kicks, 1);
	CALL(n->front.kick.ring, &n->front.kick);
	TASK_END;
}

static TASK(kick_receive)
{
	struct netfront *n = owner;
	struct doorbell *bell = front_kick(&n->front, &n->rx);

	TASK_BEGIN;
	counter_add(&n->m.kicks, 1);
	CALL(bell->ring, bell);
	TASK_END;
}

TASK(netfront_push_tx)
{
	struct netfront *n = owner;
	struct ring *r = &n->tx;

	TASK_BEGIN;
	host_waits(n, 0);
	STEP();
	ring_publish(r);
	note(sim_, n->stage.id, NOTE_PUT, r->guest.added);
	shm_fence();
	STEP();
	if (!r->type->kick_due(r)) {
		tell_host(n, 0, false);
		TASK_RETURN;
	}
	note(sim_, n->stage.id, NOTE_KICK, r->guest.added);
	CALL(kick, n);
	tell_host(n, 0, true);
	TASK_END;
}

TASK(netfront_push_rx)
{
	struct netfront *n = owner;
	struct ring *r = &n->rx;

	TASK_BEGIN;
	counter_add(&n->m.refills, 1);
	host_waits(n, 1);
	STEP();
	ring_publish(r);
	shm_fence();
	STEP();
	if (!r->type->kick_due(r)) {
		tell_host(n, 1, false);
		TASK_RETURN;
	}
	note(sim_, n->stage.id, NOTE_KICK, r->guest.added);
	CALL(kick_receive, n);
	tell_host(n, 1, true);
	TASK_END;
}

/* --- the interrupt ------------------------------------------------------ */

/* xennet_interrupt() */
static TASK(on_call)
{
	struct netfront *n = owner;

	TASK_BEGIN;
	counter_add(&n->m.interrupts, 1);
	SPEND(cost_draw(sim_, &n->interrupt_cost));
	CALL(netfront_gc, n);
	if (n->front.kick_receive.ring)
		TASK_RETURN;
	STEP();
	netfront_schedule(n);
	TASK_END;
}

/* xennet_rx_interrupt() */
static TASK(on_call_receive)
{
	struct netfront *n = owner;

	TASK_BEGIN;
	counter_add(&n->m.interrupts, 1);
	SPEND(cost_draw(sim_, &n->interrupt_cost));
	STEP();
	netfront_schedule(n);
	TASK_END;
}

/* --- life --------------------------------------------------------------- */

static void netfront_build(struct stage *s)
{
	struct netfront *n = (struct netfront *)s;

	stage_cost(s, &n->packet_cost, &n->p.packet_cost, "packet_cost");
	stage_cost(s, &n->slot_cost, &n->p.slot_cost, "slot_cost");
	stage_cost(s, &n->linearize_cost, &n->p.linearize_cost,
		   "linearize_cost");
	stage_cost(s, &n->reap_cost, &n->p.reap_cost, "reap_cost");
	stage_cost(s, &n->interrupt_cost, &n->p.interrupt_cost,
		   "interrupt_cost");
	stage_cost(s, &n->receive_cost, &n->p.receive_cost, "receive_cost");
	stage_cost(s, &n->refill_cost, &n->p.refill_cost, "refill_cost");
	ring_init(&n->tx, s->sim, &ring_xen, (uint16_t)n->p.slots);
	ring_init(&n->rx, s->sim, &ring_xen, (uint16_t)n->p.slots);
	n->front.ring = &n->tx;
	n->front.receive = &n->rx;
	n->front.id = n->front.receive_id = s->id;
	n->front.on_call = (struct work){.run = on_call, .owner = n};
	n->front.split = n->p.split_channels;
	n->front.on_call_receive =
		(struct work){.run = on_call_receive, .owner = n};
	netfront_build_tx(n);
	netfront_build_rx(n);
	s->front = &n->front;
	s->nic = &n->nic;
}

static void netfront_start(struct stage *s)
{
	struct netfront *n = (struct netfront *)s;

	netfront_open(n);
	task_start(&n->tx_softirq);
	waiter_sleeps(&n->wants_packets);
}

static void netfront_finish(struct stage *s)
{
	struct netfront *n = (struct netfront *)s;

	n->m.packets_per_poll = (double)n->m.received.n / (double)n->m.polls.n;
}

static uint64_t netfront_inside(const struct stage *s)
{
	const struct netfront *n = (const struct netfront *)s;
	uint64_t in_hand = (n->sending != NULL) + (s->above->offered != NULL);

	for (const struct packet *p = n->first; p; p = p->next)
		in_hand++;
	return in_hand + vif_queue_inside(&n->queue) +
	       ring_packets_to_host(&n->tx) + ring_packets_to_guest(&n->rx);
}

#define SELF struct netfront_params
static const struct param netfront_params[] = {NETFRONT_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct netfront_metrics
static const struct metric netfront_metrics[] = {NETFRONT_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type netfront_type = {
	.name = "netfront",
	.doc = "Linux's network frontend on Xen: two rings, NAPI.",
	.size = sizeof(struct netfront),
	STAGE_ROWS(netfront),
	.in = PLUG_NET,
	.out = PLUG_VIF,
	.duplex = true,
	.home = HOME_GUEST,
	.build = netfront_build,
	.start = netfront_start,
	.finish = netfront_finish,
	.inside = netfront_inside,
};
