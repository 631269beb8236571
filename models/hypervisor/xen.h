/* SPDX-License-Identifier: MIT */
/*
 * Xen, as its guests feel it: domains and their vCPUs on physical CPUs, event
 * channels, and the ways to sleep. After Xen 4.3.0: common/event_channel.c,
 * schedule.c, sched_credit.c, arch/x86 entry.S.
 *
 * A domain is either interrupted (Linux: an upcall runs the handlers of its
 * pending ports, in an interrupt) or it looks by itself (a unikernel, whose
 * main loop scans and dispatches: mirage.h).
 */
#ifndef HYPERVISOR_XEN_H
#define HYPERVISOR_XEN_H

#include "models/hypervisor/evtchn.h"
#include "sim/stage.h"

struct domain;

/* A virtual CPU. Its tasks run on `cpu`, when Xen's scheduler lets them; with
 * nobody to run it blocks. */
struct vcpu {
	struct cpu cpu;
	struct domain *domain;
	unsigned number;
	/* Raised when Xen unblocks a vCPU that sleeps in xen_block() or
	 * xen_poll(). */
	struct signal unblocked;
	struct event timer; /* the singleshot timer, or poll's timeout */
	struct xen_vcpu *sched; /* the scheduler's own */
};

struct domain {
	struct stage *xen;
	const char *name;
	uint16_t id; /* as in note() */
	unsigned n_vcpus;
	struct vcpu *vcpus;
	struct evtchn events;
	bool interrupted; /* Linux: upcalls run handlers */
};

/* A new domain. `name` is borrowed. At set-up. */
struct domain *xen_domain(struct stage *xen, const char *name,
			  unsigned n_vcpus, bool interrupted);

/* A free port of the domain, bound to that vCPU; from 1. In an interrupted
 * domain `handler` runs when it fires. */
unsigned xen_port(struct domain *d, unsigned vcpu, struct work *handler);

/* Makes bell a notification from anywhere to that port: EVTCHNOP_send. It
 * charges whoever rings for the hypercall. */
void xen_bind(struct doorbell *bell, struct domain *to, unsigned port);

/* A virtual interrupt, or another send whose cost is nobody's: sets the port
 * pending, now. */
void xen_send(struct domain *to, unsigned port);

/* The ways to sleep. Sub-tasks of a task on that vCPU. */

/* Enables upcalls and blocks until an event is pending; returns with upcalls
 * masked again. Owner: the struct vcpu. */
TASK(xen_block);

struct xen_poll {
	struct vcpu *vcpu;
	const uint16_t *ports; /* borrowed */
	unsigned n_ports;
	sim_time timeout; /* absolute; SIM_NEVER: none */
	int result;	  /* 0, or -EINVAL */
};
TASK(xen_poll); /* owner: the struct xen_poll */

TASK(xen_yield); /* owner: the struct vcpu */

/* VCPUOP_set_singleshot_timer: the timer's port fires at `at` (absolute;
 * SIM_NEVER: stops it). */
void xen_set_timer(struct vcpu *v, sim_time at, unsigned port);

/* The cost of any other hypercall; a sub-task, owner: the struct vcpu. */
TASK(xen_hypercall);

extern const struct stage_type xen_type;

#endif
