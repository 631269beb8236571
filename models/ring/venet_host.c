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
#include "models/ring/venet_host.h"
#include "models/ring/sleeper.h"

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

	waiter_init(&d->waiter, s->sim, s->id, stage_part(s, "thread"),
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
	d->on_tx = (struct shm_receiver){.callback = venet_host_tx_isr,
					 .arg = d,
					 .defer = defer,
					 .defer_arg = d};
	d->on_room = (struct shm_receiver){.callback = venet_host_room_isr,
					   .arg = d,
					   .defer = defer,
					   .defer_arg = d};
	h->host->backs[2 * i].on_kick =
		(struct work){.run = on_kick, .owner = &d->on_tx};
	h->host->backs[2 * i + 1].on_kick =
		(struct work){.run = on_kick, .owner = &d->on_room};
	watch(d, &h->host->backs[2 * i]);
	cpu_init(&d->cpus[0], sim, wake);
	cpu_init(&d->cpus[1], sim, wake);
	task_init(&d->from_guest, &d->cpus[0], LEVEL_THREAD,
		  venet_host_from_guest, d, h->stage->id);
	task_init(&d->tasklet, &d->cpus[0], LEVEL_SOFTIRQ, wake_again, d,
		  h->stage->id);
	task_init(&d->to_guest, &d->cpus[1], LEVEL_THREAD, venet_host_to_guest,
		  d, h->stage->id);
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
	host->link.send = venet_host_from_link;
	h->given = sim_alloc(s->sim, (size_t)h->p->queue * sizeof *h->given);
	stage_cost(s, &h->map_cost, &h->p->map_cost, "map_cost");
	for (unsigned i = 0; i < VENET_DEVICES; i++)
		dev_init(h, i);
	cpu_init(&h->card_cpu, s->sim, NULL);
	task_init(&h->card, &h->card_cpu, LEVEL_SOFTIRQ, venet_host_card, h,
		  s->id);
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
