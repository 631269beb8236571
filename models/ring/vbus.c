/* SPDX-License-Identifier: MIT */
#include "models/ring/vbus.h"

/* All descriptors are the host's, to be given back with an event in them. */
static void give_all(struct ioq *events)
{
	while (ioq_room(events) > 0)
		ioq_push(events, NULL, NULL);
}

static TASK(raise_interrupt)
{
	struct doorbell *bell = ((struct vbus *)owner)->interrupt;

	TASK_BEGIN;
	CALL(bell->ring, bell);
	TASK_END;
}

TASK(vbus_signal)
{
	struct vbus_line *line = owner;
	struct vbus *b = line->bus;

	TASK_BEGIN;
	b->signalling++;
	/* With `pending` in order each line is in the queue once. */
	if (ioq_is_waiting(&b->events)) {
		ioq_head(&b->events)->cookie = line->to;
		ioq_give_back(&b->events);
	}
	CALL(shm_inject, &b->vector);
	b->signalling--;
	TASK_END;
}

static TASK(drain)
{
	struct vbus *b = owner;

	TASK_BEGIN;
	while (ioq_is_back(&b->events)) {
		b->woken = ioq_reap(&b->events)->cookie;
		ioq_push(&b->events, NULL, NULL);
		counter_add(b->n_events, 1);
		SPEND(cost_draw(sim_, b->event_cost));
		CALL(shm_wakeup, b->woken);
	}
	TASK_END;
}

TASK(vbus_interrupt)
{
	struct vbus *b = owner;

	TASK_BEGIN;
	CALL(shm_wakeup, &b->isr);
	TASK_END;
}

/* An interrupt is never put off: the bus's signal stays enabled. */
static void not_deferred(struct shm_receiver *r)
{
	(void)r;
}

void vbus_init(struct vbus *b, struct sim *sim, struct cost *event_cost)
{
	ioq_init(&b->events, sim, VBUS_EVENTS);
	give_all(&b->events);
	b->event_cost = event_cost;
	b->events.north.enabled = true;
	b->vector = (struct shm_sender){.to = &b->events.north,
					.transport = raise_interrupt,
					.transport_arg = b};
	b->isr = (struct shm_receiver){.me = &b->events.north,
				       .callback = drain,
				       .arg = b,
				       .defer = not_deferred};
}
