/* SPDX-License-Identifier: MIT */
/* Domains: their vCPUs as Xen hosts them, their ports, events and upcalls. */
#include <assert.h>

#include "models/hypervisor/xen_inside.h"

/* --- vCPUs -------------------------------------------------------------- */

/* Of an interrupted domain: a timer of its own, or another of its vCPUs. A
 * unikernel that sleeps in Xen is woken by nothing but Xen. */
static void vcpu_wanted(struct cpu *cpu)
{
	struct vcpu *v = vcpu_of(cpu);

	assert(v->domain->interrupted || !events_of(v)->blocked);
	if (v->domain->interrupted)
		evtchn_unblock(&v->domain->events, v->number);
	sched_wake(v->sched);
}

/* Linux's idle loop blocks; it comes back at once if an upcall is pending. */
static void vcpu_idle(struct cpu *cpu)
{
	struct vcpu *v = vcpu_of(cpu);
	struct domain *d = v->domain;

	if (d->interrupted) {
		if (!evtchn_block(&d->events, v->number))
			return;
		counter_add(&xen_of(d)->m.blocks, !d->load);
	}
	sched_sleep(v->sched);
}

const struct cpu_host xen_host = {.wanted = vcpu_wanted, .idle = vcpu_idle};

/* --- upcalls ------------------------------------------------------------ */

/* Linux's __xen_evtchn_do_upcall(): each port is cleared before its handler
 * runs, so an event that comes during it is another one. */
static TASK(run_handlers)
{
	struct vcpu *v = owner;
	struct domain *d = v->domain;

	TASK_BEGIN;
	evtchn_look_begin(&d->events, v->number, &v->look);
	while ((v->port = evtchn_look_next(&d->events, v->number, &v->look)) >
	       0) {
		evtchn_clear(&d->events, (unsigned)v->port);
		note(sim_, d->id, NOTE_CLEAR, (unsigned)v->port);
		v->handler = d->handlers[v->port / 64][v->port % 64];
		if (v->handler)
			CALL(v->handler->run, v->handler->owner);
	}
	v->port = 0;
	TASK_END;
}

/* Upcalls until none is pending; masked meanwhile. */
static TASK(take_upcalls)
{
	struct vcpu *v = owner;
	struct evtchn_vcpu *ev = events_of(v);

	TASK_BEGIN;
	while (evtchn_deliverable(&v->domain->events, v->number)) {
		ev->upcall_mask = true;
		counter_add(&xen_of(v->domain)->m.upcalls, 1);
		SPEND(cost_draw(sim_, &xen_of(v->domain)->upcall));
		if (v->domain->interrupted) {
			CALL(run_handlers, v);
		} else {
			ev->upcall_pending = false;
			if (v->domain->upcall)
				v->domain->upcall(v);
		}
		ev->upcall_mask = false;
	}
	TASK_END;
}

TASK(xen_return_to_guest)
{
	TASK_BEGIN;
	CALL(take_upcalls, owner);
	TASK_END;
}

/* Into the guest's code, if it is there or may go there. */
static void deliver(struct vcpu *v)
{
	const struct domain *d = v->domain;

	if (v->in_xen || !(d->interrupted || d->upcall))
		return;
	if (v->upcall.state == TASK_IDLE &&
	    evtchn_deliverable(&d->events, v->number))
		task_start(&v->upcall);
}

/* --- events ------------------------------------------------------------- */

void xen_act_on(struct domain *d, unsigned vcpu, struct evtchn_sent sent)
{
	for (uint32_t set = sent.unblock; set; set &= set - 1) {
		struct vcpu *v = &d->vcpus[__builtin_ctz(set)];

		if (v->in_xen)
			signal_raise(&v->unblocked);
	}
	if (sent.upcall)
		deliver(&d->vcpus[vcpu]);
}

static bool send(struct domain *d, unsigned port)
{
	struct xen *xen = xen_of(d);
	struct evtchn_sent sent = evtchn_set_pending(&d->events, port);

	counter_add(&xen->m.events, 1);
	counter_add(&xen->m.merged, sent.merged);
	note(xen->stage.sim, d->id, sent.merged ? NOTE_MERGED : NOTE_PENDING,
	     port);
	if (!sent.merged)
		xen_act_on(d, d->events.vcpu_of[port], sent);
	return sent.merged;
}

void xen_send(struct domain *to, unsigned port)
{
	send(to, port);
}

void xen_unmask(struct domain *d, unsigned port)
{
	xen_act_on(d, d->events.vcpu_of[port], evtchn_unmask(&d->events, port));
}

void xen_let_upcalls_in(struct vcpu *v)
{
	events_of(v)->upcall_mask = false;
	deliver(v);
}

/* --- ports -------------------------------------------------------------- */

unsigned xen_port(struct domain *d, unsigned vcpu, struct work *handler)
{
	unsigned port = d->n_ports + 1;
	struct work ***word = &d->handlers[port / 64];

	assert(vcpu < d->n_vcpus);
	if (port >= EVTCHN_PORTS)
		return 0;
	d->n_ports = port;
	d->events.vcpu_of[port] = (uint8_t)vcpu;
	if (!*word)
		*word = sim_alloc(d->xen->sim, 64 * sizeof **word);
	(*word)[port % 64] = handler;
	return port;
}

