/* SPDX-License-Identifier: MIT */
/*
 * Linux virtio_net over virtio-pci as of 2009 (2.6.32, drivers/net/virtio_net.c
 * and drivers/virtio/virtio_pci.c), both directions.
 *
 * The rings suppress notifications by flags, which are advice: a host that
 * returns one packet after the other interrupts for each until the guest's
 * handler has run. With MSI-X each queue has a vector; without, the device has
 * one level, whose handler reads the ISR register and looks at both queues.
 *
 * Receive is NAPI: the handler turns calls off and schedules the poll; the poll
 * completes when it finds less than its weight, then turns calls on and looks
 * again. New buffers are posted when half of the ring is used up.
 *
 * Transmit reaps what was returned, adds, kicks unless told not to (a write to
 * a port), and orphans the packet: the sender's buffer is free at once. A full
 * ring stops the queue and asks for an interrupt.
 */
#include "models/ring/flavours.h"
#include "models/ring/pv_net.h"
#include "models/ring/sleeper.h"
#include "models/ring/virtio_pci.h"

struct virtio_pci;

struct virtio_dev {
	struct virtio_pci *v;
	struct ring tx, rx;
	struct front *tx_front, *rx_front;
	struct napi poll;
	struct signal room;
	bool stopped;
	unsigned buffers;	 /* posted and not used up, or in work */
	struct waiter waiter;	 /* the receive queue */
	struct waiter *for_sent; /* who takes, in the host */
};

/* A sender's. */
struct virtio_port {
	struct port port;
	struct virtio_pci *v;
	struct virtio_dev *dev;
};

struct virtio_pci {
	struct stage *stage;
	const struct pv_net_params *p;
	struct pv_net_metrics *m;
	struct pv_net *net;
	struct nic nic;
	struct front fronts[2 * VIRTIO_DEVICES];
	struct virtio_dev devs[VIRTIO_DEVICES];
};

/* Receive. */

static TASK(kick_if_due)
{
	struct front *front = owner;

	TASK_BEGIN;
	shm_fence();
	STEP();
	if (!front->ring->type->kick_due(front->ring))
		TASK_RETURN;
	CALL(front->kick.ring, &front->kick);
	TASK_END;
}

static void schedule_poll(struct virtio_dev *d)
{
	struct softirq *q = d->v->stage->softirq;

	d->rx.type->call_off(&d->rx);
	waiter_wakes(&d->waiter, d->v->net->called);
	q->schedule(q, &d->poll);
}

/* skb_recv_done(), if vring_interrupt() finds anything. */
static TASK(on_receive)
{
	struct virtio_dev *d = owner;

	(void)me;
	(void)depth;
	counter_add(&d->v->m->interrupts, 1);
	if (ring_look_used(&d->rx) == 0 || d->poll.scheduled) {
		counter_add(&d->v->m->idle_interrupts, 1);
		return DONE;
	}
	schedule_poll(d);
	return DONE;
}

static void post_buffers(struct virtio_dev *d)
{
	while (ring_free(&d->rx) > 0) {
		ring_add(&d->rx, NULL);
		d->buffers++;
	}
	ring_publish(&d->rx);
}

static TASK(poll_one)
{
	struct virtio_dev *d = owner;
	struct virtio_pci *v = d->v;
	struct port *above = v->stage->above;

	TASK_BEGIN;
	STEP();
	above->offered = ring_reap_packet(&d->rx);
	d->buffers--;
	note(sim_, v->stage->id, NOTE_TAKE, d->rx.guest.reaped);
	counter_add(&v->m->received, 1);
	SPEND(cost_draw(sim_, &v->net->rx_cost));
	CALL(above->send, above);
	d->poll.done++;
	TASK_END;
}

static TASK(refill)
{
	struct virtio_dev *d = owner;

	TASK_BEGIN;
	if (2 * d->buffers >= d->rx.size)
		TASK_RETURN;
	post_buffers(d);
	CALL(kick_if_due, d->rx_front);
	TASK_END;
}

/* virtnet_poll() */
static TASK(poll)
{
	struct napi *n = owner;
	struct virtio_dev *d = n->owner;

	TASK_BEGIN;
	n->done = 0;
	counter_add(&d->v->m->polls, 1);
	while (n->done < n->budget && ring_look_used(&d->rx) > 0)
		CALL(poll_one, d);
	CALL(refill, d);
	if (n->done >= n->budget)
		TASK_RETURN;
	d->v->stage->softirq->complete(d->v->stage->softirq, n);
	STEP();
	d->rx.type->call_on(&d->rx, d->rx.guest.reaped);
	note(sim_, d->v->stage->id, NOTE_ARM, d->rx.guest.reaped);
	shm_fence();
	STEP();
	waiter_looks(&d->waiter);
	if (ring_look_used(&d->rx) > 0 && !n->scheduled)
		schedule_poll(d);
	if (!n->scheduled)
		waiter_sleeps(&d->waiter);
	TASK_END;
}

/* Transmit. */

static void wake_queue(struct virtio_dev *d)
{
	d->stopped = false;
	signal_raise(&d->room);
}

/* skb_xmit_done(), if vring_interrupt() finds anything. */
static TASK(on_sent)
{
	struct virtio_dev *d = owner;

	(void)me;
	(void)depth;
	if (ring_look_used(&d->tx) == 0)
		return DONE;
	d->tx.type->call_off(&d->tx);
	if (d->stopped)
		wake_queue(d);
	return DONE;
}

static void reap_sent(struct virtio_dev *d)
{
	while (ring_look_used(&d->tx) > 0)
		ring_reap(&d->tx);
}

