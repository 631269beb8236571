/* SPDX-License-Identifier: MIT */
/*
 * A Mirage unikernel of 2012 and 2013: one vCPU, cooperative threads, a main
 * loop that looks for events, wakes threads, and asks Xen to sleep. After
 * mirage-platform, xen/runtime/kernel and xen/lib/main.ml.
 *
 *	poll	(to v0.9.6) look for events, fire timers, wake threads
 *		(activations.h), and then always SCHEDOP_poll on ports 1 to 10,
 *		with upcalls masked.
 *	block	(v0.9.7) look for events and wake threads until there are none,
 *		set the singleshot timer, SCHEDOP_block.
 *
 * In a path it stands between the protocols above and the device below and
 * charges what the stack costs per packet. Its threads are tasks of one level
 * on the domain's vCPU.
 */
#ifndef HYPERVISOR_MIRAGE_H
#define HYPERVISOR_MIRAGE_H

#include "models/hypervisor/xen.h"

struct executor *mirage_executor(struct stage *mirage);
struct timer_source *mirage_timers(struct stage *mirage);
/* The events of a new port, `name` says whose; `bell` rings it. At set-up,
 * after build(). */
struct event_line *mirage_line(struct stage *mirage, struct doorbell *bell,
			       const char *name);

extern const struct stage_type mirage_type;
extern const struct stage_type clients_type;

#endif
