/* SPDX-License-Identifier: MIT */
/* What a guest sends over venet: see venet.c. */
#include "models/ring/venet_guest.h"

TASK(venet_done_isr)
{
	struct venet_dev *d = owner;

	(void)me;
	(void)depth;
	shm_off(&d->q->done.north);
	venet_schedule(d->v, &d->freeing);
	return DONE;
}

/* One packet has been sent: what it lay in is the sender's again. */
static void free_one(struct venet_dev *d)
{
	struct port *port = ioq_reap(&d->q->done)->cookie;

	ioq_push(&d->q->done, NULL, NULL);
	while (ioq_is_back(&d->q->tx))
		ioq_reap(&d->q->tx);
	signal_raise(&d->room);
	port->done++;
	signal_raise(&port->room);
}

/* deferred_evq_isr */
TASK(venet_free_sent)
{
	struct napi *n = owner;
	struct venet_dev *d = n->owner;

	TASK_BEGIN;
	n->done = 0;
	while (ioq_is_back(&d->q->done)) {
		SPEND(cost_draw(sim_, &d->v->done_cost));
		free_one(d);
	}
	d->v->stage->softirq->complete(d->v->stage->softirq, n);
	CALL(shm_enable, &d->q->on_done);
	TASK_END;
}

/* A thread waits for room; a softirq cannot, and drops. */
static TASK(wait_for_room)
{
	struct venet_port *p = owner;

	TASK_BEGIN;
	counter_add(&p->v->m->stops, 1);
	p->dev->room.raised = false;
	AWAIT(&p->dev->room);
	TASK_END;
}

static TASK(push)
{
	struct venet_port *p = owner;
	struct venet_dev *d = p->dev;

	TASK_BEGIN;
	waiter_publishing(d->for_sent);
	ioq_push(&d->q->tx, p->port.offered, p);
	p->port.offered = NULL;
	note(sim_, p->v->stage->id, NOTE_PUT, d->q->tx.made);
	counter_add(&p->v->m->sent, 1);
	CALL(shm_inject, &d->tell_tx);
	waiter_decided(d->for_sent, CAUSE_SUPPRESSED);
	TASK_END;
}

static TASK(xmit)
{
	struct venet_port *p = owner;

	TASK_BEGIN;
	p->dev = &p->v->devs[p->port.offered->device % p->v->p->devices];
	SPEND(cost_draw(sim_, &p->v->net->tx_cost));
	while (ioq_room(&p->dev->q->tx) == 0) {
		if (me->level > LEVEL_THREAD) {
			packet_dropped(p->port.offered, p->v->stage->id,
				       DROP_NO_ROOM);
			p->port.offered = NULL;
			p->port.done++;
			TASK_RETURN;
		}
		CALL(wait_for_room, p);
	}
	CALL(push, p);
	TASK_END;
}

struct port *venet_open(struct nic *nic)
{
	struct venet *v =
		(struct venet *)((char *)nic - offsetof(struct venet, nic));
	struct venet_port *p = sim_alloc(v->stage->sim, sizeof *p);

	p->v = v;
	p->port = (struct port){.send = xmit, .owner = p};
	return &p->port;
}
