/* SPDX-License-Identifier: MIT */
/*
 * QEMU's virtio-net as of 2009 (hw/virtio-net.c of 0.12), both directions:
 * virtio-net's host side in user space.
 *
 * A kick goes out to user space, under the big lock. The first one turns kicks
 * off and arms a timer of 150 us, at whose end the ring is flushed; one that
 * comes meanwhile (the flag is advice) flushes at once. What a tap device has
 * received the main loop reads packet by packet, and interrupts for each by an
 * ioctl, unless the guest's flag says not to.
 */
#include "models/ring/types.h"
#include "models/ring/virtio_pci.h"

#define QEMU_NET_PARAMS(P)                                                     \
	VIRTIO_HOST_PARAMS(P, "1.5us", "0.25us")                               \
	P(TIME, timer, "150us", "1us", "100s",                                 \
	  "QEMU 0.12 hw/virtio-net.c, TX_TIMER_INTERVAL",                      \
	  "From the first kick to the flush.")

struct qemu_net_params {
	QEMU_NET_PARAMS(PARAM_FIELD)
};

struct qemu_net_timer {
	struct timer timer;
	struct work fires;
	struct virtio_half *half;
};

struct qemu_net {
	struct stage stage;
	struct qemu_net_params p;
	struct virtio_host_metrics m;
	struct virtio_host host;
	struct qemu_net_timer timers[VIRTIO_DEVICES];
};

static struct qemu_net_timer *timer_of(struct virtio_half *d)
{
	struct qemu_net *q = (struct qemu_net *)d->h->stage;

	return &q->timers[d - d->h->halves];
}

static TASK(timer_fires)
{
	struct qemu_net_timer *t = owner;

	TASK_BEGIN;
	CALL(virtio_host_take, t->half);
	TASK_END;
}

/* virtio_net_handle_tx() */
static TASK(on_kick)
{
	struct virtio_half *d = owner;
	struct timer_source *clock = d->h->stage->timers;
	struct qemu_net_timer *t = timer_of(d);

	TASK_BEGIN;
	counter_add(&d->h->m->kicks, 1);
	if (!t->timer.armed) {
		d->tx->ring->type->kick_off(d->tx->ring);
		clock->arm(clock, &t->timer,
			   ((struct qemu_net *)d->h->stage)->p.timer);
		TASK_RETURN;
	}
	counter_add(&d->h->m->wasted_kicks, 1);
	clock->cancel(clock, &t->timer);
	CALL(virtio_host_take, d);
	TASK_END;
}

static void timer_init(struct qemu_net *q, unsigned i)
{
	struct qemu_net_timer *t = &q->timers[i];

	t->half = &q->host.halves[i];
	t->fires = (struct work){.run = timer_fires, .owner = t};
	t->timer.work = &t->fires;
}

static void qemu_net_build(struct stage *s)
{
	struct qemu_net *q = (struct qemu_net *)s;

	q->host.executor = s->executor;
	q->host.most_queued = q->p.queue;
	q->host.m = &q->m;
	stage_cost(s, &q->host.packet_cost, &q->p.packet_cost, "packet_cost");
	stage_cost(s, &q->host.copy_cost, &q->p.copy_cost, "copy_cost");
	virtio_host_build(&q->host, s, on_kick);
	for (unsigned i = 0; i < VIRTIO_DEVICES; i++)
		timer_init(q, i);
}

static void qemu_net_start(struct stage *s)
{
	virtio_host_start(&((struct qemu_net *)s)->host);
}

static uint64_t qemu_net_inside(const struct stage *s)
{
	return virtio_host_inside(&((const struct qemu_net *)s)->host);
}

#define SELF struct qemu_net_params
static const struct param qemu_net_params[] = {QEMU_NET_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct virtio_host_metrics
static const struct metric qemu_net_metrics[] = {
	VIRTIO_HOST_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type qemu_net_type = {
	.name = "qemu_net",
	.doc = "QEMU's virtio-net of 2009, both directions: in user space.",
	.size = sizeof(struct qemu_net),
	STAGE_ROWS(qemu_net),
	.in = PLUG_PCI,
	.out = PLUG_LINK,
	.duplex = true,
	.home = HOME_QEMU,
	.build = qemu_net_build,
	.start = qemu_net_start,
	.inside = qemu_net_inside,
};
