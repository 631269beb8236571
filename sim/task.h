/* SPDX-License-Identifier: MIT */
/*
 * Tasks: driver code that reads like the driver.
 *
 * A driver's bugs are a matter of order: look, arm, look again, sleep. So its
 * model is sequential code. A task is a stackless coroutine: a C function that
 * is left at a pause and entered again at the same place.
 *
 *	TASK(consumer)
 *	{
 *		struct consumer *c = owner;
 *
 *		TASK_BEGIN;
 *		for (;;) {
 *			AWAIT(&c->kicked);
 *			c->kicked.raised = false;
 *			CALL(consume_all, c);
 *			SPEND(cost_draw(c->sim, &c->tidy_up));
 *		}
 *		TASK_END;
 *	}
 *
 * How it works. TASK_BEGIN opens `switch (the line where I paused)`; a pause
 * notes its line, returns, and leaves a `case` for that line behind. Hence the
 * rules:
 *   - a local variable does not survive a pause, unless it is initialised
 *     above TASK_BEGIN from `owner`, which happens again at each entry. State
 *     lives in the owner.
 *   - one pause per source line, and none inside a `switch` of your own.
 *   - leave a task with TASK_RETURN, never with return.
 *   - CALL runs another TASK as a sub-task: its pauses pause the caller. Its
 *     frame is the next entry of me->line; a result goes through the owner.
 *     The argument is evaluated again at each entry.
 *
 * SPEND(cost) uses the CPU for `cost`. When nothing else is due at or before
 * its end the clock just moves and the code runs on: no event, no return. That
 * is what makes ringsim fast; keep it inlined. The order of everything else is
 * the same either way, because nothing else happens.
 *
 * STEP() stands between two accesses to shared memory: it is where another
 * party could get in between. It costs nothing, unless the run was given a time
 * for it (sim->step): then it takes that long on average, at random, and the
 * races that the driver's order is there to win take place.
 *
 * Threads of a guest without preemption are tasks of one level on its vCPU:
 * each runs until it sleeps or yields.
 */
#ifndef SIM_TASK_H
#define SIM_TASK_H

#include <assert.h>

#include "sim/cpu.h"
#include "sim/sim.h"

enum pause { DONE, PAUSED };

typedef enum pause task_fn(struct task *me, unsigned depth, void *owner);

enum task_state {
	TASK_IDLE,     /* not started, or returned */
	TASK_READY,    /* waits for its CPU */
	TASK_RUNNING,  /* has its CPU; spends time, or just executes */
	TASK_SLEEPING, /* waits for a signal or a lock */
	TASK_WAKING    /* signalled; on the way to its CPU */
};

#define TASK_DEPTH 20 /* sub-tasks within sub-tasks */

struct task {
	struct event event; /* end of a spending, a sleep or a wake-up */
	struct sim *sim;
	struct cpu *cpu;
	task_fn *run;
	void *owner;
	struct task *next;	   /* in a queue of a CPU or a lock */
	struct signal *awaits;	   /* while asleep, unless for a lock */
	sim_time left;		   /* of a preempted spending */
	uint16_t line[TASK_DEPTH]; /* where each frame paused */
	uint16_t id;		   /* as in note() */
	uint8_t level;		   /* enum cpu_level */
	uint8_t state;		   /* enum task_state */
	bool timed_out; /* the last AWAIT_UNTIL ended by its deadline */
};

/* Something to sleep for: a flag with at most one sleeper. The sleeper lowers
 * it. */
struct signal {
	bool raised;
	struct task *waiter;
};

/* A mutex, handed over in the order of arrival. A waiter that runs at
 * LEVEL_EXIT keeps its CPU. */
struct lock {
	struct task *holder;
	struct task_queue waiters;
};

void task_init(struct task *t, struct cpu *cpu, enum cpu_level level,
	       task_fn *run, void *owner, uint16_t id);
/* Makes an idle task run from its beginning, now, without wake latency. */
void task_start(struct task *t);
/* Wakes the sleeper, if any, and leaves the flag up. */
void signal_raise(struct signal *s);

#define TASK(name) enum pause name(struct task *me, unsigned depth, void *owner)

#define TASK_BEGIN                                                             \
	struct sim *const sim_ = me->sim;                                      \
	(void)sim_;                                                            \
	assert(depth < TASK_DEPTH);                                            \
	switch (me->line[depth]) {                                             \
	case 0:

#define TASK_END                                                               \
	}                                                                      \
	me->line[depth] = 0;                                                   \
	return DONE

