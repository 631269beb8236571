/* SPDX-License-Identifier: MIT */
/*
 * venet, the host's side (kernel/vbus/devices/venet/device.c of
 * alacrityvm-linux, Haskins, 2009). Each device has two threads.
 *
 * From the guest: a signal, which the host decodes in the exit itself, turns
 * further ones off and wakes the thread; the thread takes descriptors until it
 * meets one that is the guest's, and enables when the ring is empty. A packet
 * that is copied is complete at once; each completion is an event for the
 * guest, signalled after every `txmitigation`-th packet and at the end.
 *
 * Zero copy: a GSO packet of zcthresh bytes or more is not copied; its pages go
 * to the network card, and it is complete when that has sent them. Until then
 * the guest's socket pays for it.
 *
 * To the guest: what the bridge delivers is queued and the other thread woken,
 * which copies packets into the guest's buffers and signals for each. Without
 * buffers it asks the guest to tell when there are some.
 *
 * Left out: bursts handled in the exit (burst.thresh is 0 by default).
 */
#include "models/ring/pv_host.h"
#include "models/ring/sleeper.h"
#include "models/ring/venet.h"

#define MTU_FRAME 1514 /* what is larger is a GSO packet */

struct venet_host;

struct host_dev {
	struct venet_host *h;
	struct venet_queues *q;
	struct vbus_line rx_line, done_line;
	struct shm_sender tell_rx, tell_done;
	struct shm_receiver on_tx, on_room;
	struct cpu cpus[2];
	struct task from_guest, to_guest, tasklet;
	struct signal tx_due, rx_due, card_room, again;
	struct packet *head, *tail; /* for the guest */
	int64_t queued;
	bool congested; /* waits for buffers */
	bool dirty;
	unsigned taken; /* in this drain */
	struct packet *packet;
	void *cookie;
	bool uncopied;
	unsigned outstanding, completed; /* of the uncopied */
	struct waiter waiter;		 /* who takes from the guest */
	struct waiter *for_given;	 /* who polls, in the guest */
};

/* Given to the card, in order. */
struct given {
	struct host_dev *dev;
	void *cookie;
	bool uncopied;
};

struct venet_host {
	struct stage *stage;
	struct pv_host *host;
	const struct pv_host_params *p;
	struct pv_host_metrics *m;
	struct host_dev devs[VENET_DEVICES];
	unsigned n;
	struct cost map_cost;
	struct cpu card_cpu;
	struct task card;	  /* the card's transmit interrupt */
	struct given *given;	  /* p->queue of them */
	uint64_t n_given, n_sent; /* to the card; by it, as it told */
};

static sim_time copy_time(struct venet_host *h, const struct packet *p)
{
	return cost_draw(h->stage->sim, &h->host->copy_cost) * p->size / 1024;
}

static TASK(vbus_signal_counted)
{
	struct vbus_line *line = owner;
	struct host_dev *d = (struct host_dev *)line->owner;

	TASK_BEGIN;
	counter_add(&d->h->m->calls, 1);
	note(sim_, d->h->stage->id, NOTE_CALL, line == &d->rx_line);
	CALL(vbus_signal, line);
	TASK_END;
}

/* From the guest. */