struct binding {
	struct domain *to;
	unsigned port;
};

/* Nobody is woken by an unmasked port whom only masked ones wake: the switch
 * unmasked_wakes_poller. */
static enum cause came_to_nought(const struct binding *b, bool merged)
{
	const struct evtchn *e = &b->to->events;

	if (merged)
		return CAUSE_COALESCED;
	if (evtchn_is_masked(e, b->port))
		return CAUSE_MASKED;
	return e->vcpus[e->vcpu_of[b->port]].blocked ? CAUSE_NOBODY
						     : CAUSE_NONE;
}

/* Who rings may be a task on any CPU; one of Xen's is in Xen meanwhile. */
static TASK(ring_port)
{
	struct doorbell *bell = owner;
	struct binding *b = bell->owner;
	struct vcpu *v = vcpu_of(me->cpu);

	TASK_BEGIN;
	bell->under_way++;
	if (v) {
		v->level = me->level;
		LEVEL(LEVEL_EXIT);
	}
	SPEND(cost_draw(sim_, &xen_of(b->to)->evtchn_send));
	bell->spent = (unsigned char)came_to_nought(b, send(b->to, b->port));
	bell->under_way--;
	if (v)
		LEVEL(v->level);
	TASK_END;
}

static bool bell_coming(const struct doorbell *bell)
{
	const struct binding *b = bell->owner;

	return xen_port_coming(b->to, b->port);
}

void xen_bind(struct doorbell *bell, struct domain *to, unsigned port)
{
	struct binding *b = sim_alloc(to->xen->sim, sizeof *b);

	assert(port > 0 && port <= to->n_ports);
	b->to = to;
	b->port = port;
	bell->owner = b;
	bell->ring = ring_port;
	bell->coming = bell_coming;
}

/* The interrupt that is under way took its word from the selector. */
static bool still_looked_at(const struct vcpu *v, unsigned port)
{
	const struct evtchn_look *l = &v->look;

	if (!(l->sel >> port / 64 & 1))
		return false;
	return (unsigned)__builtin_ctzll(l->sel) != port / 64 ||
	       port % 64 >= l->from;
}

bool xen_port_coming(const struct domain *d, unsigned port)
{
	const struct evtchn *e = &d->events;
	const struct vcpu *v = &d->vcpus[e->vcpu_of[port]];

	if (v->port == (int)port)
		return true;
	if (!evtchn_is_pending(e, port) || evtchn_is_masked(e, port))
		return false;
	if (d->interrupted && still_looked_at(v, port))
		return true;
	return evtchn_is_selected(e, port) && !events_of(v)->blocked &&
	       (!d->interrupted || events_of(v)->upcall_pending);
}

/* --- at set-up ---------------------------------------------------------- */

static void init_vcpu(struct domain *d, unsigned number)
{
	struct vcpu *v = &d->vcpus[number];
	struct sim *sim = d->xen->sim;

	cpu_init(&v->cpu, sim, NULL);
	v->cpu.host = &xen_host;
	v->cpu.off = true;
	v->domain = d;
	v->number = number;
	v->id = sim_owner(sim, sim_format(sim, "%s.vcpu%u", d->name, number));
	task_init(&v->upcall, &v->cpu, LEVEL_IRQ, take_upcalls, v, v->id);
	xen_init_timers(v);
	v->sched = sched_add(&xen_of(d)->sched, v);
	events_of(v)->upcall_mask = !d->interrupted;
}

struct domain *xen_domain(struct stage *xen, const char *name, unsigned n_vcpus,
			  bool interrupted)
{
	struct domain *d = sim_alloc(xen->sim, sizeof *d);
	const struct xen *x = (const struct xen *)xen;

	d->xen = xen;
	d->name = name;
	d->id = sim_owner(xen->sim, name);
	d->interrupted = interrupted;
	d->weight = WEIGHT_DEFAULT;
	d->n_vcpus = n_vcpus;
	d->vcpus = sim_alloc(xen->sim, n_vcpus * sizeof *d->vcpus);
	evtchn_init(&d->events, n_vcpus);
	d->events.unmasked_wakes_poller = x->p.unmasked_wakes_poller;
	for (unsigned i = 0; i < n_vcpus; i++)
		init_vcpu(d, i);
	return d;
}

static struct domain *new_dom0(struct xen *x)
{
	unsigned n = (unsigned)x->p.dom0_vcpus;
	struct domain *d = xen_domain(&x->stage, "dom0", n, true);

	d->weight = (unsigned)x->p.dom0_weight;
	x->softirqs = sim_alloc(x->stage.sim, n * sizeof *x->softirqs);
	return d;
}

struct domain *xen_dom0(struct stage *xen)
{
	struct xen *x = (struct xen *)xen;

	if (!x->dom0)
		x->dom0 = new_dom0(x);
	return x->dom0;
}

struct softirq *xen_softirq(struct stage *xen, unsigned vcpu)
{
	struct xen *x = (struct xen *)xen;
	struct softirq_conf conf = SOFTIRQ_CONF(&x->p, &x->m, &x->softirq);
	struct net_rx *q = &x->softirqs[vcpu];

	if (!q->task.run)
		net_rx_init(q, &x->dom0->vcpus[vcpu].cpu, &conf,
			    sim_format(xen->sim, "dom0.softirq%u", vcpu));
	return &q->softirq;
}
