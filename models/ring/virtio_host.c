/* SPDX-License-Identifier: MIT */
#include "models/ring/virtio_pci.h"

#include "models/ring/sleeper.h"

static sim_time packet_time(struct virtio_host *h, const struct packet *p)
{
	struct sim *sim = h->stage->sim;
	sim_time t = cost_draw(sim, &h->host->packet_cost) +
		     cost_draw(sim, &h->host->copy_cost) * p->size / 1024;

	return h->more ? t + cost_draw(sim, h->more) : t;
}

static TASK(call)
{
	struct virtio_call *c = owner;

	TASK_BEGIN;
	counter_add(&c->h->m->calls, 1);
	CALL(c->back->call.ring, &c->back->call);
	TASK_END;
}

/* vhost_signal() */
static bool is_due(const struct virtio_call *c)
{
	struct ring *r = c->back->ring;
	bool due = r->type->call_due(r);

	return due || (c->on_empty && ring_look_avail(r) == 0);
}

static TASK(call_if_due)
{
	struct virtio_call *c = owner;

	TASK_BEGIN;
	ring_publish_used(c->back->ring);
	shm_fence();
	STEP();
	if (is_due(c))
		CALL(call, c);
	TASK_END;
}

static TASK(take_one)
{
	struct virtio_half *d = owner;
	struct virtio_host *h = d->h;
	struct port *out = h->stage->peer;

	TASK_BEGIN;
	d->packet = ring_pop(d->tx->ring);
	note(sim_, h->stage->id, NOTE_TAKE, d->tx->ring->host.taken);
	counter_add(&h->m->from_guest, 1);
	SPEND(packet_time(h, d->packet));
	while (h->given - out->done >= (uint64_t)h->host->p.queue) {
		out->room.raised = false;
		AWAIT(&out->room);
	}
	h->given++;
	out->offered = d->packet;
	d->packet = NULL;
	CALL(out->send, out);
	assert(!out->offered);
	ring_return(d->tx->ring);
	CALL(call_if_due, &d->sent);
	TASK_END;
}

TASK(virtio_host_take)
{
	struct virtio_half *d = owner;
	struct ring *r = d->tx->ring;

	TASK_BEGIN;
	d->taking = true;
	waiter_wakes(&d->waiter, d->h->host->kicked);
	do {
		r->type->kick_off(r);
		STEP();
		while (ring_look_avail(r) > 0)
			CALL(take_one, d);
		r->type->kick_on(r, r->host.seen);
		note(sim_, d->h->stage->id, NOTE_ARM, r->host.seen);
		shm_fence();
		STEP();
		waiter_looks(&d->waiter);
	} while (ring_look_avail(r) > 0);
	d->taking = false;
	waiter_sleeps(&d->waiter);
	TASK_END;
}

static struct packet *next_packet(struct virtio_half *d)
{
	struct packet *p = d->head;

	d->head = p->next;
	p->next = NULL;
	d->queued--;
	return p;
}

static TASK(give_one)
{
	struct virtio_half *d = owner;
	struct virtio_host *h = d->h;

	TASK_BEGIN;
	d->packet = next_packet(d);
	ring_pop(d->rx->ring);
	SPEND(packet_time(h, d->packet));
	ring_return_packet(d->rx->ring, d->packet);
	waiter_publishing(d->for_given);
	d->packet = NULL;
	note(sim_, h->stage->id, NOTE_PUT, d->rx->ring->host.returned);
	counter_add(&h->m->to_guest, 1);
	CALL(call_if_due, &d->given);
	waiter_decided(d->for_given, CAUSE_SUPPRESSED);
	TASK_END;
}

/* Gives what there are buffers for; without any it asks for a kick. */
static TASK(give)
{
	struct virtio_half *d = owner;
	struct ring *r = d->rx->ring;

	TASK_BEGIN;
	for (;;) {
		while (d->head && ring_look_avail(r) > 0)
			CALL(give_one, d);
		if (!d->head)
			TASK_RETURN;
		r->type->kick_on(r, r->host.seen);
		shm_fence();
		STEP();
		if (ring_look_avail(r) == 0)
			TASK_RETURN;
		r->type->kick_off(r);
	}
	TASK_END;
}

static void queue_give(struct virtio_half *d)
{
	d->h->executor->queue(d->h->executor, &d->give);
}

/* There are buffers again. */
static TASK(on_refill)
{
	struct virtio_half *d = owner;

	(void)me;
	(void)depth;
	counter_add(&d->h->m->kicks, 1);
	d->rx->ring->type->kick_off(d->rx->ring);
	queue_give(d);
	return DONE;
}

/* In the context of who delivers. */
static TASK(from_link)
{
	struct port *port = owner;
	struct pv_host *host = port->owner;
	struct virtio_host *h = host->backend;
	struct packet *p = port->offered;
	struct virtio_half *d = &h->halves[p->device % h->n];

	(void)me;
	(void)depth;
	port->offered = NULL;
	if (d->queued >= host->p.queue) {
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
	queue_give(d);
	return DONE;
}

/* For the oracle. */
static bool packets_wait(void *arg)
{
	const struct ring *r = ((struct virtio_half *)arg)->tx->ring;

	return r->shared.avail != r->host.taken;
}

static bool take_coming(void *arg)
{
	const struct virtio_half *d = arg;

	return d->taking || d->tx->on_kick.queued ||
	       doorbell_coming(&d->tx->peer->kick) ||
	       (d->h->will_take && d->h->will_take(d));
}

static void watch(struct virtio_half *d)
{
	struct stage *s = d->h->stage;

	waiter_init(&d->waiter, s->sim, s->id, stage_part(s, "tx"), "packets");
	d->waiter.due = packets_wait;
	d->waiter.coming = take_coming;
	d->waiter.arg = d;
	d->tx->wants_kick[0] = &d->waiter;
}

static void half_init(struct virtio_host *h, unsigned i, task_fn *on_kick)
{
	struct virtio_half *d = &h->halves[i];

	d->h = h;
	d->tx = &h->host->backs[2 * i];
	d->rx = &h->host->backs[2 * i + 1];
	d->sent = (struct virtio_call){h, d->tx, h->host->p.notify_on_empty};
	d->given = (struct virtio_call){h, d->rx, false};
	d->give = (struct work){.run = give, .owner = d};
	d->tx->on_kick = (struct work){.run = on_kick, .owner = d};
	d->rx->on_kick = (struct work){.run = on_refill, .owner = d};
	watch(d);
}

void virtio_host_build(struct virtio_host *h, struct pv_host *host,
		       task_fn *on_kick)
{
	h->stage = &host->stage;
	h->host = host;
	h->m = &host->m;
	host->backend = h;
	host->link.send = from_link;
	for (unsigned i = 0; i < VIRTIO_DEVICES; i++)
		half_init(h, i, on_kick);
}

void virtio_host_start(struct virtio_host *h)
{
	while (h->n < VIRTIO_DEVICES && h->host->backs[2 * h->n].peer)
		h->n++;
	for (unsigned i = 0; i < h->n; i++) {
		struct virtio_half *d = &h->halves[i];

		d->rx->ring->type->kick_off(d->rx->ring);
		d->for_given = d->rx->peer->wants_call;
		waiter_sleeps(&d->waiter);
	}
}

uint64_t virtio_host_inside(const struct virtio_host *h)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < h->n; i++)
		n += (uint64_t)h->halves[i].queued +
		     (h->halves[i].packet != NULL);
	return n;
}
