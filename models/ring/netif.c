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

#include "models/ring/types.h"

const struct choice netif_refills[] = {
	{"first", PARAM_NONE, NULL, NULL,
	 "Before it looks at the rings, as the code has it."},
	{"last", PARAM_NONE, NULL, NULL,
	 "After that, before it waits: a bug to study."},
	{0}};

enum { REFILL_FIRST, REFILL_LAST };

/* --- the listener ------------------------------------------------------- */

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
	CALL(netif_push, &n->rx_side);
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
	note(sim_, n->rx_side.id, NOTE_TAKE, n->rx.guest.reaped);
	CALL(above->send, above);
	TASK_END;
}

/* Asks for an event when the next answer comes. */
static void ask(const struct netif_side *side)
{
	struct ring *r = side->ring;

	r->type->call_on(r, r->guest.reaped);
	note(side->n->stage.sim, side->id, NOTE_ARM, r->guest.reaped);
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
		ask(&n->rx_side);
		shm_fence();
		STEP();
	} while (n->p.recheck && ring_look_used(&n->rx) > 0);
	TASK_END;
}

static TASK(reap)
{
	struct netif *n = owner;

	TASK_BEGIN;
	n->reaping = true;
	do {
		while (ring_look_used(&n->tx) > 0) {
			STEP();
			netif_answered(n, n->tx.guest.reaped);
			ring_reap(&n->tx);
			STEP();
		}
		STEP();
		ask(&n->tx_side);
		shm_fence();
		STEP();
	} while (n->p.recheck && ring_look_used(&n->tx) > 0);
	level_set(&n->m.in_use, sim_, ring_in_use(&n->tx));
	netif_freed(n);
	TASK_END;
}

static TASK(serve_rings)
{
	struct netif *n = owner;

	TASK_BEGIN;
	counter_add(&n->m.passes, 1);
	if (n->p.refill.which == REFILL_FIRST)
		CALL(refill, n);
	waiter_looks(&n->listener_waits);
	CALL(receive, n);
	CALL(reap, n);
	if (n->p.refill.which == REFILL_LAST)
		CALL(refill, n);
	TASK_END;
}

static bool answers_are_there(void *arg)
{
	const struct netif *n = arg;

	return n->tx.type->call_owed(&n->tx) || n->rx.type->call_owed(&n->rx);
}

static TASK(listen)
{
	struct netif *n = owner;

	TASK_BEGIN;
	for (;;) {
		CALL(serve_rings, n);
		/* What came to nought meanwhile was not missed. */
		if (!answers_are_there(n))
			waiter_looks(&n->listener_waits);
		CALL(n->front.line->wait, &n->wait);
	}
	TASK_END;
}

/* --- building ----------------------------------------------------------- */

/* For the oracle. */
static bool event_is_coming(void *arg)
{
	const struct netif *n = arg;

	return doorbell_coming(&n->front.peer->call) ||
	       n->front.line->coming(&n->wait);
}

static void build_waiter(struct netif *n)
{
	struct stage *s = &n->stage;
	struct waiter *w = &n->listener_waits;
	const char *name = stage_part(s, "listener");

	waiter_init(w, s->sim, sim_owner(s->sim, name), name,
		    "answers or packets");
	waiter_about(w, s->id);
	waiter_about(w, n->rx_side.id);
	w->due = answers_are_there;
	w->coming = event_is_coming;
	w->arg = n;
	n->front.wants_call = w;
	n->wait.waiter = w;
}

static void build_refill(struct netif *n)
{
	struct stage *s = &n->stage;

	n->grant_work = (struct work){.run = grant_is_free, .owner = n};
	n->grant_timer = (struct timer){.work = &n->grant_work,
					.name = stage_part(s, "grant")};
	stage_cost(s, &n->refill_wait, &n->p.refill_wait, "refill_wait");
	n->rng = rng_stream(s->sim, n->grant_timer.name);
}

static void build_ring(struct netif *n, struct ring *r, struct netif_side *side,
		       unsigned which, uint16_t id)
{
	ring_init(r, n->stage.sim, &ring_xen, (uint16_t)n->p.slots);
	*side = (struct netif_side){n, r, which, id};
}

static void netif_build(struct stage *s)
{
	struct netif *n = (struct netif *)s;

	build_ring(n, &n->tx, &n->tx_side, 0, s->id);
	build_ring(n, &n->rx, &n->rx_side, 1, stage_owner(s, "rx"));
	n->front.id = s->id;
	n->front.receive_id = n->rx_side.id;
	n->front.ring = &n->tx;
	n->front.receive = &n->rx;
	n->writer_name = stage_part(s, "writer");
	n->writer_id = sim_owner(s->sim, n->writer_name);
	netif_build_send(n);
	build_waiter(n);
	build_refill(n);
	task_init(&n->listener, s->cpu, LEVEL_THREAD, listen, n,
		  n->listener_waits.id);
	s->front = &n->front;
	s->nic = &n->nic;
}

/* Its story is the device's, the main loop's, the events', the backend's. */
static void tell_story(struct netif *n)
{
	struct waiter *w = &n->listener_waits;
	const struct waiter *host = n->front.peer->wants_kick[0];

	waiter_about(w, n->front.line->id);
	waiter_about(w, n->front.line->pending_id);
	if (host)
		waiter_about(w, host->id);
}

static void netif_start(struct stage *s)
{
	struct netif *n = (struct netif *)s;

	n->wait.line = n->front.line;
	n->front.line->waiter = &n->listener_waits;
	tell_story(n);
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