static TASK(stop_if_full)
{
	struct virtio_dev *d = owner;

	TASK_BEGIN;
	if (ring_free(&d->tx) >= d->v->p->stop_reserve)
		TASK_RETURN;
	counter_add(&d->v->m->stops, 1);
	d->stopped = true;
	d->room.raised = false;
	d->tx.type->call_on(&d->tx, d->tx.guest.reaped);
	shm_fence();
	STEP();
	if (ring_look_used(&d->tx) == 0)
		TASK_RETURN;
	reap_sent(d);
	if (ring_free(&d->tx) >= d->v->p->stop_reserve) {
		d->tx.type->call_off(&d->tx);
		wake_queue(d);
	}
	TASK_END;
}

static TASK(add)
{
	struct virtio_port *p = owner;
	struct virtio_dev *d = p->dev;

	TASK_BEGIN;
	reap_sent(d);
	ring_add(&d->tx, p->port.offered);
	p->port.offered = NULL;
	p->port.done++;
	signal_raise(&p->port.room);
	counter_add(&p->v->m->sent, 1);
	waiter_publishing(d->for_sent);
	ring_publish(&d->tx);
	note(sim_, p->v->stage->id, NOTE_PUT, d->tx.guest.added);
	CALL(kick_if_due, d->tx_front);
	waiter_decided(d->for_sent, CAUSE_SUPPRESSED);
	CALL(stop_if_full, d);
	TASK_END;
}

/* A thread waits until the queue runs; a softirq cannot, and drops. */
static TASK(xmit)
{
	struct virtio_port *p = owner;

	TASK_BEGIN;
	p->dev = &p->v->devs[p->port.offered->device % p->v->p->devices];
	SPEND(cost_draw(sim_, &p->v->net->tx_cost));
	if (p->dev->stopped && me->level > LEVEL_THREAD) {
		packet_dropped(p->port.offered, p->v->stage->id, DROP_NO_ROOM);
		p->port.offered = NULL;
		p->port.done++;
		TASK_RETURN;
	}
	while (p->dev->stopped)
		AWAIT(&p->dev->room);
	CALL(add, p);
	TASK_END;
}

static struct port *open_port(struct nic *nic)
{
	struct virtio_pci *v =
		(struct virtio_pci *)((char *)nic -
				      offsetof(struct virtio_pci, nic));
	struct virtio_port *p = sim_alloc(v->stage->sim, sizeof *p);

	p->v = v;
	p->port = (struct port){.send = xmit, .owner = p};
	return &p->port;
}

static struct front *front_init(struct virtio_dev *d, unsigned i,
				struct ring *ring, task_fn *on_call)
{
	struct front *f = &d->v->fronts[i];

	f->ring = ring;
	f->way = KICK_PIO;
	f->level = !d->v->p->msix;
	f->on_call = (struct work){.run = on_call, .owner = d};
	return f;
}

/* For the oracle. */
static bool packets_are_back(void *arg)
{
	const struct ring *r = &((struct virtio_dev *)arg)->rx;

	return r->shared.used != r->guest.reaped;
}

static bool poll_coming(void *arg)
{
	const struct virtio_dev *d = arg;

	return d->poll.scheduled || doorbell_coming(&d->rx_front->peer->call);
}

static void watch(struct virtio_dev *d)
{
	struct stage *s = d->v->stage;

	waiter_init(&d->waiter, s->sim, s->id, stage_part(s, "napi"),
		    "packets");
	d->waiter.due = packets_are_back;
	d->waiter.coming = poll_coming;
	d->waiter.arg = d;
	d->rx_front->wants_call = &d->waiter;
}

static void dev_init(struct virtio_pci *v, unsigned i)
{
	struct virtio_dev *d = &v->devs[i];
	struct sim *sim = v->stage->sim;
	uint16_t slots = (uint16_t)v->p->slots;

	d->v = v;
	ring_init(&d->tx, sim, &ring_split_flags, slots);
	ring_init(&d->rx, sim, &ring_split_flags, slots);
	d->tx_front = front_init(d, 2 * i, &d->tx, on_sent);
	d->rx_front = front_init(d, 2 * i + 1, &d->rx, on_receive);
	d->poll = (struct napi){
		.poll = poll, .owner = d, .weight = (unsigned)v->p->weight};
	watch(d);
	post_buffers(d);
	d->rx.guest.asked = d->rx.guest.added;
}

static void virtio_pci_build(struct pv_net *net)
{
	struct stage *s = &net->stage;
	struct virtio_pci *v = sim_alloc(s->sim, sizeof *v);

	v->stage = s;
	v->net = net;
	v->p = &net->p;
	v->m = &net->m;
	net->driver = v;
	for (unsigned i = 0; i < v->p->devices; i++)
		dev_init(v, i);
	v->nic.open = open_port;
	s->nic = &v->nic;
	s->fronts = v->fronts;
}

static void virtio_pci_start(struct pv_net *net)
{
	struct virtio_pci *v = net->driver;

	for (unsigned i = 0; i < v->p->devices; i++) {
		struct virtio_dev *d = &v->devs[i];

		d->for_sent = d->tx_front->peer->wants_kick[0];
		waiter_sleeps(&d->waiter);
	}
}

static uint64_t virtio_pci_inside(const struct pv_net *net)
{
	const struct virtio_pci *v = net->driver;
	uint64_t n = 0;

	for (unsigned i = 0; i < v->p->devices; i++)
		n += ring_inside(&v->devs[i].tx) +
		     ring_packets_to_guest(&v->devs[i].rx);
	return n;
}

const struct pv_driver pv_virtio_pci = {.build = virtio_pci_build,
					.start = virtio_pci_start,
					.inside = virtio_pci_inside};
