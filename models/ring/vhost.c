/* SPDX-License-Identifier: MIT */
/*
 * vhost-net transmit: a kernel worker thread (Linux 3.6 to 5.2, drivers/vhost).
 *
 * A kick is a light exit that wakes the worker. It turns notifications off and
 * takes packets; on an empty ring it busy-polls as long as the rest policy has
 * it (busyloop_timeout; 0, rest: sleep, by default), then publishes the newest
 * index it has seen, looks again, and sleeps if there is still nothing. After
 * 256 packets or 512 KiB (VHOST_NET_PKT_WEIGHT, VHOST_NET_WEIGHT) it queues
 * itself behind other work.
 *
 * Left out: receive, zero copy, batched completion.
 */
#include "models/ring/backend.h"
#include "models/ring/types.h"

#define VHOST_PARAMS(P)                                                        \
	BACKEND_PARAMS(P)                                                      \
	P(COST, poll_cost, "100ns", "1ns", "1ms", "guess",                     \
	  "One look at the ring while busy-polling.")                          \
	P(COST, requeue_cost, "500ns", "0ns", "1ms", "guess",                  \
	  "From queueing itself to starting over.")                            \
	P(COUNT, weight_packets, "256", "1", "1000000",                        \
	  "Linux drivers/vhost/net.c, VHOST_NET_PKT_WEIGHT",                   \
	  "Packets before it queues itself behind other work.")                \
	P(SIZE, weight, "512KiB", "1B", "1GiB",                                \
	  "Linux drivers/vhost/net.c, VHOST_NET_WEIGHT",                       \
	  "Bytes before it queues itself behind other work.")

struct vhost_params {
	VHOST_PARAMS(PARAM_FIELD)
};

struct vhost {
	struct stage stage;
	struct vhost_params p;
	struct backend_metrics m;
	struct backend b;
	struct executor executor; /* the worker; runs nothing but on_kick */
	struct task task;
	struct signal kicked;
	struct cost poll_cost, requeue_cost;
	uint64_t packets, bytes; /* of the backend, when it started over */
};

static void wake_worker(struct executor *ex, struct work *w)
{
	struct vhost *v =
		(struct vhost *)((char *)ex - offsetof(struct vhost, executor));

	(void)w;
	counter_add(&v->m.kicks, 1);
	counter_add(&v->m.wasted_kicks, v->kicked.raised);
	waiter_wakes(&v->b.sleeper.waiter, v->b.sleeper.notified);
	signal_raise(&v->kicked);
}

static bool is_heavy(const struct vhost *v)
{
	return v->b.packets - v->packets >= (uint64_t)v->p.weight_packets ||
	       v->b.bytes - v->bytes >= (uint64_t)v->p.weight;
}

static void start_over(struct vhost *v)
{
	v->packets = v->b.packets;
	v->bytes = v->b.bytes;
}

static TASK(move_one)
{
	struct vhost *v = owner;

	TASK_BEGIN;
	CALL(backend_move_one, &v->b);
	rest_again(&v->b.rest, sim_->now, 1);
	if (is_heavy(v)) {
		start_over(v);
		SPEND(cost_draw(sim_, &v->requeue_cost));
	}
	TASK_END;
}

/* handle_tx: until the ring is empty, and stays empty after asking. */
static TASK(handle_tx)
{
	struct vhost *v = owner;
	struct ring *r = v->b.back.ring;

	TASK_BEGIN;
	start_over(v);
	backend_kick_off(&v->b);
	for (;;) {
		STEP();
		counter_add(&v->m.looks, 1);
		while (ring_look_avail(r))
			CALL(move_one, v);
		counter_add(&v->m.empty_looks, 1);
		if (rest_again(&v->b.rest, sim_->now, 0)) {
			SPEND(cost_draw(sim_, &v->poll_cost));
			continue;
		}
		STEP();
		backend_kick_on(&v->b);
		shm_fence();
		STEP();
		waiter_looks(&v->b.sleeper.waiter);
		if (!v->p.recheck || ring_look_avail(r) == 0)
			break;
		STEP();
		backend_kick_off(&v->b);
	}
	rest_slept(&v->b.rest);
	counter_add(&v->m.sleeps, 1);
	TASK_END;
}

static TASK(worker)
{
	struct vhost *v = owner;

	TASK_BEGIN;
	for (;;) {
		AWAIT(&v->kicked);
		v->kicked.raised = false;
		waiter_wakes(&v->b.sleeper.waiter, v->b.sleeper.notified);
		CALL(handle_tx, v);
		waiter_sleeps(&v->b.sleeper.waiter);
	}
	TASK_END;
}

/* For the oracle. */
static bool look_coming(void *arg)
{
	const struct vhost *v = arg;

	return v->kicked.raised || backend_kick_coming(&v->b);
}

static void vhost_build(struct stage *s)
{
	struct vhost *v = (struct vhost *)s;

	v->executor.queue = wake_worker;
	s->executor = &v->executor;
	v->b.back.ioeventfd = true;
	stage_cost(s, &v->poll_cost, &v->p.poll_cost, "poll_cost");
	stage_cost(s, &v->requeue_cost, &v->p.requeue_cost, "requeue_cost");
	backend_build(&v->b, s, &v->m, &v->p.packet_cost, &v->p.rest,
		      UINT32_MAX);
	backend_sleeper(&v->b, "worker", look_coming);
	task_init(&v->task, s->cpu, LEVEL_THREAD, worker, v, s->id);
}

static void vhost_start(struct stage *s)
{
	struct vhost *v = (struct vhost *)s;

	backend_start(&v->b);
	task_start(&v->task);
}

static void vhost_finish(struct stage *s)
{
	backend_finish(&((struct vhost *)s)->b);
}

static uint64_t vhost_inside(const struct stage *s)
{
	return backend_inside(&((const struct vhost *)s)->b);
}

#define SELF struct vhost_params
static const struct param vhost_params[] = {VHOST_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct backend_metrics
static const struct metric vhost_metrics[] = {BACKEND_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type vhost_type = {
	.name = "vhost",
	.doc = "vhost-net transmit: a worker thread in the host's kernel.",
	.size = sizeof(struct vhost),
	STAGE_ROWS(vhost),
	.in = PLUG_RING,
	.out = PLUG_PORT,
	.home = HOME_KTHREAD,
	.build = vhost_build,
	.start = vhost_start,
	.finish = vhost_finish,
	.inside = vhost_inside,
};