/* venetdev_rx_isr: in the guest's exit. */
static TASK(tx_isr)
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
		SPEND(copy_time(h, d->packet));
	while (!has_room(h)) {
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

static TASK(from_guest)
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

/* deferred_notify: a tasklet of the host's, for either ring. */
static TASK(wake_again)
{
	struct host_dev *d = owner;

	TASK_BEGIN;
	for (;;) {
		AWAIT(&d->again);
		d->again.raised = false;
		CALL(shm_wakeup, &d->on_tx);
		CALL(shm_wakeup, &d->on_room);
	}
	TASK_END;
}

static void defer(struct shm_receiver *r)
{
	signal_raise(&((struct host_dev *)r->defer_arg)->again);
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

static TASK(card)
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

/* To the guest. */

/* venetdev_tx_isr: there are buffers again. */
static TASK(room_isr)
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
	SPEND(copy_time(h, d->head));
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
static TASK(to_guest)
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
static TASK(from_link)
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

static TASK(on_kick)
{
	struct shm_receiver *r = owner;

	TASK_BEGIN;
	counter_add(&((struct host_dev *)r->defer_arg)->h->m->kicks, 1);
	CALL(shm_wakeup, r);
	TASK_END;
}

/* For the oracle. */
static bool packets_wait(void *arg)
{
	return ioq_is_waiting(&((struct host_dev *)arg)->q->tx);
}

static bool drain_coming(void *arg)
{
	const struct host_dev *d = arg;
	const struct back *back = &d->h->host->backs[2 * (d - d->h->devs)];

	return d->tx_due.raised || d->again.raised || d->on_tx.in_wakeup ||
	       doorbell_coming(&back->peer->kick);
}

static void watch(struct host_dev *d, struct back *back)
{
	struct stage *s = d->h->stage;

	waiter_init(&d->waiter, s->sim, s->id, sleeper_name(s, "thread"),
		    "packets");
	d->waiter.due = packets_wait;
	d->waiter.coming = drain_coming;
	d->waiter.arg = d;
	back->wants_kick[0] = &d->waiter;
}

static void dev_init(struct venet_host *h, unsigned i)
{
	struct host_dev *d = &h->devs[i];
	struct sim *sim = h->stage->sim;
	struct cost *wake = h->stage->cpu->wake;

	d->h = h;
	d->on_tx = (struct shm_receiver){
		.callback = tx_isr, .arg = d, .defer = defer, .defer_arg = d};
	d->on_room = (struct shm_receiver){
		.callback = room_isr, .arg = d, .defer = defer, .defer_arg = d};
	h->host->backs[2 * i].on_kick =
		(struct work){.run = on_kick, .owner = &d->on_tx};
	h->host->backs[2 * i + 1].on_kick =
		(struct work){.run = on_kick, .owner = &d->on_room};
	watch(d, &h->host->backs[2 * i]);
	cpu_init(&d->cpus[0], sim, wake);
	cpu_init(&d->cpus[1], sim, wake);
	task_init(&d->from_guest, &d->cpus[0], LEVEL_THREAD, from_guest, d,
		  h->stage->id);
	task_init(&d->tasklet, &d->cpus[0], LEVEL_SOFTIRQ, wake_again, d,
		  h->stage->id);
	task_init(&d->to_guest, &d->cpus[1], LEVEL_THREAD, to_guest, d,
		  h->stage->id);
}

static void venet_host_build(struct pv_host *host)
{
	struct stage *s = &host->stage;
	struct venet_host *h = sim_alloc(s->sim, sizeof *h);

	h->stage = s;
	h->host = host;
	h->p = &host->p;
	h->m = &host->m;
	host->backend = h;
	host->link.send = from_link;
	h->given = sim_alloc(s->sim, (size_t)h->p->queue * sizeof *h->given);
	stage_cost(s, &h->map_cost, &h->p->map_cost, "map_cost");
	for (unsigned i = 0; i < VENET_DEVICES; i++)
		dev_init(h, i);
	cpu_init(&h->card_cpu, s->sim, NULL);
	task_init(&h->card, &h->card_cpu, LEVEL_SOFTIRQ, card, h, s->id);
}

static void dev_start(struct host_dev *d, struct venet_shared *shared,
		      struct venet_queues *q)
{
	d->q = q;
	d->on_tx.me = &q->tx.south;
	d->on_room.me = &q->rx.south;
	d->q->tx.south.enabled = true;
	d->rx_line = (struct vbus_line){&shared->bus, &q->on_rx, d};
	d->done_line = (struct vbus_line){&shared->bus, &q->on_done, d};
	d->tell_rx = (struct shm_sender){&q->rx.north, vbus_signal_counted,
					 &d->rx_line, shared->always};
	d->tell_done = (struct shm_sender){&q->done.north, vbus_signal_counted,
					   &d->done_line, shared->always};
	d->for_given =
		d->h->host->backs[2 * (d - d->h->devs) + 1].peer->wants_call;
	waiter_sleeps(&d->waiter);
	task_start(&d->from_guest);
	task_start(&d->to_guest);
	task_start(&d->tasklet);
}

static void venet_host_start(struct pv_host *host)
{
	struct venet_host *h = host->backend;
	struct venet_shared *shared = host->backs[0].peer->shared;

	h->n = shared->n;
	shared->bus.interrupt = &host->backs[0].call;
	for (unsigned i = 0; i < h->n; i++)
		dev_start(&h->devs[i], shared, &shared->queues[i]);
	task_start(&h->card);
}

static uint64_t venet_host_inside(const struct pv_host *host)
{
	const struct venet_host *h = host->backend;
	uint64_t n = 0;

	for (unsigned i = 0; i < h->n; i++)
		n += (uint64_t)h->devs[i].queued + (h->devs[i].packet != NULL);
	return n;
}

const struct pv_backend pv_venet_host = {.build = venet_host_build,
					 .start = venet_host_start,
					 .inside = venet_host_inside};
