/* SPDX-License-Identifier: MIT */
/*
 * venet, the guest's side: AlacrityVM's network driver (drivers/net/vbus-enet.c
 * of alacrityvm-linux, Haskins, 2009).
 *
 * Receive is NAPI: the bus's interrupt finds the device named, schedules the
 * poll and turns the ring's notifications off; the poll takes packets up to its
 * weight, gives each descriptor back with a new buffer, and when the ring is
 * empty completes and enables; if something came meanwhile enabling schedules
 * the wakeup here, in a tasklet, without an exit.
 *
 * Transmit pushes and tells the host, which costs an exit only if the host has
 * enabled and none is pending. What has been sent comes back as events on a
 * queue of its own, whose interrupt schedules a tasklet; only there buffers are
 * freed. A full ring stops the queue.
 *
 * Several devices share one bus, hence one interrupt. Tasklets run in the same
 * softirq as NAPI, in the order of scheduling.
 *
 * Left out: the page queue of large receives, negotiation, link events.
 */
#include "models/ring/sleeper.h"
#include "models/ring/venet_guest.h"

/* Room for completions that the guest has not come round to, whatever rings. */
#define DONE_EVENTS 8192

static TASK(kick)
{
	struct front *front = owner;

	TASK_BEGIN;
	CALL(front->kick.ring, &front->kick);
	TASK_END;
}

/* deferred_notify, of either ring. */
static TASK(wake_again)
{
	struct napi *n = owner;
	struct venet_dev *d = n->owner;

	TASK_BEGIN;
	n->done = 0;
	d->v->stage->softirq->complete(d->v->stage->softirq, n);
	CALL(shm_wakeup, &d->q->on_rx);
	CALL(shm_wakeup, &d->q->on_done);
	TASK_END;
}

static void defer(struct shm_receiver *r)
{
	struct venet_dev *d = r->defer_arg;

	if (!d->again.scheduled)
		venet_schedule(d->v, &d->again);
}

static TASK(on_interrupt)
{
	struct venet *v = owner;

	TASK_BEGIN;
	counter_add(&v->m->interrupts, 1);
	CALL(vbus_interrupt, &v->shared.bus);
	TASK_END;
}

static TASK(nothing)
{
	(void)me;
	(void)depth;
	(void)owner;
	return DONE;
}

static void queues_init(struct venet_dev *d)
{
	struct venet *v = d->v;
	struct sim *sim = v->stage->sim;
	uint16_t slots = (uint16_t)v->p->slots;

	ioq_init(&d->q->tx, sim, slots);
	ioq_init(&d->q->rx, sim, slots);
	ioq_init(&d->q->done, sim, DONE_EVENTS);
	while (ioq_room(&d->q->rx) > 0)
		ioq_push(&d->q->rx, NULL, NULL);
	while (ioq_room(&d->q->done) > 0)
		ioq_push(&d->q->done, NULL, NULL);
	d->q->on_rx = (struct shm_receiver){.me = &d->q->rx.north,
					    .callback = venet_rx_isr,
					    .arg = d,
					    .defer = defer,
					    .defer_arg = d};
	d->q->on_done = (struct shm_receiver){.me = &d->q->done.north,
					      .callback = venet_done_isr,
					      .arg = d,
					      .defer = defer,
					      .defer_arg = d};
	d->q->rx.north.enabled = true;
	d->q->done.north.enabled = true;
}

static void front_init(struct venet *v, struct front *f, task_fn *on_call)
{
	f->shared = &v->shared;
	f->way = (enum kick_way)v->p->kick_by.which;
	f->on_call = (struct work){.run = on_call, .owner = v};
}

/* For the oracle. */
static bool packets_are_back(void *arg)
{
	return ioq_is_back(&((struct venet_dev *)arg)->q->rx);
}

static bool poll_coming(void *arg)
{
	const struct venet_dev *d = arg;
	const struct vbus *bus = &d->v->shared.bus;

	return d->poll.scheduled || d->again.scheduled ||
	       d->q->on_rx.in_wakeup || bus->isr.in_wakeup || bus->signalling ||
	       doorbell_coming(bus->interrupt);
}

static void watch(struct venet_dev *d)
{
	struct stage *s = d->v->stage;

	waiter_init(&d->waiter, s->sim, s->id, stage_part(s, "napi"),
		    "packets");
	d->waiter.due = packets_are_back;
	d->waiter.coming = poll_coming;
	d->waiter.arg = d;
	d->rx_front->wants_call = &d->waiter;
}

static void dev_init(struct venet *v, unsigned i)
{
	struct venet_dev *d = &v->devs[i];
	unsigned weight = (unsigned)v->p->weight;

	d->v = v;
	d->q = &v->shared.queues[i];
	queues_init(d);
	d->tx_front = &v->fronts[2 * i];
	d->rx_front = &v->fronts[2 * i + 1];
	front_init(v, d->tx_front, i == 0 ? on_interrupt : nothing);
	front_init(v, d->rx_front, nothing);
	d->tell_tx = (struct shm_sender){&d->q->tx.south, kick, d->tx_front,
					 v->shared.always};
	d->tell_rx =
		(struct shm_sender){&d->q->rx.south, kick, d->rx_front, false};
	d->poll =
		(struct napi){.poll = venet_poll, .owner = d, .weight = weight};
	d->freeing =
		(struct napi){.poll = venet_free_sent, .owner = d, .weight = 1};
	d->again = (struct napi){.poll = wake_again, .owner = d, .weight = 1};
	watch(d);
}

static void venet_build(struct pv_net *net)
{
	struct stage *s = &net->stage;
	struct venet *v = sim_alloc(s->sim, sizeof *v);

	v->stage = s;
	v->net = net;
	v->p = &net->p;
	v->m = &net->m;
	net->driver = v;
	stage_cost(s, &v->done_cost, &v->p->done_cost, "done_cost");
	stage_cost(s, &v->event_cost, &v->p->event_cost, "event_cost");
	vbus_init(&v->shared.bus, s->sim, &v->event_cost);
	v->shared.bus.n_events = &v->m->events;
	v->shared.n = (unsigned)v->p->devices;
	v->shared.always = v->p->signal.which == SIGNAL_ALWAYS;
	v->shared.bus.vector.always = v->shared.always;
	for (unsigned i = 0; i < v->shared.n; i++)
		dev_init(v, i);
	v->nic.open = venet_open;
	s->nic = &v->nic;
	s->fronts = v->fronts;
}

static void venet_start(struct pv_net *net)
{
	struct venet *v = net->driver;

	for (unsigned i = 0; i < v->shared.n; i++) {
		struct venet_dev *d = &v->devs[i];

		d->for_sent = d->tx_front->peer->wants_kick[0];
		waiter_sleeps(&d->waiter);
	}
}

static uint64_t venet_inside(const struct pv_net *net)
{
	const struct venet *v = net->driver;
	uint64_t n = 0;

	for (unsigned i = 0; i < v->shared.n; i++)
		n += ioq_packets(&v->shared.queues[i].tx) +
		     ioq_packets(&v->shared.queues[i].rx);
	return n;
}

const struct pv_driver pv_venet = {
	.build = venet_build, .start = venet_start, .inside = venet_inside};
