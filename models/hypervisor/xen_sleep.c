/* SPDX-License-Identifier: MIT */
/*
 * The ways to sleep in Xen, and timers.
 *
 *	block	upcalls on; an upcall is pending? return, else sleep
 *	poll	an upcall can be delivered, or a listed port is pending?
 *		return, else sleep, until the absolute timeout at the latest
 *	yield	stay runnable, let one go first
 *
 * From where Xen looks to where the vCPU is asleep nothing can come between.
 * The cost of the hypercall lies before.
 */
#include <errno.h>

#include "models/hypervisor/xen_inside.h"

#define TIMER_FAR ((sim_time)(((uint64_t)1 << 50) * SIM_NS))

static void xen_enter(struct task *me, struct vcpu *v)
{
	v->level = me->level;
	task_set_level(me, LEVEL_EXIT);
}

TASK(xen_hypercall)
{
	struct vcpu *v = owner;

	TASK_BEGIN;
	xen_enter(me, v);
	SPEND(cost_draw(sim_, &xen_of(v->domain)->hypercall));
	LEVEL(v->level);
	TASK_END;
}

/* The vCPU has been marked as asleep, or not; to the guest's code again. */
static TASK(sleep_in_xen)
{
	struct vcpu *v = owner;

	TASK_BEGIN;
	v->unblocked.raised = false;
	v->timed_out = false;
	v->in_xen = v->slept;
	LEVEL(v->level);
	if (v->slept) {
		AWAIT(&v->unblocked);
		v->in_xen = false;
	} else {
		counter_add(&xen_of(v->domain)->m.returns, 1);
	}
	CALL(xen_return_to_guest, v);
	TASK_END;
}

TASK(xen_block)
{
	struct vcpu *v = owner;

	TASK_BEGIN;
	xen_enter(me, v);
	SPEND(cost_draw(sim_, &xen_of(v->domain)->hypercall));
	counter_add(&xen_of(v->domain)->m.blocks, 1);
	v->sched->urgent = false;
	v->slept = evtchn_block(&v->domain->events, v->number);
	CALL(sleep_in_xen, v);
	events_of(v)->upcall_mask = true;
	TASK_END;
}

static void set_poll_timer(struct vcpu *v, sim_time at)
{
	struct sim *sim = v->cpu.sim;

	if (at != SIM_NEVER)
		event_at(sim, &v->poll_timer, at > sim->now ? at : sim->now);
}

/* Asks Xen. False: it is refused. */
static bool ask_poll(struct xen_poll *p)
{
	struct vcpu *v = p->vcpu;
	enum evtchn_poll what = evtchn_poll(&v->domain->events, v->number,
					    p->ports, p->n_ports);

	counter_add(&xen_of(v->domain)->m.polls, 1);
	counter_add(&xen_of(v->domain)->m.einvals, what == POLL_EINVAL);
	p->result = what == POLL_EINVAL ? -EINVAL : 0;
	v->slept = what == POLL_SLEEPS;
	v->sched->urgent = v->slept;
	if (v->slept)
		set_poll_timer(v, p->timeout);
	if (v->slept && p->sleeps)
		p->sleeps(p);
	return what != POLL_EINVAL;
}

TASK(xen_poll)
{
	struct xen_poll *p = owner;
	struct vcpu *v = p->vcpu;

	TASK_BEGIN;
	xen_enter(me, v);
	SPEND(cost_draw(sim_, &xen_of(v->domain)->hypercall));
	if (ask_poll(p)) {
		CALL(sleep_in_xen, v);
		event_cancel(sim_, &v->poll_timer);
	} else {
		LEVEL(v->level);
	}
	TASK_END;
}

TASK(xen_yield)
{
	struct vcpu *v = owner;

	TASK_BEGIN;
	CALL(xen_hypercall, v);
	counter_add(&xen_of(v->domain)->m.yields, 1);
	sched_give_way(v->sched);
	SPEND(0); /* the scheduler looks first */
	TASK_END;
}

/* --- timers ------------------------------------------------------------- */

void xen_set_timer(struct vcpu *v, sim_time at, unsigned port)
{
	struct sim *sim = v->cpu.sim;

	v->timer_port = port;
	if (at == SIM_NEVER) {
		event_cancel(sim, &v->timer);
		return;
	}
	if (at < sim->now)
		at = sim->now;
	if (at - sim->now > TIMER_FAR)
		at = time_add(sim->now, xen_of(v->domain)->p.timer_clamp);
	event_at(sim, &v->timer, at);
}

static void timer_fires(struct sim *sim, struct event *ev)
{
	struct vcpu *v =
		(struct vcpu *)((char *)ev - offsetof(struct vcpu, timer));

	note(sim, v->id, NOTE_TIMER, v->timer_port);
	xen_send(v->domain, v->timer_port);
}

static void poll_timer_fires(struct sim *sim, struct event *ev)
{
	struct vcpu *v =
		(struct vcpu *)((char *)ev - offsetof(struct vcpu, poll_timer));

	note(sim, v->id, NOTE_TIMER, 0);
	if (!evtchn_unblock(&v->domain->events, v->number))
		return;
	v->timed_out = true;
	signal_raise(&v->unblocked);
}

void xen_init_timers(struct vcpu *v)
{
	event_init(v->cpu.sim, &v->timer, timer_fires);
	event_init(v->cpu.sim, &v->poll_timer, poll_timer_fires);
}
