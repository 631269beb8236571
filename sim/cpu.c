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
	t->state = TASK_READY;
	task_queue_push_front(&cpu->ready[t->level], t);
}

void cpu_enter(struct cpu *cpu, struct task *t)
{
	struct task *r = cpu->running;

	if (r && r->level >= t->level) {
		t->state = TASK_READY;
		t->left = 0;
		task_queue_push(&cpu->ready[t->level], t);
		return;
	}
	if (r)
		cpu_preempt(cpu);
	cpu_give(cpu, t);
	task_resume(t);
}

/* The next one starts through the engine, not from here: its caller is still
 * on the C stack. */
void cpu_release(struct cpu *cpu)
{
	for (int level = NUM_LEVELS - 1; level >= 0; level--) {
		struct task *t = task_queue_pop(&cpu->ready[level]);

		if (!t)
			continue;
		cpu_give(cpu, t);
		event_at(cpu->sim, &t->event, time_add(cpu->sim->now, t->left));
		t->left = 0;
		return;
	}
	cpu->busy += cpu->sim->now - cpu->busy_since;
	cpu->running = NULL;
}

bool cpu_contended(const struct cpu *cpu, enum cpu_level above)
{
	for (int level = above + 1; level < NUM_LEVELS; level++)
		if (cpu->ready[level].head)
			return true;
	return false;
}

void cpu_requeue(struct cpu *cpu)
{
	struct task *t = cpu->running;

	t->state = TASK_READY;
	t->left = 0;
	task_queue_push_front(&cpu->ready[t->level], t);
	cpu_release(cpu);
}
