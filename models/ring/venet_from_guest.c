/* SPDX-License-Identifier: MIT */
/* What a guest sends over venet: see venet_host.c. */
#include "models/ring/venet_host.h"

#define MTU_FRAME 1514 /* what is larger is a GSO packet */

/* venetdev_rx_isr: in the guest's exit. */
TASK(venet_host_tx_isr)
{
	struct host_dev *d = owner;

	(void)me;
	(void)depth;
	if (d->tx_due.raised || !ioq_is_waiting(&d->q->tx))
		return DONE;
	shm_off(&d->q->tx.south);
	waiter_wakes(&d->waiter, d->h->host->kicked);
	signal_raise(&d->tx_due);
	return DONE;
}

/* There is always room for an event: as many as slots. */
static void complete(struct host_dev *d, void *cookie)
{
	assert(ioq_is_waiting(&d->q->done));
	ioq_head(&d->q->done)->cookie = cookie;
	ioq_give_back(&d->q->done);
}

static bool has_room(const struct venet_host *h)
{
	return h->n_given - h->n_sent < (uint64_t)h->p->queue;
}

/* venetdev_sg_import_zc() waits as long as there are so many. */
static bool has_too_many(const struct host_dev *d)
{
	return d->uncopied && d->outstanding >= d->q->tx.size;
}

static void give(struct host_dev *d)
{
	struct venet_host *h = d->h;

	assert(has_room(h));
	h->given[h->n_given++ % (uint64_t)h->p->queue] =
		(struct given){d, d->cookie, d->uncopied};
	d->outstanding += d->uncopied;
	counter_add(&h->m->uncopied, d->uncopied);
}

static bool is_uncopied(const struct host_dev *d)
{
	int64_t from = d->h->p->zcthresh;

	return from > 0 && d->packet->size >= from &&
	       d->packet->size > MTU_FRAME;
}

static TASK(forward)
{
	struct host_dev *d = owner;
	struct venet_host *h = d->h;
	struct port *out = h->stage->peer;

	TASK_BEGIN;
	d->packet = ioq_head(&d->q->tx)->packet;
	d->cookie = ioq_head(&d->q->tx)->cookie;
	ioq_head(&d->q->tx)->packet = NULL;
	note(sim_, h->stage->id, NOTE_TAKE, d->q->tx.taken);
	counter_add(&h->m->from_guest, 1);
	d->uncopied = is_uncopied(d);
	SPEND(cost_draw(sim_, &h->host->packet_cost));
	if (d->uncopied)
		SPEND(cost_draw(sim_, &h->map_cost));
	else
		SPEND(venet_copy_time(h, d->packet));
	while (!has_room(h) || has_too_many(d)) {
		d->card_room.raised = false;
		AWAIT(&d->card_room);
	}
	give(d);
	out->offered = d->packet;
	d->packet = NULL;
	CALL(out->send, out);
	assert(!out->offered);
	ioq_give_back(&d->q->tx);
	TASK_END;
}

static TASK(take_one)
{
	struct host_dev *d = owner;

	TASK_BEGIN;
	CALL(forward, d);
	d->taken++;
	if (!d->uncopied) {
		complete(d, d->cookie);
		d->dirty = true;
	}
	if (d->dirty && (d->h->p->txmitigation == 0 ||
			 d->taken % d->h->p->txmitigation == 0)) {
		d->dirty = false;
		CALL(shm_inject, &d->tell_done);
	}
	TASK_END;
}

/* venetdev_rx */
static TASK(drain)
{
	struct host_dev *d = owner;

	TASK_BEGIN;
	d->taken = 0;
	while (ioq_is_waiting(&d->q->tx))
		CALL(take_one, d);
	if (d->dirty) {
		d->dirty = false;
		CALL(shm_inject, &d->tell_done);
	}
	STEP();
	if (!ioq_is_waiting(&d->q->tx)) {
		d->tx_due.raised = false;
		waiter_looks(&d->waiter);
		CALL(shm_enable, &d->on_tx);
	}
	TASK_END;
}

TASK(venet_host_from_guest)
{
	struct host_dev *d = owner;

	TASK_BEGIN;
	for (;;) {
		AWAIT(&d->tx_due);
		waiter_wakes(&d->waiter, d->h->host->kicked);
		CALL(drain, d);
		if (!d->tx_due.raised)
			waiter_sleeps(&d->waiter);
	}
	TASK_END;
}

/* What the card has sent is complete. */
static TASK(sent_one)
{
	struct venet_host *h = owner;
	struct given *g = &h->given[h->n_sent % (uint64_t)h->p->queue];

	TASK_BEGIN;
	if (!g->uncopied) {
		h->n_sent++;
		TASK_RETURN;
	}
	complete(g->dev, g->cookie);
	if (--g->dev->outstanding == 0)
		g->dev->completed = 0;
	else
		g->dev->completed++;
	if (h->p->txmitigation == 0 ||
	    g->dev->completed % h->p->txmitigation == 0)
		CALL(shm_inject, &g->dev->tell_done);
	h->n_sent++;
	TASK_END;
}

TASK(venet_host_card)
{
	struct venet_host *h = owner;

	TASK_BEGIN;
	for (;;) {
		AWAIT(&h->stage->peer->room);
		h->stage->peer->room.raised = false;
		while (h->n_sent < h->stage->peer->done)
			CALL(sent_one, h);
		for (unsigned i = 0; i < h->n; i++)
			signal_raise(&h->devs[i].card_room);
	}
	TASK_END;
}
