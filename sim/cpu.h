/* SPDX-License-Identifier: MIT */
/*
 * A CPU and who runs on it.
 *
 * One task runs at a time. A task of a higher level preempts one of a lower
 * level, whose remaining cost waits; among equals, first come, first served,
 * until the running one sleeps. A vCPU is such a CPU too: a vCPU thread that
 * has left guest mode runs at LEVEL_EXIT, where no guest interrupt reaches it,
 * and keeps the vCPU even while it is blocked in the host.
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

struct cpu {
	struct sim *sim;
	struct task *running;
	struct task_queue ready[NUM_LEVELS];
	/* From "runnable" to "running" on a CPU that was idle, or whose vCPU
	 * thread was blocked: leaving the idle state, the scheduler, the IPI.
	 * NULL: none. Borrowed. */
	struct cost *wake;
	sim_time busy_since; /* meaningful while somebody runs */
	sim_time busy;	     /* completed busy time since cpu_busy_reset() */
};

void cpu_init(struct cpu *cpu, struct sim *sim, struct cost *wake);

/* Time somebody had the CPU since the last reset, up to now; a vCPU thread that
 * is blocked outside the guest has it. */
sim_time cpu_busy(const struct cpu *cpu);
void cpu_busy_reset(struct cpu *cpu);

/* For task.c: t wants to run / the running task gives the CPU up / is there
 * somebody of a higher level waiting? */
void cpu_enter(struct cpu *cpu, struct task *t);
void cpu_release(struct cpu *cpu);
bool cpu_contended(const struct cpu *cpu, enum cpu_level above);
/* The running task goes back to the front of its queue. */
void cpu_requeue(struct cpu *cpu);

#endif
