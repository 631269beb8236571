/* SPDX-License-Identifier: MIT */
/*
 * Xen, as its guests feel it: domains and their vCPUs on physical CPUs, event
 * channels, and the ways to sleep. After Xen 4.3.0: common/event_channel.c,
 * schedule.c, sched_credit.c, arch/x86 entry.S.
 *
 * A domain is either interrupted (Linux: an upcall runs the handlers of its
 * pending ports, in an interrupt) or it looks by itself (a unikernel, whose
 * main loop scans and dispatches: mirage.h).
 *
 * An upcall is delivered when the vCPU is in the guest, or next gets there,
 * with upcall_pending set and upcall_mask clear; not while it is in Xen. So a
 * hypercall is not interrupted, and an event that comes during it is seen by
 * its checks first.
 */
#ifndef HYPERVISOR_XEN_H
#define HYPERVISOR_XEN_H

#include "models/hypervisor/evtchn.h"
#include "sim/stage.h"

struct domain;

/* A virtual CPU. Its tasks run on `cpu`, when Xen's scheduler lets them; with
 * nobody to run it blocks: an interrupted domain's by itself, a unikernel's
 * when its main loop sleeps in Xen. */
struct vcpu {
	struct cpu cpu; /* comes first */
	struct domain *domain;
	unsigned number;
	uint16_t id; /* as in note() */
	/* Raised when Xen unblocks a vCPU that sleeps in xen_block() or
	 * xen_poll(). */
	struct signal unblocked;
	bool slept;	    /* did the last xen_block() or xen_poll() sleep? */
	bool timed_out;	    /* was it the poll's timeout that ended it? */
	struct event timer; /* the singleshot timer */
	unsigned timer_port;
	struct event poll_timer;
	struct xen_vcpu *sched; /* the scheduler's own */
	/* Of domain.c and xen_sleep.c. */
	bool in_xen;   /* sleeps there: the way back delivers upcalls */
	uint8_t level; /* the task's before the hypercall */
	struct task upcall;
	struct evtchn_look look;
	int port; /* whose handler runs; 0: none */
	struct work *handler;
};

struct domain {
	struct stage *xen;
	const char *name;
	uint16_t id; /* as in note() */
	unsigned n_vcpus;
	struct vcpu *vcpus;
	struct evtchn events;
	bool interrupted; /* Linux: upcalls run handlers */
	/* Of a domain that is not: what its callback does in an upcall, whose
	 * first deed is to clear upcall_pending. It takes no time of its own.
	 * NULL: no more than that, and only on the way back from sleep. */
	void (*upcall)(struct vcpu *v);
	void *guest; /* the upcall's to know */
	unsigned n_ports;
	struct work **handlers[EVTCHN_WORDS];
	bool load;	 /* it is there to compete */
	unsigned weight; /* for the credit scheduler; 256 */
};

/* A new domain. `name` is borrowed. At set-up. */
struct domain *xen_domain(struct stage *xen, const char *name, unsigned n_vcpus,
			  bool interrupted);
/* Domain 0, with as many vCPUs as the row has it. At set-up. */
struct domain *xen_dom0(struct stage *xen);
/* The receive softirq of one of its vCPUs; xen_dom0() comes before. At set-up.
 */
struct softirq *xen_softirq(struct stage *xen, unsigned vcpu);

/* A free port of the domain, bound to that vCPU; from 1. In an interrupted
 * domain `handler` runs when it fires. 0: it has EVTCHN_PORTS already. */
unsigned xen_port(struct domain *d, unsigned vcpu, struct work *handler);

/* Makes bell a notification from anywhere to that port: EVTCHNOP_send. It
 * charges whoever rings for the hypercall. */
void xen_bind(struct doorbell *bell, struct domain *to, unsigned port);

/* A virtual interrupt, or another send whose cost is nobody's: sets the port
 * pending, now. */
void xen_send(struct domain *to, unsigned port);

/* EVTCHNOP_unmask, without its cost: what the mask held back is delivered. To
 * clear the bit alone there is evtchn_mask_clear(). */
void xen_unmask(struct domain *d, unsigned port);

/* Clears the vCPU's upcall_mask, and has a pending upcall delivered, as a guest
 * does that looks after it let upcalls in. To mask: set the flag. */
void xen_let_upcalls_in(struct vcpu *v);

/*
 * For the oracle: is an event pending on this port that will be found without
 * another one coming? In an interrupted domain: while its handler runs; if the
 * interrupt under way has yet to come to its word; and if it is pending, not
 * masked, selected, and upcall_pending. In any other: if it is pending, not
 * masked, selected, and the vCPU is awake, since a guest looks through what is
 * selected before it sleeps. Who sleeps in Xen is woken by marks when they are
 * made, never by those he went to sleep with: so what is pending then waits for
 * the next event or timer, whatever it is. Whether anybody is glad of a poll
 * that a masked port ends only the guest knows.
 */
bool xen_port_coming(const struct domain *d, unsigned port);

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
	/* It goes to sleep, with whatever is pending. NULL: nobody asks. */
	void (*sleeps)(struct xen_poll *poll);
};
TASK(xen_poll); /* owner: the struct xen_poll */

TASK(xen_yield); /* owner: the struct vcpu */

/* VCPUOP_set_singleshot_timer: the timer's port fires at `at` (absolute;
 * SIM_NEVER: stops it), or at once if that is past. What is more than 2^50 ns
 * ahead, 13 days, fires after the row timer_clamp: do_set_timer_op() takes it
 * for an overflow of the guest's. */
void xen_set_timer(struct vcpu *v, sim_time at, unsigned port);

/* The cost of any other hypercall; a sub-task, owner: the struct vcpu. */
TASK(xen_hypercall);

extern const struct stage_type xen_type;

#endif
