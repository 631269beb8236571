/* SPDX-License-Identifier: MIT */
/*
 * vhost-net as of its first version (drivers/vhost of Linux 2.6.34, posted from
 * August 2009 on): virtio-net's host side in the kernel.
 *
 * A kick is decoded in the kernel (ioeventfd) and queues the work; one worker
 * thread serves both directions of all devices. It turns kicks off when it
 * begins, takes until the ring is empty, turns them on and looks again.
 * Interrupts are raised by irqfd; without MSI-X by QEMU, as there is no irqfd
 * for a level.
 *
 * Left out: the limit of bytes after which a work queues itself again.
 */
#include "models/ring/types.h"
#include "models/ring/virtio_pci.h"

#define VHOST_NET_PARAMS(P) VIRTIO_HOST_PARAMS(P, "0.5us", "0.25us")

struct vhost_net_params {
	VHOST_NET_PARAMS(PARAM_FIELD)
};

struct vhost_net {
	struct stage stage;
	struct vhost_net_params p;
	struct virtio_host_metrics m;
	struct virtio_host host;
	struct executor executor;
	struct work_queue works;
	struct work *work; /* running */
	struct task task;
	struct signal due;
};

static void queue(struct executor *ex, struct work *w)
{
	struct vhost_net *v =
		(struct vhost_net *)((char *)ex -
				     offsetof(struct vhost_net, executor));

	if (work_queue_push(&v->works, w))
		signal_raise(&v->due);
}

static TASK(worker)
{
	struct vhost_net *v = owner;

	TASK_BEGIN;
	for (;;) {
		AWAIT(&v->due);
		v->due.raised = false;
		while ((v->work = work_queue_pop(&v->works)))
			CALL(v->work->run, v->work->owner);
	}
	TASK_END;
}

/* In the worker: the kick itself only queues this. */
static TASK(on_kick)
{
	struct virtio_half *d = owner;

	TASK_BEGIN;
	counter_add(&d->h->m->kicks, 1);
	CALL(virtio_host_take, d);
	TASK_END;
}

static void vhost_net_build(struct stage *s)
{
	struct vhost_net *v = (struct vhost_net *)s;

	v->executor.queue = queue;
	s->executor = &v->executor;
	v->host.executor = &v->executor;
	v->host.most_queued = v->p.queue;
	v->host.m = &v->m;
	stage_cost(s, &v->host.packet_cost, &v->p.packet_cost, "packet_cost");
	stage_cost(s, &v->host.copy_cost, &v->p.copy_cost, "copy_cost");
	virtio_host_build(&v->host, s, on_kick);
	for (unsigned i = 0; i < 2 * VIRTIO_DEVICES; i++)
		v->host.backs[i].ioeventfd = true;
	task_init(&v->task, s->cpu, LEVEL_THREAD, worker, v, s->id);
}

static void vhost_net_start(struct stage *s)
{
	struct vhost_net *v = (struct vhost_net *)s;

	virtio_host_start(&v->host);
	task_start(&v->task);
}

static uint64_t vhost_net_inside(const struct stage *s)
{
	return virtio_host_inside(&((const struct vhost_net *)s)->host);
}

#define SELF struct vhost_net_params
static const struct param vhost_net_params[] = {VHOST_NET_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct virtio_host_metrics
static const struct metric vhost_net_metrics[] = {
	VIRTIO_HOST_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type vhost_net_type = {
	.name = "vhost_net",
	.doc = "vhost-net of 2009, both directions: a worker in the host's "
	       "kernel.",
	.size = sizeof(struct vhost_net),
	STAGE_ROWS(vhost_net),
	.in = PLUG_PCI,
	.out = PLUG_LINK,
	.duplex = true,
	.home = HOME_KTHREAD,
	.build = vhost_net_build,
	.start = vhost_net_start,
	.inside = vhost_net_inside,
};