#define TASK_RETURN                                                            \
	do {                                                                   \
		me->line[depth] = 0;                                           \
		return DONE;                                                   \
	} while (0)

#define PAUSE_HERE_                                                            \
	do {                                                                   \
		me->line[depth] = (uint16_t)__LINE__;                          \
		return PAUSED;                                                 \
	case __LINE__:;                                                        \
	} while (0)

#define SPEND(cost)                                                            \
	do {                                                                   \
		sim_time end_ = time_add(sim_->now, (cost));                   \
		if (likely(end_ < sim_->next && end_ > sim_->now)) {           \
			sim_->now = end_;                                      \
		} else {                                                       \
			task_spend(me, end_);                                  \
			PAUSE_HERE_;                                           \
		}                                                              \
	} while (0)

#define STEP()                                                                 \
	do {                                                                   \
		if (unlikely(sim_->step)) {                                    \
			task_step(me);                                         \
			PAUSE_HERE_;                                           \
		}                                                              \
	} while (0)

/* Lets everybody who waits for this CPU go first. */
#define YIELD()                                                                \
	do {                                                                   \
		if (task_yield(me))                                            \
			PAUSE_HERE_;                                           \
	} while (0)

#define CALL(task, arg)                                                        \
	do {                                                                   \
		me->line[depth] = (uint16_t)__LINE__;                          \
		__attribute__((fallthrough));                                  \
	case __LINE__:                                                         \
		if ((task)(me, depth + 1, (arg)) == PAUSED)                    \
			return PAUSED;                                         \
	} while (0)

#define AWAIT(signal_)                                                         \
	do {                                                                   \
		me->line[depth] = (uint16_t)__LINE__;                          \
		__attribute__((fallthrough));                                  \
	case __LINE__:                                                         \
		if (!(signal_)->raised) {                                      \
			task_sleep(me, (signal_), SIM_NEVER);                  \
			return PAUSED;                                         \
		}                                                              \
	} while (0)

/* Also ends at `deadline`, which is not past; then me->timed_out. */
#define AWAIT_UNTIL(signal_, deadline)                                         \
	do {                                                                   \
		me->timed_out = false;                                         \
		if (!(signal_)->raised) {                                      \
			task_sleep(me, (signal_), (deadline));                 \
			PAUSE_HERE_;                                           \
		}                                                              \
	} while (0)

#define LOCK(lock_)                                                            \
	do {                                                                   \
		if (!lock_take((lock_), me))                                   \
			PAUSE_HERE_;                                           \
	} while (0)

#define UNLOCK(lock_) lock_give((lock_))

/* Goes on at another level; whoever has waited for that goes first. */
#define LEVEL(level_)                                                          \
	do {                                                                   \
		if (task_set_level(me, (level_)))                              \
			PAUSE_HERE_;                                           \
	} while (0)

/* For the macros. */
void task_spend(struct task *me, sim_time end);
void task_sleep(struct task *me, struct signal *s, sim_time deadline);
bool task_set_level(struct task *me, enum cpu_level level);
bool task_yield(struct task *me);
void task_step(struct task *me);
bool lock_take_slow(struct lock *l, struct task *me);
void lock_hand_over(struct lock *l);
/* For cpu.c: runs t until its next pause. */
void task_resume(struct task *t);

/* t got its CPU; it gave it up, or lost it. Only who traces is told. */
void task_trace(const struct task *t, enum note what);
static inline void task_got_cpu(const struct task *t)
{
	if (unlikely(t->sim->tracing))
		task_trace(t, NOTE_RUN);
}
static inline void task_paused(const struct task *t)
{
	if (unlikely(t->sim->tracing))
		task_trace(t, NOTE_PAUSE);
}

/* True: it is yours. False: you are in the queue, pause. */
static inline bool lock_take(struct lock *l, struct task *me)
{
	if (unlikely(l->holder))
		return lock_take_slow(l, me);
	l->holder = me;
	return true;
}

static inline void lock_give(struct lock *l)
{
	l->holder = NULL;
	if (unlikely(l->waiters.head))
		lock_hand_over(l);
}

/* Queues of tasks, linked through task.next. */
void task_queue_push(struct task_queue *q, struct task *t);
void task_queue_push_front(struct task_queue *q, struct task *t);
struct task *task_queue_pop(struct task_queue *q); /* NULL: empty */

#endif
