/* SPDX-License-Identifier: MIT */
/* What a guest receives over venet: see venet.c. */
#include "models/ring/venet_guest.h"

/* The bus names the receive ring. */
TASK(venet_rx_isr)
{
	struct venet_dev *d = owner;

	(void)me;
	(void)depth;
	if (!ioq_is_back(&d->q->rx) || d->poll.scheduled)
		return DONE;
	shm_off(&d->q->rx.north);
	waiter_wakes(&d->waiter, d->v->net->called);
	venet_schedule(d->v, &d->poll);
	return DONE;
}

static TASK(poll_one)
{
	struct venet_dev *d = owner;
	struct venet *v = d->v;
	struct port *above = v->stage->above;

	TASK_BEGIN;
	STEP();
	d->slot = ioq_reap(&d->q->rx);
	above->offered = d->slot->packet;
	d->slot->packet = NULL;
	note(sim_, v->stage->id, NOTE_TAKE, d->q->rx.reaped);
	counter_add(&v->m->received, 1);
	SPEND(cost_draw(sim_, &v->net->rx_cost));
	CALL(above->send, above);
	STEP();
	ioq_push(&d->q->rx, NULL, NULL);
	CALL(shm_inject, &d->tell_rx);
	d->poll.done++;
	TASK_END;
}

TASK(venet_poll)
{
	struct napi *n = owner;
	struct venet_dev *d = n->owner;

	TASK_BEGIN;
	n->done = 0;
	counter_add(&d->v->m->polls, 1);
	while (n->done < n->budget && ioq_is_back(&d->q->rx))
		CALL(poll_one, d);
	STEP();
	if (ioq_is_back(&d->q->rx)) {
		n->done = n->budget;
		TASK_RETURN;
	}
	d->v->stage->softirq->complete(d->v->stage->softirq, n);
	waiter_looks(&d->waiter);
	CALL(shm_enable, &d->q->on_rx);
	if (!n->scheduled)
		waiter_sleeps(&d->waiter);
	TASK_END;
}
