/* SPDX-License-Identifier: MIT */
#include "models/ring/netdev.h"

static TASK(reap_all)
{
	struct netdev *n = owner;

	TASK_BEGIN;
	STEP();
	while (ring_look_used(&n->ring) > 0) {
		STEP();
		ring_reap(&n->ring);
		STEP();
	}
	level_set(&n->m->in_use, sim_, ring_in_use(&n->ring));
	STEP();
	TASK_END;
}

static void queue_stop(struct netdev *n)
{
	n->stopped = true;
	counter_add(&n->m->stops, 1);
}

static void queue_start(struct netdev *n)
{
	n->stopped = false;
	signal_raise(&n->port.room);
}

/*
 * Out of room: stop, ask for a call when three quarters of what is outstanding
 * have returned, look again. (virtqueue_enable_cb_delayed fails if more than
 * that has returned already; then the driver reaps and may go on.)
 */
static TASK(stop_for_room)
{
	struct netdev *n = owner;
	struct ring *r = &n->ring;
	uint16_t ahead = (uint16_t)(ring_in_use(r) * 3u / 4);
	uint16_t at = (uint16_t)(r->guest.reaped + ahead);

	TASK_BEGIN;
	queue_stop(n);
	STEP();
	r->type->call_on(r, at);
	note(sim_, n->stage->id, NOTE_ARM, at);
	shm_fence();
	STEP();
	if (ring_look_used(r) <= ahead)
		TASK_RETURN;
	CALL(reap_all, n);
	if (ring_free(r) >= n->reserve) {
		r->type->call_off(r);
		queue_start(n);
	}
	TASK_END;
}

static TASK(publish)
{
	struct netdev *n = owner;
	struct ring *r = &n->ring;

	TASK_BEGIN;
	STEP();
	ring_publish(r);
	note(sim_, n->stage->id, NOTE_PUT, r->guest.added);
	shm_fence();
	STEP();
	if (r->type->kick_due(r)) {
		note(sim_, n->stage->id, NOTE_KICK, r->guest.added);
		CALL(n->front.kick.ring, &n->front.kick);
	}
	TASK_END;
}

/* start_xmit: reap, add, kick if asked for, stop if there is no room for the
 * largest packet. */
static TASK(start_xmit)
{
	struct port *port = owner;
	struct netdev *n = port->owner;

	TASK_BEGIN;
	if (n->stopped)
		TASK_RETURN;
	CALL(reap_all, n);
	SPEND(cost_draw(sim_, &n->packet_cost));
	ring_add(&n->ring, port->offered);
	port->offered = NULL;
	level_set(&n->m->in_use, sim_, ring_in_use(&n->ring));
	CALL(publish, n);
	if (ring_free(&n->ring) < n->reserve)
		CALL(stop_for_room, n);
	TASK_END;
}

/* The transmit interrupt: no more of these, and wake the queue. What has
 * returned is reaped by the next transmission. */
static TASK(on_call)
{
	struct netdev *n = owner;

	(void)me;
	(void)depth;
	counter_add(&n->m->interrupts, 1);
	n->ring.type->call_off(&n->ring);
	if (n->stopped)
		queue_start(n);
	return DONE;
}

void netdev_build(struct netdev *n, struct stage *s, struct netdev_metrics *m,
		  const struct ring_type *flavour, int64_t slots,
		  int64_t reserve)
{
	n->stage = s;
	n->m = m;
	n->reserve = (uint16_t)reserve;
	ring_init(&n->ring, s->sim, flavour, (uint16_t)slots);
	flavour->call_off(&n->ring);
	n->front.ring = &n->ring;
	n->front.on_call = (struct work){.run = on_call, .owner = n};
	n->port = (struct port){.send = start_xmit, .owner = n};
	s->in = &n->port;
	s->front = &n->front;
}
