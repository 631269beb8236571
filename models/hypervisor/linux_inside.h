/* SPDX-License-Identifier: MIT */
/* What linux.c and host_stack.c share; nobody else's business. */
#ifndef HYPERVISOR_LINUX_INSIDE_H
#define HYPERVISOR_LINUX_INSIDE_H

#include "models/hypervisor/jiffies.h"
#include "models/hypervisor/linux.h"
#include "models/hypervisor/linux_stack.h"
#include "models/hypervisor/napi.h"

#define JIFFY_PARAM(P)                                                         \
	P(TIME, jiffy, "4ms", "1us", "1s",                                     \
	  "Linux kernel/Kconfig.hz: 250 Hz is the default",                    \
	  "Time between two ticks, the resolution of timers.")

/* Either's begins so. */
struct linux_system {
	struct stage stage;
	struct linux_stack stack;
	struct jiffies jiffies;
	struct net_rx *net_rx; /* NULL: none of its own */
};

#endif
