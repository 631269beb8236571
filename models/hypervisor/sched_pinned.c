/* SPDX-License-Identifier: MIT */
/*
 * Pinned: each vCPU has one pCPU for good, given in turn as domains are made.
 * Mostly that is its own, and then nobody is ever in its way. Where there are
 * more vCPUs than pCPUs those of one pCPU are served in the order in which they
 * woke: one runs until it sleeps, yields, or its slice ends.
 *
 * It is what one does with a machine to measure on: vcpu-pin in xl.
 */
#include "models/hypervisor/xen_inside.h"

static sim_time slice(const struct pcpu *p)
{
	return p->sched->xen->p.timeslice;
}

/* Slices follow each other while it runs, whether somebody waits or not. */
static void plan_look(struct pcpu *p)
{
	sim_time now = p->sched->sim->now;

	if (p->until <= now)
		p->until += ((now - p->until) / slice(p) + 1) * slice(p);
	sched_look(p, p->until);
}

static void pinned_wake(struct sched *s, struct xen_vcpu *v)
{
	struct pcpu *p = v->home;

	(void)s;
	if (!p->current) {
		sched_take(p, v);
		return;
	}
	vcpu_queue_push(p, v, 0);
	if (p->current->state == VCPU_RUNNING)
		plan_look(p);
}

static void pinned_next(struct pcpu *p)
{
	struct xen_vcpu *v = vcpu_queue_pop(p, 0);

	if (v)
		sched_take(p, v);
}

static void pinned_arrived(struct pcpu *p)
{
	p->until = p->sched->sim->now + slice(p);
	if (p->n_queued)
		plan_look(p);
}

static void pinned_look(struct pcpu *p)
{
	bool yielded = p->current->yielded;

	p->current->yielded = false;
	if (!p->n_queued)
		return;
	if (!yielded && p->sched->sim->now < p->until) {
		plan_look(p);
		return;
	}
	vcpu_queue_push(p, sched_leave(p), 0);
	pinned_next(p);
}

const struct sched_type sched_pinned = {
	.wake = pinned_wake,
	.next = pinned_next,
	.arrived = pinned_arrived,
	.look = pinned_look,
};
