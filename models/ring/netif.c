/* SPDX-License-Identifier: MIT */
/*
 * Mirage's network frontend of 2012 and 2013 (mirage-platform,
 * xen/lib/netif.ml). Two Xen rings and one event channel for both.
 *
 * A listener thread serves the rings, in this order:
 *
 *	refill	post a receive buffer for each one that was used up
 *	receive	hand up what has arrived, ask for an event, look again
 *	reap	free the slots of what was sent, ask for an event, look again
 *	wait	for an event of the port
 *
 * So a receive buffer is posted again one event after it was used up, and a
 * slot is free only when the listener has seen its answer: neither that the
 * backend took the request, nor that it answered, frees anything. Sending is in
 * netif_send.c.
 *
 * Refilling needs grants, which other devices use as well; when there are none
 * the listener waits for one, and for that time it does not wait for events
 * (refill_blocks). `refill: last` is the order that the reviewer of the thread
 * warned of: events that come while it waits find nobody, and it has already
 * looked.
 */
#include "models/ring/netif.h"

#include <stdio.h>

#include "models/ring/types.h"

const struct choice netif_refills[] = {
	{"first", PARAM_NONE, NULL, NULL,
	 "Before it looks at the rings, as the code has it."},
	{"last", PARAM_NONE, NULL, NULL,
	 "After that, before it waits: a bug to study."},
	{0}};

/* --- publishing --- */

static void tell_host(struct netif *n, unsigned which, bool sent)
{
	struct back *peer = n->front.peer;
	enum cause spent = (enum cause)n->front.kick.spent;

	if (!peer->wants_kick[which])
		return;
	if (!sent)
		spent = CAUSE_SUPPRESSED;
	waiter_decided(peer->wants_kick[which],
		       spent ? spent : CAUSE_NEVER_SENT);
}

static void host_waits(struct netif *n, unsigned which)
{
	if (n->front.peer->wants_kick[which])
		waiter_publishing(n->front.peer->wants_kick[which]);
}

static TASK(kick)
{
	struct netif *n = owner;

	TASK_BEGIN;
	counter_add(&n->m.kicks, 1);
	CALL(n->front.kick.ring, &n->front.kick);
	TASK_END;
}

