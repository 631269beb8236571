/* SPDX-License-Identifier: MIT */
#include "sim/task.h"

#include <assert.h>
#include <gsl/gsl_randist.h>

void task_queue_push(struct task_queue *q, struct task *t)
{
	t->next = NULL;
	if (q->head)
		q->tail->next = t;
	else
		q->head = t;
	q->tail = t;
}

void task_queue_push_front(struct task_queue *q, struct task *t)
{
	t->next = q->head;
	if (!q->head)
		q->tail = t;
	q->head = t;
}

struct task *task_queue_pop(struct task_queue *q)
{
	struct task *t = q->head;

	if (t)
		q->head = t->next;
	return t;
}

void task_resume(struct task *t)
{
	if (t->run(t, 0, t->owner) == DONE) {
		t->state = TASK_IDLE;
		task_paused(t);
		cpu_release(t->cpu);
	}
}

/* The way to the CPU is long only where the CPU has nothing to do: it is idle,
 * or the sleeper itself is the vCPU thread that blocked. */
static sim_time wake_latency(struct task *t)
{
	struct cpu *cpu = t->cpu;

	if (!cpu->wake || (cpu->running && cpu->running != t))
		return 0;
	return cost_draw(t->sim, cpu->wake);
}

/* Somebody has the CPU whom t cannot preempt, or its host has to give it back
 * first: there is nothing to wait for. */
static bool queues_at_once(const struct task *t)
{
	const struct task *r = t->cpu->running;

	return t->cpu->off || (r && r != t && r->level >= t->level);
}

static void task_wake(struct task *t)
{
	t->awaits = NULL;
	t->state = TASK_WAKING;
	note(t->sim, t->id, NOTE_WAKE, 0);
	if (queues_at_once(t)) {
		event_cancel(t->sim, &t->event);
		cpu_enter(t->cpu, t);
		return;
	}
	event_at(t->sim, &t->event, time_add(t->sim->now, wake_latency(t)));
}

static void task_fire(struct sim *sim, struct event *ev)
{
	struct task *t = (struct task *)ev;

	(void)sim;
	switch ((enum task_state)t->state) {
	case TASK_RUNNING:
		task_resume(t);
		return;
	case TASK_SLEEPING: /* the deadline */
		t->awaits->waiter = NULL;
		t->timed_out = true;
		task_wake(t);
		return;
	case TASK_WAKING:
		if (t->cpu->running != t) {
			cpu_enter(t->cpu, t);
			return;
		}
		t->state = TASK_RUNNING;
		task_got_cpu(t);
		task_resume(t);
		return;
	case TASK_IDLE:
	case TASK_READY:
		break;
	}
	assert(!"a task without a plan has no event");
}

void task_init(struct task *t, struct cpu *cpu, enum cpu_level level,
	       task_fn *run, void *owner, uint16_t id)
{
	*t = (struct task){
		.sim = cpu->sim,
		.cpu = cpu,
		.run = run,
		.owner = owner,
		.id = id,
		.level = (uint8_t)level,
	};
	event_init(t->sim, &t->event, task_fire);
}

void task_start(struct task *t)
{
	assert(t->state == TASK_IDLE);
	t->state = TASK_WAKING;
	if (queues_at_once(t))
		cpu_enter(t->cpu, t);
	else
		event_at(t->sim, &t->event, t->sim->now);
}

void task_spend(struct task *me, sim_time end)
{
	event_at(me->sim, &me->event, end);
}

/* A vCPU thread that blocks outside the guest keeps its vCPU. */
static void task_block(struct task *me)
{
	me->state = TASK_SLEEPING;
	note(me->sim, me->id, NOTE_SLEEP, 0);
	task_paused(me);
	if (me->level != LEVEL_EXIT)
		cpu_release(me->cpu);
}

void task_sleep(struct task *me, struct signal *s, sim_time deadline)
{
	assert(!s->waiter && deadline >= me->sim->now);
	s->waiter = me;
	me->awaits = s;
	task_block(me);
	if (deadline != SIM_NEVER)
		event_at(me->sim, &me->event, deadline);
}

void signal_raise(struct signal *s)
{
	struct task *t = s->waiter;

	s->raised = true;
	if (!t)
		return;
	s->waiter = NULL;
	task_wake(t);
}

bool task_set_level(struct task *me, enum cpu_level level)
{
	bool lowered = level < me->level;

	me->level = (uint8_t)level;
	if (!lowered || !cpu_contended(me->cpu, level))
		return false;
	cpu_requeue(me->cpu);
	return true;
}

bool task_yield(struct task *me)
{
	if (!(me->cpu->waiting >> me->level))
		return false;
	task_paused(me);
	cpu_yield(me->cpu);
	return true;
}

void task_step(struct task *me)
{
	struct sim *sim = me->sim;
	double mean = (double)sim->step;
	sim_time step = (sim_time)gsl_ran_exponential(sim->step_rng, mean) + 1;

	task_spend(me, time_add(sim->now, step));
}

/* Which task of its owner's it is says its place in the tournament. */
void task_trace(const struct task *t, enum note what)
{
	record(t->sim, t->id, what, t->event.leaf);
}

bool lock_take_slow(struct lock *l, struct task *me)
{
	task_queue_push(&l->waiters, me);
	task_block(me);
	return false;
}

void lock_hand_over(struct lock *l)
{
	l->holder = task_queue_pop(&l->waiters);
	task_wake(l->holder);
}
