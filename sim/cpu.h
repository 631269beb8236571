/* SPDX-License-Identifier: MIT */
/*
 * A CPU and who runs on it.
 *
 * One task runs at a time. A task of a higher level preempts one of a lower
 * level, whose remaining cost waits; among equals, first come, first served,
 * until the running one sleeps. A vCPU is such a CPU too: a vCPU thread that
 * has left guest mode runs at LEVEL_EXIT, where no guest interrupt reaches it,
 * and keeps the vCPU even while it is blocked in the host.
 *
 * A virtual CPU may have a host, a scheduler that gives it a physical one and
 * takes it away. While it is off, who runs stops where it is, and who wakes
 * waits. (KVM's vCPUs have none: they have a physical CPU to themselves.)
 */
#ifndef SIM_CPU_H
#define SIM_CPU_H

#include "sim/cost.h"
#include "sim/sim.h"

struct task;

enum cpu_level {
	LEVEL_THREAD,
	LEVEL_SOFTIRQ,
	LEVEL_IRQ,
	LEVEL_EXIT, /* a vCPU outside the guest */
	NUM_LEVELS
};

struct task_queue {
	struct task *head, *tail;
};

struct cpu;

struct cpu_host {
	/* Somebody wants to run and the CPU is off; may be told repeatedly. In
	 * the end the host calls cpu_on(), but not from here. */
	void (*wanted)(struct cpu *cpu);
	/* It is on and nobody wants it any more. */
	void (*idle)(struct cpu *cpu);
};

struct cpu {
	struct sim *sim;
	struct task *running;
	const struct cpu_host *host; /* NULL: it is always on */
	bool off;
	struct task_queue ready[NUM_LEVELS];
	unsigned waiting; /* one bit per level at which somebody is ready */
	/* From "runnable" to "running" on a CPU that was idle, or whose vCPU
	 * thread was blocked: leaving the idle state, the scheduler, the IPI.
	 * NULL: none. Borrowed. */
	struct cost *wake;
	/* How long a thread keeps it from its equals, as far as it looks at
	 * this where it may be interrupted; 0: until it sleeps. */
	sim_time slice;
	sim_time busy_since; /* meaningful while somebody runs */
	sim_time busy;	     /* completed busy time since cpu_busy_reset() */
};

void cpu_init(struct cpu *cpu, struct sim *sim, struct cost *wake);

/* For hosts. A CPU that gets a host begins off. Neither may be called by a task
 * on that CPU, but from an event. */
void cpu_on(struct cpu *cpu);
void cpu_off(struct cpu *cpu);
/* Does anybody run, or want to? */
bool cpu_wanted(const struct cpu *cpu);

/* Time somebody had the CPU since the last reset, up to now; a vCPU thread that
 * is blocked outside the guest has it. */
sim_time cpu_busy(const struct cpu *cpu);
void cpu_busy_reset(struct cpu *cpu);

/* For task.c: t wants to run / the running task gives the CPU up / is there
 * somebody of a higher level waiting? */
void cpu_enter(struct cpu *cpu, struct task *t);
void cpu_release(struct cpu *cpu);
static inline bool cpu_contended(const struct cpu *cpu, enum cpu_level above)
{
	return cpu->waiting >> (above + 1);
}
/* The running task goes back to the front of its queue, or to its end. */
void cpu_requeue(struct cpu *cpu);
void cpu_yield(struct cpu *cpu);

#endif
