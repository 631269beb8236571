/* SPDX-License-Identifier: MIT */
#include "sim/cpu.h"

#include <assert.h>

#include "sim/task.h"

void cpu_init(struct cpu *cpu, struct sim *sim, struct cost *wake)
{
	*cpu = (struct cpu){.sim = sim, .wake = wake};
}

sim_time cpu_busy(const struct cpu *cpu)
{
	return cpu->busy + (cpu->running ? cpu->sim->now - cpu->busy_since : 0);
}

void cpu_busy_reset(struct cpu *cpu)
{
	cpu->busy = 0;
	cpu->busy_since = cpu->sim->now;
}

static void cpu_give(struct cpu *cpu, struct task *t)
{
	if (!cpu->running)
		cpu->busy_since = cpu->sim->now;
	cpu->running = t;
	t->state = TASK_RUNNING;
	task_got_cpu(t);
}

static void cpu_take(struct cpu *cpu)
{
	cpu->busy += cpu->sim->now - cpu->busy_since;
	cpu->running = NULL;
}

static void cpu_queue(struct cpu *cpu, struct task *t)
{
	t->state = TASK_READY;
	t->left = 0;
	task_queue_push(&cpu->ready[t->level], t);
	cpu->waiting |= 1u << t->level;
}

/* In front of its equals. */
static void cpu_queue_first(struct cpu *cpu, struct task *t)
{
	task_paused(t);
	t->state = TASK_READY;
	task_queue_push_front(&cpu->ready[t->level], t);
	cpu->waiting |= 1u << t->level;
}

/* Who is interrupted has its end planned; what is left of it waits in front of
 * its equals. (Only at LEVEL_EXIT, which nobody preempts, is a CPU kept by one
 * that sleeps.) */
static void cpu_preempt(struct cpu *cpu)
{
	struct task *t = cpu->running;
	struct sim *sim = cpu->sim;

	assert(t->state == TASK_RUNNING);
	t->left = event_due(sim, &t->event) - sim->now;
	event_cancel(sim, &t->event);
	cpu_queue_first(cpu, t);
}

void cpu_enter(struct cpu *cpu, struct task *t)
{
	struct task *r = cpu->running;

	if (cpu->off) {
		cpu_queue(cpu, t);
		cpu->host->wanted(cpu);
		return;
	}
	if (r && r->level >= t->level) {
		cpu_queue(cpu, t);
		return;
	}
	if (r)
		cpu_preempt(cpu);
	cpu_give(cpu, t);
	task_resume(t);
}

static struct task *cpu_pop(struct cpu *cpu)
{
	int level = 31 - __builtin_clz(cpu->waiting);
	struct task *t = task_queue_pop(&cpu->ready[level]);

	if (!cpu->ready[level].head)
		cpu->waiting &= ~(1u << level);
	return t;
}

/* The next one starts through the engine, not from here: its caller is still
 * on the C stack. */
static bool cpu_give_next(struct cpu *cpu)
{
	struct task *t;

	if (!cpu->waiting)
		return false;
	t = cpu_pop(cpu);
	cpu_give(cpu, t);
	event_at(cpu->sim, &t->event, time_add(cpu->sim->now, t->left));
	t->left = 0;
	return true;
}

void cpu_release(struct cpu *cpu)
{
	if (cpu_give_next(cpu))
		return;
	cpu_take(cpu);
	if (cpu->host)
		cpu->host->idle(cpu);
}

void cpu_on(struct cpu *cpu)
{
	assert(cpu->off);
	cpu->off = false;
	if (!cpu_give_next(cpu))
		cpu->host->idle(cpu);
}

void cpu_off(struct cpu *cpu)
{
	assert(cpu->host && !cpu->off);
	cpu->off = true;
	if (!cpu->running)
		return;
	cpu_preempt(cpu);
	cpu_take(cpu);
}

bool cpu_wanted(const struct cpu *cpu)
{
	return cpu->running || cpu->waiting;
}

void cpu_requeue(struct cpu *cpu)
{
	struct task *t = cpu->running;

	t->left = 0;
	cpu_queue_first(cpu, t);
	cpu_release(cpu);
}

void cpu_yield(struct cpu *cpu)
{
	cpu_queue(cpu, cpu->running);
	cpu_release(cpu);
}
