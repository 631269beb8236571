/* SPDX-License-Identifier: MIT */
/* The machine: rows, domain 0, and the domains that only compete. */
#include "models/hypervisor/xen_inside.h"

#include <gsl/gsl_randist.h>

/* --- load --------------------------------------------------------------- */

/* One of the domains that nobody asks for anything. */
struct load {
	struct xen *xen;
	struct task task;
	struct signal never;
	gsl_rng *rng;
};

static sim_time draw(const struct load *l, sim_time mean)
{
	return (sim_time)gsl_ran_exponential(l->rng, (double)mean) + 1;
}

static TASK(compete)
{
	struct load *l = owner;

	TASK_BEGIN;
	for (;;) {
		AWAIT_UNTIL(&l->never,
			    time_add(sim_->now, draw(l, l->xen->p.load_sleep)));
		SPEND(draw(l, l->xen->p.load_run));
	}
	TASK_END;
}

static void start_load(struct xen *x, unsigned i)
{
	struct stage *s = &x->stage;
	struct load *l = sim_alloc(s->sim, sizeof *l);
	struct domain *d;
	const char *name;

	name = sim_format(s->sim, "%s.load%u", s->name, i);
	d = xen_domain(s, name, 1, true);
	d->load = true;
	l->xen = x;
	l->rng = rng_stream(s->sim, name);
	task_init(&l->task, &d->vcpus[0].cpu, LEVEL_THREAD, compete, l, d->id);
	task_start(&l->task);
}

/* --- the machine -------------------------------------------------------- */

static void xen_build(struct stage *s)
{
	struct xen *x = (struct xen *)s;

	stage_cost(s, &x->evtchn_send, &x->p.evtchn_send, "evtchn_send");
	stage_cost(s, &x->upcall, &x->p.upcall, "upcall");
	stage_cost(s, &x->hypercall, &x->p.hypercall, "hypercall");
	stage_cost(s, &x->wake, &x->p.wake, "wake");
	stage_cost(s, &x->cstate_exit, &x->p.cstate_exit, "cstate_exit");
	stage_cost(s, &x->context_switch, &x->p.context_switch,
		   "context_switch");
	stage_cost(s, &x->softirq, &x->p.softirq_cost, "softirq_cost");
	sched_init(&x->sched, x);
}

/* Last, so that with pinned it takes the pCPUs that are left. */
static void xen_start(struct stage *s)
{
	struct xen *x = (struct xen *)s;

	for (unsigned i = 0; x->dom0 && i < x->dom0->n_vcpus; i++)
		if (x->softirqs[i].task.run)
			net_rx_start(&x->softirqs[i]);
	for (unsigned i = 0; i < (unsigned)x->p.load_vcpus; i++)
		start_load(x, i);
}

static void xen_finish(struct stage *s)
{
	struct xen *x = (struct xen *)s;

	x->m.steal = (x->m.woken.sum + x->m.preempted.sum) / (double)s->measure;
}

#define SELF struct xen_params
static const struct param xen_params[] = {XEN_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct xen_metrics
static const struct metric xen_metrics[] = {XEN_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type xen_type = {
	.name = "xen",
	.doc = "Xen: domains, event channels, and who has a physical CPU.",
	.size = sizeof(struct xen),
	STAGE_ROWS(xen),
	.home = HOME_MACHINE,
	.build = xen_build,
	.start = xen_start,
	.finish = xen_finish,
};
