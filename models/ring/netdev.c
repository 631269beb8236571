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
	waiter_wakes(&n->sleeper.waiter, n->sleeper.notified);
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
	waiter_looks(&n->sleeper.waiter);
	if (n->recheck && ring_look_used(r) > ahead) {
		CALL(reap_all, n);
		if (ring_free(r) >= n->reserve) {
			r->type->call_off(r);
			queue_start(n);
		}
	}
	/* A call that came in between has started it. */
	if (n->stopped)
		waiter_sleeps(&n->sleeper.waiter);
	TASK_END;
}

static TASK(publish)
{
	struct netdev *n = owner;
	struct ring *r = &n->ring;

	TASK_BEGIN;
	STEP();
	sleeper_publishing(&n->sleeper);
	ring_publish(r);
	note(sim_, n->stage->id, NOTE_PUT, r->guest.added);
	shm_fence();
	STEP();
	if (!r->type->kick_due(r)) {
		sleeper_silent(&n->sleeper);
		TASK_RETURN;
	}
	note(sim_, n->stage->id, NOTE_KICK, r->guest.added);
	CALL(n->front.kick.ring, &n->front.kick);
	sleeper_rung(&n->sleeper);
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

/* The oracle's questions. */

static bool call_owed(void *arg)
{
	const struct ring *r = ((struct stage *)arg)->front->ring;

	return r->type->call_owed(r);
}

static bool call_coming(void *arg)
{
	const struct front *front = ((struct stage *)arg)->front;

	return front->peer && doorbell_coming(&front->peer->call);
}

static const struct sleeper_asks asks = {"queue", "free slots", call_owed,
					 call_coming};

void netdev_build(struct netdev *n, struct stage *s, struct netdev_metrics *m,
		  const struct ring_type *flavour, int64_t slots,
		  int64_t reserve, bool recheck)
{
	n->stage = s;
	n->m = m;
	n->reserve = (uint16_t)reserve;
	n->recheck = recheck;
	ring_init(&n->ring, s->sim, flavour, (uint16_t)slots);
	flavour->call_off(&n->ring);
	n->front.ring = &n->ring;
	n->front.on_call = (struct work){.run = on_call, .owner = n};
	sleeper_init_guest(&n->sleeper, s, &n->front, &asks);
	n->port = (struct port){.send = start_xmit, .owner = n};
	s->in = &n->port;
	s->front = &n->front;
}

void netdev_start(struct netdev *n)
{
	sleeper_start_guest(&n->sleeper, &n->front);
}
