/* SPDX-License-Identifier: MIT */
/* What a guest receives over venet: see venet_host.c. */
#include "models/ring/venet_host.h"

/* venetdev_tx_isr: there are buffers again. */
TASK(venet_host_room_isr)
{
	struct host_dev *d = owner;

	(void)me;
	(void)depth;
	if (d->congested && ioq_is_waiting(&d->q->rx)) {
		d->congested = false;
		shm_off(&d->q->rx.south);
		signal_raise(&d->rx_due);
	}
	return DONE;
}

static struct packet *next_for_guest(struct host_dev *d)
{
	struct packet *p = d->head;

	d->head = p->next;
	p->next = NULL;
	d->queued--;
	return p;
}

static TASK(deliver_one)
{
	struct host_dev *d = owner;
	struct venet_host *h = d->h;

	TASK_BEGIN;
	SPEND(cost_draw(sim_, &h->host->packet_cost));
	SPEND(venet_copy_time(h, d->head));
	waiter_publishing(d->for_given);
	ioq_head(&d->q->rx)->packet = next_for_guest(d);
	ioq_give_back(&d->q->rx);
	note(sim_, h->stage->id, NOTE_PUT, d->q->rx.taken);
	counter_add(&h->m->to_guest, 1);
	CALL(shm_inject, &d->tell_rx);
	waiter_decided(d->for_given, CAUSE_SUPPRESSED);
	TASK_END;
}

/* venetdev_tx */
TASK(venet_host_to_guest)
{
	struct host_dev *d = owner;

	TASK_BEGIN;
	for (;;) {
		AWAIT(&d->rx_due);
		d->rx_due.raised = false;
		while (d->head && ioq_is_waiting(&d->q->rx))
			CALL(deliver_one, d);
		if (d->head) {
			d->congested = true;
			CALL(shm_enable, &d->on_room);
		}
	}
	TASK_END;
}

/* venetdev_xmit, in the context of who delivers. */
TASK(venet_host_from_link)
{
	struct port *port = owner;
	struct venet_host *h = ((struct pv_host *)port->owner)->backend;
	struct packet *p = port->offered;
	struct host_dev *d = &h->devs[p->device % h->n];

	(void)me;
	(void)depth;
	port->offered = NULL;
	if (d->queued >= h->p->queue) {
		counter_add(&h->m->drops, 1);
		packet_dropped(p, h->stage->id, DROP_VIF_QUEUE);
		return DONE;
	}
	if (d->head)
		d->tail->next = p;
	else
		d->head = p;
	d->tail = p;
	d->queued++;
	if (!d->congested)
		signal_raise(&d->rx_due);
	return DONE;
}
