/* SPDX-License-Identifier: MIT */
#include "models/hypervisor/qemu.h"

#include <assert.h>

#define QEMU_PARAMS(P)                                                         \
	P(COST, pass, "1.2us", "0ns", "1ms", "guess",                          \
	  "One turn of the main loop that does not sleep.")                    \
	P(TIME, timer_clamp, "250us", "0ns", "1s",                             \
	  "QEMU qemu-timer.c of early 2013, MIN_TIMER_REARM_NS",               \
	  "The alarm is never armed for less than this.")                      \
	P(COST, timer_latency, "50us", "0ns", "10ms", "guess",                 \
	  "From the alarm's expiry to its signal's arrival in the main loop.")

struct qemu_params {
	QEMU_PARAMS(PARAM_FIELD)
};

#define QEMU_METRICS(M)                                                        \
	M(COUNTER, passes, "1", "Turns of the main loop without a sleep.")     \
	M(COUNTER, sleeps, "1", "Times the main loop slept.")                  \
	M(NUMBER, busy, "1", "Share of the time its CPU was in use.")

struct qemu_metrics {
	QEMU_METRICS(METRIC_FIELD)
};

struct qemu {
	struct stage stage;
	struct qemu_params p;
	struct qemu_metrics m;
	struct executor executor;
	struct timer_source timers;
	struct lock big_lock;
	struct task task;
	struct signal woken;
	struct work_queue scheduled, turn; /* for the next turn; of this one */
	struct work *work;		   /* running */
	struct timer *armed;
	struct event alarm;
	sim_time alarm_due; /* while it is pending: without its latency */
	bool expired;	    /* it fired, and the loop has not turned since */
	struct cost pass, timer_latency;
};

static struct qemu *of_executor(struct executor *ex)
{
	return (struct qemu *)((char *)ex - offsetof(struct qemu, executor));
}

static struct qemu *of_timers(struct timer_source *ts)
{
	return (struct qemu *)((char *)ts - offsetof(struct qemu, timers));
}

static void schedule(struct executor *ex, struct work *w)
{
	struct qemu *q = of_executor(ex);

	if (work_queue_push(&q->scheduled, w))
		signal_raise(&q->woken);
}

/* For the earliest timer, within what the alarm can do. One that runs already
 * and comes first stays, whoever it was set for: to cancel a timer does not
 * touch it (qemu_del_timer, dynticks_rearm_timer). */
static void set_alarm(struct qemu *q)
{
	struct sim *sim = q->stage.sim;
	sim_time due = SIM_NEVER, soonest;

	for (struct timer *t = q->armed; t; t = t->next)
		due = t->due < due ? t->due : due;
	if (due == SIM_NEVER)
		return;
	soonest = time_add(sim->now, q->p.timer_clamp);
	due = due < soonest ? soonest : due;
	if (event_pending(sim, &q->alarm) && q->alarm_due <= due)
		return;
	q->alarm_due = due;
	event_at(sim, &q->alarm,
		 time_add(due, cost_draw(sim, &q->timer_latency)));
}

static void arm(struct timer_source *ts, struct timer *t, sim_time delay)
{
	struct qemu *q = of_timers(ts);

	assert(!t->armed);
	t->armed = true;
	t->due = time_add(q->stage.sim->now, delay);
	t->next = q->armed;
	q->armed = t;
	if (!q->expired)
		set_alarm(q);
}

static void unlink_timer(struct qemu *q, struct timer *t)
{
	struct timer **link = &q->armed;

	while (*link != t)
		link = &(*link)->next;
	*link = t->next;
	t->armed = false;
}

static void cancel(struct timer_source *ts, struct timer *t)
{
	struct qemu *q = of_timers(ts);

	if (t->armed)
		unlink_timer(q, t);
}

static void alarm_fires(struct sim *sim, struct event *ev)
{
	struct qemu *q =
		(struct qemu *)((char *)ev - offsetof(struct qemu, alarm));

	q->expired = true;
	note(sim, q->stage.id, NOTE_TIMER, 0);
	signal_raise(&q->woken);
}

/* The turn begins: timers that are due join what was scheduled. */
static void collect(struct qemu *q)
{
	struct timer *t = q->armed, *next;

	for (; t; t = next) {
		next = t->next;
		if (t->due > q->stage.sim->now)
			continue;
		unlink_timer(q, t);
		work_queue_push(&q->scheduled, t->work);
	}
	if (q->expired) {
		q->expired = false;
		set_alarm(q);
	}
	q->woken.raised = false;
	q->turn = q->scheduled;
	q->scheduled = (struct work_queue){0};
}

static TASK(main_loop)
{
	struct qemu *q = owner;

	TASK_BEGIN;
	for (;;) {
		counter_add(&q->m.sleeps, 1);
		AWAIT(&q->woken);
		LOCK(&q->big_lock);
		for (;;) {
			collect(q);
			while ((q->work = work_queue_pop(&q->turn)))
				CALL(q->work->run, q->work->owner);
			if (!q->woken.raised)
				break;
			counter_add(&q->m.passes, 1);
			SPEND(cost_draw(sim_, &q->pass));
		}
		UNLOCK(&q->big_lock);
	}
	TASK_END;
}

struct executor *qemu_executor(struct stage *qemu)
{
	return &((struct qemu *)qemu)->executor;
}

struct timer_source *qemu_timers(struct stage *qemu)
{
	return &((struct qemu *)qemu)->timers;
}

struct lock *qemu_big_lock(struct stage *qemu)
{
	return &((struct qemu *)qemu)->big_lock;
}

static void qemu_build(struct stage *s)
{
	struct qemu *q = (struct qemu *)s;

	q->executor.queue = schedule;
	q->timers = (struct timer_source){.arm = arm, .cancel = cancel};
	event_init(s->sim, &q->alarm, alarm_fires);
	stage_cost(s, &q->pass, &q->p.pass, "pass");
	stage_cost(s, &q->timer_latency, &q->p.timer_latency, "timer_latency");
	task_init(&q->task, s->cpu, LEVEL_THREAD, main_loop, q, s->id);
}

static void qemu_start(struct stage *s)
{
	task_start(&((struct qemu *)s)->task);
}

static void qemu_finish(struct stage *s)
{
	((struct qemu *)s)->m.busy =
		(double)cpu_busy(s->cpu) / (double)s->measure;
}

#define SELF struct qemu_params
static const struct param qemu_params[] = {QEMU_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct qemu_metrics
static const struct metric qemu_metrics[] = {QEMU_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type qemu_type = {
	.name = "qemu",
	.doc = "QEMU's main loop: bottom halves, timers and the big lock.",
	.size = sizeof(struct qemu),
	STAGE_ROWS(qemu),
	.home = HOME_MACHINE,
	.build = qemu_build,
	.start = qemu_start,
	.finish = qemu_finish,
};
