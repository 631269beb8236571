/* SPDX-License-Identifier: MIT */
/*
 * How Mirage's netif publishes what it has added to one of its rings, requests
 * or buffers, and kicks if the host has asked for it
 * (RING_PUSH_REQUESTS_AND_CHECK_NOTIFY). One event channel serves both rings.
 */
#include "models/ring/netif.h"

static struct waiter *host_of(const struct netif_side *side)
{
	return side->n->front.peer->wants_kick[side->which];
}

static void publishing(const struct netif_side *side)
{
	if (host_of(side))
		waiter_publishing(host_of(side));
}

static void decided(const struct netif_side *side, enum cause cause)
{
	if (host_of(side))
		waiter_decided(host_of(side), cause);
}

static TASK(kick)
{
	struct netif_side *side = owner;
	struct netif *n = side->n;
	struct doorbell *bell = &n->front.kick;

	TASK_BEGIN;
	note(sim_, side->id, NOTE_KICK, side->ring->guest.added);
	counter_add(&n->m.kicks, 1);
	CALL(bell->ring, bell);
	decided(side, bell->spent ? (enum cause)bell->spent : CAUSE_NEVER_SENT);
	TASK_END;
}

TASK(netif_push)
{
	struct netif_side *side = owner;
	struct ring *r = side->ring;

	TASK_BEGIN;
	publishing(side);
	STEP();
	ring_publish(r);
	if (side->which == 0)
		note(sim_, side->id, NOTE_PUT, r->guest.added);
	shm_fence();
	STEP();
	if (r->type->kick_due(r))
		CALL(kick, side);
	else
		decided(side, CAUSE_SUPPRESSED);
	TASK_END;
}
