/* SPDX-License-Identifier: MIT */
/*
 * QEMU's virtio-net as of 2009 (hw/virtio-net.c of 0.12), both directions:
 * virtio-net's host side in user space.
 *
 * A kick goes out to user space, under the big lock. The first one turns kicks
 * off and arms a timer of 150 us, at whose end the ring is flushed; one that
 * comes meanwhile (the flag is advice) flushes at once. What a tap device has
 * received the main loop reads packet by packet, and interrupts for each by an
 * ioctl, unless the guest's flag says not to. The main loop holds the lock
 * while it works, and turns once for each batch of work. No timer fires before
 * 250 us have passed, as the alarm is never armed for less.
 */
#include "models/ring/virtio_pci.h"

struct flush {
	struct event timer;
	struct work work;
	struct virtio_half *half;
};

struct qemu_net {
	struct virtio_host host; /* comes first */
	struct executor executor;
	struct work_queue works;
	struct work *work; /* running */
	struct lock big_lock;
	struct task task;
	struct signal due;
	struct flush flushes[VIRTIO_DEVICES];
	struct cost pass, user_cost;
	sim_time timer;
};

static void queue(struct executor *ex, struct work *w)
{
	struct qemu_net *q =
		(struct qemu_net *)((char *)ex -
				    offsetof(struct qemu_net, executor));

	if (work_queue_push(&q->works, w))
		signal_raise(&q->due);
}

static TASK(main_loop)
{
	struct qemu_net *q = owner;

	TASK_BEGIN;
	for (;;) {
		AWAIT(&q->due);
		SPEND(cost_draw(sim_, &q->pass));
		q->due.raised = false;
		LOCK(&q->big_lock);
		while ((q->work = work_queue_pop(&q->works)))
			CALL(q->work->run, q->work->owner);
		UNLOCK(&q->big_lock);
	}
	TASK_END;
}

static void timer_fires(struct sim *sim, struct event *ev)
{
	struct flush *f = (struct flush *)ev;
	struct executor *ex = f->half->h->executor;

	(void)sim;
	ex->queue(ex, &f->work);
}

/* virtio_net_handle_tx() */
static TASK(on_kick)
{
	struct virtio_half *d = owner;
	struct qemu_net *q = (struct qemu_net *)d->h;
	struct flush *f = &q->flushes[d - d->h->halves];

	TASK_BEGIN;
	counter_add(&d->h->m->kicks, 1);
	waiter_wakes(&d->waiter, d->h->host->kicked);
	if (!event_pending(sim_, &f->timer)) {
		d->tx->ring->type->kick_off(d->tx->ring);
		event_at(sim_, &f->timer, time_add(sim_->now, q->timer));
		TASK_RETURN;
	}
	counter_add(&d->h->m->wasted_kicks, 1);
	event_cancel(sim_, &f->timer);
	CALL(virtio_host_take, d);
	TASK_END;
}

static bool flush_coming(const struct virtio_half *d)
{
	const struct qemu_net *q = (const struct qemu_net *)d->h;
	const struct flush *f = &q->flushes[d - d->h->halves];

	return f->work.queued || event_pending(d->h->stage->sim, &f->timer);
}

static void flush_init(struct qemu_net *q, unsigned i)
{
	struct flush *f = &q->flushes[i];

	f->half = &q->host.halves[i];
	f->work = (struct work){.run = virtio_host_take, .owner = f->half};
	event_init(q->host.stage->sim, &f->timer, timer_fires);
}

static void qemu_net_build(struct pv_host *host)
{
	struct stage *s = &host->stage;
	struct qemu_net *q = sim_alloc(s->sim, sizeof *q);

	q->executor.queue = queue;
	q->host.executor = &q->executor;
	q->host.more = &q->user_cost;
	q->host.will_take = flush_coming;
	q->timer = host->p.timer > host->p.timer_clamp ? host->p.timer
						       : host->p.timer_clamp;
	stage_cost(s, &q->pass, &host->p.pass, "pass");
	stage_cost(s, &q->user_cost, &host->p.user_cost, "user_cost");
	virtio_host_build(&q->host, host, on_kick);
	for (unsigned i = 0; i < VIRTIO_DEVICES; i++)
		flush_init(q, i);
	for (unsigned i = 0; i < 2 * VIRTIO_DEVICES; i++)
		host->backs[i].user = &q->big_lock;
	task_init(&q->task, s->cpu, LEVEL_THREAD, main_loop, q, s->id);
}

static void qemu_net_start(struct pv_host *host)
{
	struct qemu_net *q = host->backend;

	virtio_host_start(&q->host);
	task_start(&q->task);
}

static uint64_t qemu_net_inside(const struct pv_host *host)
{
	return virtio_host_inside(host->backend);
}

const struct pv_backend pv_qemu_net = {.build = qemu_net_build,
				       .start = qemu_net_start,
				       .inside = qemu_net_inside};
