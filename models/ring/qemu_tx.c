/* SPDX-License-Identifier: MIT */
/*
 * QEMU's virtio-net transmit, as of February 2013 (hw/virtio-net.c, the code
 * that the "backend too fast" patch was posted against).
 *
 * bh		A kick turns notifications off and schedules a bottom half. The
 *		bottom half flushes the ring; after a full burst, or as long as
 *		the rest policy wants to look again, it schedules itself. Else
 *		it turns notifications on and flushes once more, for the entry
 *		that raced with it; only if that finds nothing it sleeps.
 * timer	The first kick turns notifications off and arms a timer; when it
 *		fires, notifications go on and the ring is flushed. A kick while
 *		the timer runs cancels it and flushes at once, in the context of
 *		whoever handles the kick. Nobody comes back after a full burst:
 *		a ring with more slots than that can fill up and stall for good
 *		(so did QEMU's, until "virtio-net: fix TX timer with tx_burst",
 *		Vivier, qemu-devel, 20 Oct 2022).
 *
 * While notifications are on, each pop moves the event index to the newest
 * entry seen, so a guest that publishes during a flush kicks although the flush
 * would find its entry anyway: a wasted exit.
 *
 * Left out: a backend that would block, and what QEMU then does.
 */
#include "models/ring/backend.h"
#include "models/ring/types.h"

static const struct choice modes[] = {
	{"bh", PARAM_NONE, NULL, NULL, "Flush in a bottom half (tx=bh)."},
	{"timer", PARAM_NONE, NULL, NULL,
	 "Flush when a timer fires (tx=timer)."},
	{0}};

enum { MODE_BH, MODE_TIMER };

#define QEMU_TX_PARAMS(P)                                                      \
	BACKEND_PARAMS(P)                                                      \
	P(CHOICE, mode, "bh", modes, 0, "QEMU hw/virtio-net.c, 2013",          \
	  "How transmission is mitigated.")                                    \
	P(COUNT, burst, "256", "1", "65535",                                   \
	  "QEMU hw/virtio-net.c, 2013, x-txburst",                             \
	  "Packets flushed in one go.")                                        \
	P(TIME, timer, "150us", "1us", "100s",                                 \
	  "QEMU hw/virtio-net.c, 2013, x-txtimer",                             \
	  "From the first kick to the flush in timer mode.")                   \
	P(SWITCH, ioeventfd, "off", 0, 0,                                      \
	  "Hajnoczi, qemu-devel, 18 Feb 2013: off by default",                 \
	  "Kicks are light exits that the main loop handles.")

struct qemu_tx_params {
	QEMU_TX_PARAMS(PARAM_FIELD)
};

struct qemu_tx {
	struct stage stage;
	struct qemu_tx_params p;
	struct backend_metrics m;
	struct backend b;
	struct work bh, on_timer;
	struct timer timer;
	bool waiting;	  /* bh scheduled, or timer armed */
	unsigned flushed; /* by the last flush */
};

/* Moves up to a burst. */
static TASK(flush)
{
	struct qemu_tx *q = owner;

	TASK_BEGIN;
	q->flushed = 0;
	counter_add(&q->m.looks, 1);
	while (q->flushed < q->p.burst && ring_look_avail(q->b.back.ring)) {
		CALL(backend_move_one, &q->b);
		q->flushed++;
	}
	counter_add(&q->m.empty_looks, q->flushed == 0);
	counter_add(&q->m.short_looks, q->flushed < q->p.burst);
	TASK_END;
}

static void schedule_bh(struct qemu_tx *q)
{
	q->waiting = true;
	q->stage.executor->queue(q->stage.executor, &q->bh);
}

/* virtio_queue_set_notification(1): the index as it is now. */
static TASK(notify_on)
{
	struct qemu_tx *q = owner;

	TASK_BEGIN;
	STEP();
	ring_look_avail(q->b.back.ring);
	STEP();
	backend_kick_on(&q->b);
	shm_fence();
	STEP();
	TASK_END;
}

/* Its bottom half or its timer runs, or a kick flushes. */
static void wakes(struct qemu_tx *q, const char *by)
{
	waiter_wakes(&q->b.sleeper.waiter, by);
	waiter_looks(&q->b.sleeper.waiter);
}

