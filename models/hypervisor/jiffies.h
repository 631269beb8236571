/* SPDX-License-Identifier: MIT */
/*
 * Linux's timers and deferred work on one CPU. A timer fires at the first tick
 * of the clock after it is due, in a softirq; a CPU that is asleep is woken for
 * it (Linux kernel/timer.c, kernel/time/tick-sched.c).
 */
#ifndef HYPERVISOR_JIFFIES_H
#define HYPERVISOR_JIFFIES_H

#include "sim/plug.h"

struct jiffies {
	struct executor executor;
	struct timer_source timers;
	struct sim *sim;
	struct task task;
	struct signal raised;
	struct event tick; /* at which the first timer fires */
	struct timer *armed;
	struct work_queue queue;
	struct work *work; /* running */
	sim_time jiffy;
	uint16_t id;
};

/* `name` speaks in notes. At set-up. */
void jiffies_init(struct jiffies *j, struct cpu *cpu, sim_time jiffy,
		  const char *name);
void jiffies_start(struct jiffies *j);

#endif
