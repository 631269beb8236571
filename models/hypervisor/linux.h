/* SPDX-License-Identifier: MIT */
/*
 * Linux as the system of a guest, and at the end of a path in domain 0: its
 * network stack, timers and softirq. In a path `linux` stands between the
 * protocols above and the driver below, as `mirage` does; host_stack stands
 * between protocols and the link that a backend hands packets to.
 */
#ifndef HYPERVISOR_LINUX_H
#define HYPERVISOR_LINUX_H

#include "sim/stage.h"

/* What the neighbours of either find in their stage. */
struct executor *linux_executor(struct stage *s);
struct timer_source *linux_timers(struct stage *s);
struct softirq *linux_softirq(struct stage *s); /* NULL: host_stack has none */

extern const struct stage_type linux_type;
extern const struct stage_type host_stack_type;

#endif