static TASK(tx_bh)
{
	struct qemu_tx *q = owner;

	TASK_BEGIN;
	q->waiting = false;
	wakes(q, q->b.sleeper.notified);
	CALL(flush, q);
	if (rest_again(&q->b.rest, sim_->now, q->flushed)) {
		schedule_bh(q);
		TASK_RETURN;
	}
	CALL(notify_on, q);
	q->flushed = 0;
	if (q->p.recheck)
		CALL(flush, q);
	if (q->flushed > 0) {
		STEP();
		backend_kick_off(&q->b);
		schedule_bh(q);
		TASK_RETURN;
	}
	rest_slept(&q->b.rest);
	counter_add(&q->m.sleeps, 1);
	waiter_sleeps(&q->b.sleeper.waiter);
	TASK_END;
}

/* Asking comes first, so the flush is the second look as well. */
static TASK(ask_and_flush)
{
	struct qemu_tx *q = owner;

	TASK_BEGIN;
	q->waiting = false;
	if (!q->p.recheck)
		CALL(flush, q);
	CALL(notify_on, q);
	if (q->p.recheck)
		CALL(flush, q);
	waiter_sleeps(&q->b.sleeper.waiter);
	TASK_END;
}

static TASK(tx_timer)
{
	struct qemu_tx *q = owner;

	TASK_BEGIN;
	record(sim_, q->stage.id, NOTE_TIMER, 0);
	wakes(q, q->timer.name);
	CALL(ask_and_flush, q);
	counter_add(&q->m.sleeps, 1);
	TASK_END;
}

static TASK(kick_in_timer_mode)
{
	struct qemu_tx *q = owner;
	struct timer_source *clock = q->stage.timers;

	TASK_BEGIN;
	if (!q->waiting) {
		clock->arm(clock, &q->timer, q->p.timer);
		q->waiting = true;
		backend_kick_off(&q->b);
		TASK_RETURN;
	}
	counter_add(&q->m.wasted_kicks, 1);
	clock->cancel(clock, &q->timer);
	wakes(q, q->b.sleeper.notified);
	CALL(ask_and_flush, q);
	TASK_END;
}

static TASK(on_kick)
{
	struct qemu_tx *q = owner;

	TASK_BEGIN;
	counter_add(&q->m.kicks, 1);
	if (q->p.mode.which == MODE_TIMER) {
		CALL(kick_in_timer_mode, q);
		TASK_RETURN;
	}
	if (q->waiting) {
		counter_add(&q->m.wasted_kicks, 1);
		waiter_spent(&q->b.sleeper.waiter, CAUSE_COALESCED);
		TASK_RETURN;
	}
	backend_kick_off(&q->b);
	schedule_bh(q);
	waiter_wakes(&q->b.sleeper.waiter, q->b.sleeper.notified);
	TASK_END;
}

/* For the oracle: will it look at the ring? */
static bool look_coming(void *arg)
{
	const struct qemu_tx *q = arg;

	return q->bh.queued || q->timer.armed || q->on_timer.queued ||
	       backend_kick_coming(&q->b);
}

static void qemu_tx_build(struct stage *s)
{
	struct qemu_tx *q = (struct qemu_tx *)s;

	q->bh = (struct work){.run = tx_bh, .owner = q};
	q->on_timer = (struct work){.run = tx_timer, .owner = q};
	q->timer.work = &q->on_timer;
	q->b.back.on_kick = (struct work){.run = on_kick, .owner = q};
	q->b.back.ioeventfd = q->p.ioeventfd;
	backend_build(&q->b, s, &q->m, &q->p.packet_cost, &q->p.rest,
		      (unsigned)q->p.burst);
	backend_sleeper(&q->b, "tx", look_coming);
	q->timer.name = stage_part(s, "timer");
}

static void qemu_tx_start(struct stage *s)
{
	backend_start(&((struct qemu_tx *)s)->b);
}

static void qemu_tx_finish(struct stage *s)
{
	backend_finish(&((struct qemu_tx *)s)->b);
}

static uint64_t qemu_tx_inside(const struct stage *s)
{
	return backend_inside(&((const struct qemu_tx *)s)->b);
}

#define SELF struct qemu_tx_params
static const struct param qemu_tx_params[] = {QEMU_TX_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct backend_metrics
static const struct metric qemu_tx_metrics[] = {BACKEND_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type qemu_tx_type = {
	.name = "qemu_tx",
	.doc = "QEMU's virtio-net transmit of 2013, in its main loop.",
	.size = sizeof(struct qemu_tx),
	STAGE_ROWS(qemu_tx),
	.in = PLUG_RING,
	.out = PLUG_PORT,
	.home = HOME_QEMU,
	.build = qemu_tx_build,
	.start = qemu_tx_start,
	.finish = qemu_tx_finish,
	.inside = qemu_tx_inside,
};
