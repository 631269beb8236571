/* SPDX-License-Identifier: MIT */
#include "models/hypervisor/mirage_inside.h"

#include <gsl/gsl_randist.h>

static const struct choice loops[] = {
	{"poll", PARAM_NONE, NULL, NULL,
	 "SCHEDOP_poll after each pass (to v0.9.6)."},
	{"block", PARAM_NONE, NULL, NULL,
	 "SCHEDOP_block when there is nothing to do (v0.9.7)."},
	{0}};

static const struct choice upcall_kinds[] = {
	{"masked", PARAM_NONE, NULL, NULL,
	 "Upcalls are masked while the guest runs, as Mirage has it."},
	{"taken", PARAM_NONE, NULL, NULL,
	 "Upcalls are let in, and take events away from the poll to come."},
	{0}};

/* --- the console -------------------------------------------------------- */

static void plan_key(struct mirage *m)
{
	double mean = (double)m->p.console_keys;
	sim_time wait = (sim_time)gsl_ran_exponential(m->keys, mean);

	event_at(m->stage.sim, &m->key, time_add(m->stage.sim->now, wait));
}

static void press_key(struct sim *sim, struct event *ev)
{
	struct mirage *m =
		(struct mirage *)((char *)ev - offsetof(struct mirage, key));

	(void)sim;
	counter_add(&m->m.keys, 1);
	xen_send(m->stage.domain, m->console_port);
	plan_key(m);
}

/* --- building ----------------------------------------------------------- */

struct event_line *mirage_line(struct stage *mirage, struct doorbell *bell,
			       const char *name)
{
	struct mirage *m = (struct mirage *)mirage;
	unsigned port = xen_port(mirage->domain, 0, NULL);

	if (m->p.mask)
		evtchn_mask(&mirage->domain->events, port);
	xen_bind(bell, mirage->domain, port);
	bell->coming = NULL; /* the line knows better: coming() */
	return activations_line(&m->activations, port, name);
}

static void build_activations(struct mirage *m)
{
	struct activations *a = &m->activations;
	struct stage *s = &m->stage;

	a->sim = s->sim;
	a->order = (enum wait_order)m->p.waiters.which;
	a->table = (unsigned)m->p.port_table;
	a->wake_all = m->p.wake_all && a->order != WAIT_COUNTER;
	a->by_port = sim_alloc(s->sim, EVTCHN_PORTS * sizeof *a->by_port);
	a->unheard = &m->m.unheard;
	a->dispatch = &m->dispatch;
	a->id = s->id;
	a->domain_id = s->domain->id;
}

static void build_ports(struct mirage *m)
{
	struct domain *d = m->stage.domain;

	m->console_port = xen_port(d, 0, NULL);
	m->timer_port = xen_port(d, 0, NULL);
	activations_line(&m->activations, m->console_port,
			 stage_part(&m->stage, "console"));
	m->keys = stage_rng(&m->stage, "keys");
	event_init(m->stage.sim, &m->key, press_key);
}

static void mirage_build(struct stage *s)
{
	struct mirage *m = (struct mirage *)s;

	m->vcpu = &s->domain->vcpus[0];
	s->domain->guest = m;
	stage_cost(s, &m->turn, &m->p.turn_cost, "turn_cost");
	stage_cost(s, &m->dispatch, &m->p.dispatch_cost, "dispatch_cost");
	build_activations(m);
	build_ports(m);
	mirage_build_timers(m);
	mirage_build_stack(m);
	mirage_build_loop(m);
}

static void mirage_start(struct stage *s)
{
	struct mirage *m = (struct mirage *)s;

	level_set(&m->m.running, s->sim, 1);
	task_start(&m->task);
	if (m->p.console_keys > 0)
		plan_key(m);
}

static void mirage_finish(struct stage *s)
{
	((struct mirage *)s)->m.busy =
		(double)cpu_busy(s->cpu) / (double)s->measure;
}

#define SELF struct mirage_params
static const struct param mirage_params[] = {MIRAGE_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct mirage_metrics
static const struct metric mirage_metrics[] = {MIRAGE_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type mirage_type = {
	.name = "mirage",
	.doc = "A Mirage unikernel of 2012 and 2013: main loop, threads, "
	       "stack.",
	.size = sizeof(struct mirage),
	STAGE_ROWS(mirage),
	.in = PLUG_NET,
	.out = PLUG_NET,
	.duplex = true,
	.system = true,
	.home = HOME_GUEST,
	.build = mirage_build,
	.start = mirage_start,
	.finish = mirage_finish,
	.inside = mirage_inside,
};
