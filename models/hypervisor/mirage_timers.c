/* SPDX-License-Identifier: MIT */
/*
 * Mirage's clock and its queue of paused threads. A timer fires when the main
 * loop comes by after it is due, not earlier: the loop is its resolution.
 */
#include "models/hypervisor/mirage_inside.h"

static void queue_work(struct executor *ex, struct work *w)
{
	struct mirage *m = (struct mirage *)((char *)ex -
					     offsetof(struct mirage, executor));

	work_queue_push(&m->queue, w);
}

static struct mirage *of_timers(struct timer_source *ts)
{
	return (struct mirage *)((char *)ts - offsetof(struct mirage, timers));
}

/* In the order in which they are due; the same time, first come. */
static void arm(struct timer_source *ts, struct timer *t, sim_time delay)
{
	struct mirage *m = of_timers(ts);
	struct timer **link = &m->armed;

	assert(!t->armed);
	t->armed = true;
	t->due = time_add(m->stage.sim->now, delay);
	while (*link && (*link)->due <= t->due)
		link = &(*link)->next;
	t->next = *link;
	*link = t;
}

static void cancel(struct timer_source *ts, struct timer *t)
{
	struct timer **link = &of_timers(ts)->armed;

	if (!t->armed)
		return;
	while (*link != t)
		link = &(*link)->next;
	*link = t->next;
	t->armed = false;
}

sim_time mirage_next_due(const struct mirage *m)
{
	if (m->queue.head)
		return m->stage.sim->now;
	return m->armed ? m->armed->due : SIM_NEVER;
}

static const char *name_of(const struct timer *t)
{
	return t->name ? t->name : "a timer";
}

struct work *mirage_next_work(struct mirage *m)
{
	struct work *w = work_queue_pop(&m->queue);
	struct timer *t = m->armed;

	if (w || !t || t->due > m->stage.sim->now)
		return w;
	cancel(&m->timers, t);
	note(m->stage.sim, m->stage.id, NOTE_TIMER, 0);
	if (!m->activations.because)
		m->activations.because = name_of(t);
	return t->work;
}

void mirage_timer_woke(struct mirage *m)
{
	if (m->armed)
		m->activations.because = name_of(m->armed);
}

struct executor *mirage_executor(struct stage *mirage)
{
	return &((struct mirage *)mirage)->executor;
}

struct timer_source *mirage_timers(struct stage *mirage)
{
	return &((struct mirage *)mirage)->timers;
}

void mirage_build_timers(struct mirage *m)
{
	m->executor.queue = queue_work;
	m->timers = (struct timer_source){
		.arm = arm, .cancel = cancel, .sole = true};
}
