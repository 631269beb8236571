/* SPDX-License-Identifier: MIT */
/*
 * shm_signal: AlacrityVM's notification, three bytes for each side that may be
 * notified (lib/shm_signal.c of alacrityvm-linux, Haskins, 2009).
 *
 *	enabled	I want to be signalled
 *	dirty	something has changed; raised always, whoever wants it or not
 *	pending	a signal to me is on its way, or I am still busy with it
 *
 * Who has something to tell raises `dirty`; only if the other side is enabled
 * and nothing is pending it raises `pending` and signals. Who was signalled
 * works until nothing is dirty and only then lowers `pending`. So whatever
 * happens from the first signal to the end of the work costs no further one:
 * `pending` is an interrupt's in-service bit, but in memory, where lowering it
 * is a plain store and not an exit.
 *
 * Lowering `pending` races with a side that has just raised `dirty` and saw it
 * up: hence the look again after it, the outer loop of shm_wakeup(). The same
 * with enabling: who finds itself dirty then schedules the work itself, without
 * a trip across the boundary.
 *
 * The functions of the first half make one access to shared memory each and
 * know no time; the sub-tasks of the second half put them into order.
 */
#ifndef RING_SHM_SIGNAL_H
#define RING_SHM_SIGNAL_H

#include "sim/plug.h"
#include "sim/shm.h"

/* Shared. */
struct shm_signal {
	bool enabled, dirty, pending;
};

/* What the other side does to it. */
static inline void shm_mark(struct shm_signal *s)
{
	shm_store(s->dirty, true);
}

static inline bool shm_is_enabled(const struct shm_signal *s)
{
	return shm_load(s->enabled);
}

static inline bool shm_is_pending(const struct shm_signal *s)
{
	return shm_load(s->pending);
}

static inline void shm_pend(struct shm_signal *s)
{
	shm_store(s->pending, true);
}

/* What its owner does to it. */
static inline void shm_on(struct shm_signal *s)
{
	shm_store(s->enabled, true);
}

static inline void shm_off(struct shm_signal *s)
{
	shm_store(s->enabled, false);
}

static inline bool shm_is_dirty(const struct shm_signal *s)
{
	return shm_load(s->dirty);
}

static inline void shm_clean(struct shm_signal *s)
{
	shm_store(s->dirty, false);
}

static inline void shm_settle(struct shm_signal *s)
{
	shm_store(s->pending, false);
}

/* The end from which one is told: inject() is a sub-task with it as owner. */
struct shm_sender {
	struct shm_signal *to;
	task_fn *transport; /* carries a signal; its argument: */
	void *transport_arg;
	bool always; /* an alternative for comparison: signal every time */
};
TASK(shm_inject);

/* The end at which one is told. */
struct shm_receiver {
	struct shm_signal *me;
	task_fn *callback; /* what to do; its argument: */
	void *arg;
	/* Makes shm_wakeup() run soon, somewhere on this side. */
	void (*defer)(struct shm_receiver *r);
	void *defer_arg;
	bool in_wakeup;
};
/* A signal has arrived, or was deferred. */
TASK(shm_wakeup);
TASK(shm_enable);

#endif
