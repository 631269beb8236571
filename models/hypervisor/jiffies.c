/* SPDX-License-Identifier: MIT */
#include "models/hypervisor/jiffies.h"

static struct jiffies *of_timers(struct timer_source *ts)
{
	return (struct jiffies *)((char *)ts -
				  offsetof(struct jiffies, timers));
}

/* The tick at, or after, that time. */
static sim_time tick_after(const struct jiffies *j, sim_time at)
{
	sim_time late = at % j->jiffy;

	return late > 0 ? time_add(at, j->jiffy - late) : at;
}

static void plan(struct jiffies *j)
{
	if (j->armed)
		event_at(j->sim, &j->tick, j->armed->due);
	else
		event_cancel(j->sim, &j->tick);
}

/* In the order in which they are due; the same tick, first come. */
static void arm(struct timer_source *ts, struct timer *t, sim_time delay)
{
	struct jiffies *j = of_timers(ts);
	struct timer **link = &j->armed;

	assert(!t->armed);
	t->armed = true;
	t->due = tick_after(j, time_add(j->sim->now, delay));
	while (*link && (*link)->due <= t->due)
		link = &(*link)->next;
	t->next = *link;
	*link = t;
	if (j->armed == t)
		plan(j);
}

static void cancel(struct timer_source *ts, struct timer *t)
{
	struct jiffies *j = of_timers(ts);
	struct timer **link = &j->armed;
	bool first = j->armed == t;

	if (!t->armed)
		return;
	while (*link != t)
		link = &(*link)->next;
	*link = t->next;
	t->armed = false;
	if (first)
		plan(j);
}

static void queue_work(struct executor *ex, struct work *w)
{
	struct jiffies *j =
		(struct jiffies *)((char *)ex -
				   offsetof(struct jiffies, executor));

	work_queue_push(&j->queue, w);
	signal_raise(&j->raised);
}

static void tick(struct sim *sim, struct event *ev)
{
	struct jiffies *j =
		(struct jiffies *)((char *)ev - offsetof(struct jiffies, tick));

	while (j->armed && j->armed->due <= sim->now) {
		struct timer *t = j->armed;

		j->armed = t->next;
		t->armed = false;
		note(sim, j->id, NOTE_TIMER, 0);
		work_queue_push(&j->queue, t->work);
	}
	plan(j);
	signal_raise(&j->raised);
}

static TASK(run_work)
{
	struct jiffies *j = owner;

	TASK_BEGIN;
	for (;;) {
		AWAIT(&j->raised);
		j->raised.raised = false;
		while ((j->work = work_queue_pop(&j->queue)))
			CALL(j->work->run, j->work->owner);
	}
	TASK_END;
}

void jiffies_init(struct jiffies *j, struct cpu *cpu, sim_time jiffy,
		  const char *name)
{
	j->sim = cpu->sim;
	j->jiffy = jiffy;
	j->id = sim_owner(cpu->sim, name);
	j->executor.queue = queue_work;
	j->timers = (struct timer_source){.arm = arm, .cancel = cancel};
	event_init(j->sim, &j->tick, tick);
	task_init(&j->task, cpu, LEVEL_SOFTIRQ, run_work, j, j->id);
}

void jiffies_start(struct jiffies *j)
{
	task_start(&j->task);
}