TASK(netif_push_tx)
{
	struct netif *n = owner;
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

static TASK(push_rx)
{
	struct netif *n = owner;
	struct ring *r = &n->rx;

	TASK_BEGIN;
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
	CALL(kick, n);
	tell_host(n, 1, true);
	TASK_END;
}

/* --- the listener --- */

static TASK(grant_is_free)
{
	struct netif *n = owner;

	(void)me;
	(void)depth;
	signal_raise(&n->granted);
	return DONE;
}

static TASK(wait_for_grant)
{
	struct netif *n = owner;
	struct timer_source *clock = n->stage.timers;

	TASK_BEGIN;
	counter_add(&n->m.refill_waits, 1);
	n->granted.raised = false;
	clock->arm(clock, &n->grant_timer, cost_draw(sim_, &n->refill_wait));
	AWAIT(&n->granted);
	TASK_END;
}

static bool no_grant(struct netif *n)
{
	return n->p.refill_blocks > 0 &&
	       gsl_rng_uniform(n->rng) < n->p.refill_blocks;
}

static TASK(refill)
{
	struct netif *n = owner;

	TASK_BEGIN;
	if (ring_free(&n->rx) == 0)
		TASK_RETURN;
	if (no_grant(n))
		CALL(wait_for_grant, n);
	while (ring_free(&n->rx) > 0)
		ring_add(&n->rx, NULL);
	level_set(&n->m.posted, sim_, ring_in_use(&n->rx));
	CALL(push_rx, n);
	TASK_END;
}

static TASK(hand_up)
{
	struct netif *n = owner;
	struct port *above = n->stage.above;

	TASK_BEGIN;
	above->offered = ring_reap_packet(&n->rx);
	if (!above->offered)
		TASK_RETURN;
	counter_add(&n->m.received, 1);
	note(sim_, n->stage.id, NOTE_TAKE, n->rx.guest.reaped);
	CALL(above->send, above);
	TASK_END;
}

/* Asks for an event when the next answer comes. */
static void ask(struct netif *n, struct ring *r)
{
	r->type->call_on(r, r->guest.reaped);
	note(n->stage.sim, n->stage.id, NOTE_ARM, r->guest.reaped);
}

static TASK(receive)
{
	struct netif *n = owner;

	TASK_BEGIN;
	do {
		while (ring_look_used(&n->rx) > 0) {
			STEP();
			CALL(hand_up, n);
			STEP();
		}
		STEP();
		ask(n, &n->rx);
		shm_fence();
		STEP();
	} while (n->p.recheck && ring_look_used(&n->rx) > 0);
	TASK_END;
}

static TASK(reap)
{
	struct netif *n = owner;

	TASK_BEGIN;
	do {
		while (ring_look_used(&n->tx) > 0) {
			STEP();
			netif_answered(n, n->tx.guest.reaped);
			ring_reap(&n->tx);
			STEP();
		}
		STEP();
		ask(n, &n->tx);
		shm_fence();
		STEP();
	} while (n->p.recheck && ring_look_used(&n->tx) > 0);
	level_set(&n->m.in_use, sim_, ring_in_use(&n->tx));
	netif_freed(n);
	TASK_END;
}

static TASK(listen)
{
	struct netif *n = owner;

	TASK_BEGIN;
	for (;;) {
		counter_add(&n->m.passes, 1);
		waiter_looks(&n->listener_waits);
		if (n->p.refill.which == 0)
			CALL(refill, n);
		CALL(receive, n);
		CALL(reap, n);
		if (n->p.refill.which != 0)
			CALL(refill, n);
		CALL(n->front.line->wait, &n->wait);
	}
	TASK_END;
}

/* For the oracle. */

static bool answers_are_there(void *arg)
{
	const struct netif *n = arg;

	return n->tx.type->call_owed(&n->tx) || n->rx.type->call_owed(&n->rx);
}

static bool event_is_coming(void *arg)
{
	const struct netif *n = arg;

	return doorbell_coming(&n->front.peer->call) ||
	       n->front.line->coming(&n->wait);
}

static void build_listener(struct netif *n)
{
	struct stage *s = &n->stage;
	char name[96];

	snprintf(name, sizeof name, "%s.listener", s->name);
	waiter_init(&n->listener_waits, s->sim, s->id, sim_strdup(s->sim, name),
		    "answers or packets");
	n->listener_waits.due = answers_are_there;
	n->listener_waits.coming = event_is_coming;
	n->listener_waits.arg = n;
	n->front.wants_call = &n->listener_waits;
	n->wait.waiter = &n->listener_waits;
	task_init(&n->listener, s->cpu, LEVEL_THREAD, listen, n,
		  sim_owner(s->sim, n->listener_waits.name));
	n->grant_work = (struct work){.run = grant_is_free, .owner = n};
	snprintf(name, sizeof name, "%s.grant", s->name);
	n->grant_timer = (struct timer){.work = &n->grant_work,
					.name = sim_strdup(s->sim, name)};
	stage_cost(s, &n->refill_wait, &n->p.refill_wait, "refill_wait");
	n->rng = rng_stream(s->sim, n->grant_timer.name);
}

static void netif_build(struct stage *s)
{
	struct netif *n = (struct netif *)s;

	ring_init(&n->tx, s->sim, &ring_xen, (uint16_t)n->p.slots);
	ring_init(&n->rx, s->sim, &ring_xen, (uint16_t)n->p.slots);
	n->front.ring = &n->tx;
	n->front.receive = &n->rx;
	netif_build_send(n);
	build_listener(n);
	s->front = &n->front;
	s->nic = &n->nic;
}

static void netif_start(struct stage *s)
{
	struct netif *n = (struct netif *)s;

	n->wait.line = n->front.line;
	n->front.line->waiter = &n->listener_waits;
	waiter_about(&n->listener_waits, n->front.line->id);
	waiter_about(&n->writer_waits, n->front.line->id);
	task_start(&n->listener);
}

static uint64_t netif_inside(const struct stage *s)
{
	const struct netif *n = (const struct netif *)s;

	return ring_packets_to_host(&n->tx) + ring_packets_to_guest(&n->rx) +
	       (s->above->offered != NULL);
}

#define SELF struct netif_params
static const struct param netif_params[] = {NETIF_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct netif_metrics
static const struct metric netif_metrics[] = {NETIF_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type netif_type = {
	.name = "netif",
	.doc = "Mirage's network frontend on Xen: two rings, one listener.",
	.size = sizeof(struct netif),
	STAGE_ROWS(netif),
	.in = PLUG_NET,
	.out = PLUG_VIF,
	.duplex = true,
	.home = HOME_GUEST,
	.build = netif_build,
	.start = netif_start,
	.inside = netif_inside,
};
