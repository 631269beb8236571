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
#include "models/ring/virtio_pci.h"

struct vhost_net {
	struct virtio_host host; /* comes first */
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

static void vhost_net_build(struct pv_host *host)
{
	struct stage *s = &host->stage;
	struct vhost_net *v = sim_alloc(s->sim, sizeof *v);

	v->executor.queue = queue;
	s->executor = &v->executor;
	v->host.executor = &v->executor;
	virtio_host_build(&v->host, host, on_kick);
	for (unsigned i = 0; i < 2 * VIRTIO_DEVICES; i++)
		host->backs[i].ioeventfd = true;
	task_init(&v->task, s->cpu, LEVEL_THREAD, worker, v, s->id);
}

static void vhost_net_start(struct pv_host *host)
{
	struct vhost_net *v = host->backend;

	virtio_host_start(&v->host);
	task_start(&v->task);
}

static uint64_t vhost_net_inside(const struct pv_host *host)
{
	return virtio_host_inside(host->backend);
}

const struct pv_backend pv_vhost_net = {.build = vhost_net_build,
					.start = vhost_net_start,
					.inside = vhost_net_inside};
