/* SPDX-License-Identifier: MIT */
/* What linux.c and host_stack.c share; nobody else's business. */
#ifndef HYPERVISOR_LINUX_INSIDE_H
#define HYPERVISOR_LINUX_INSIDE_H

#include "models/hypervisor/jiffies.h"
#include "models/hypervisor/linux.h"
#include "models/hypervisor/linux_stack.h"
#include "models/hypervisor/napi.h"

#define CLOCK_PARAMS(P)                                                        \
	P(TIME, jiffy, "4ms", "1us", "1s",                                     \
	  "Linux kernel/Kconfig.hz: 250 Hz is the default",                    \
	  "Time between two ticks, the resolution of timers.")                 \
	P(TIME, slice, "4ms", "0ns", "1s",                                     \
	  "Linux 3.6 kernel/sched/fair.c, sched_slice: 6 ms over the threads " \
	  "that want to run, looked at each tick",                             \
	  "How long a thread that writes and writes keeps the CPU from "       \
	  "others; 0: until it sleeps.")

/* Either's begins so. */
struct linux_system {
	struct stage stage;
	struct linux_stack stack;
	struct jiffies jiffies;
	struct net_rx *net_rx; /* NULL: none of its own */
};

#endif
