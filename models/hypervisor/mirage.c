/* SPDX-License-Identifier: MIT */
#include "models/hypervisor/mirage_inside.h"

#include <gsl/gsl_randist.h>
#include <stdio.h>

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

/* For the oracle: an event is pending on the port. Will the main loop find it,
 * or Xen wake it for it? What a scan cannot see (masked, or not selected) still
 * ends a poll that lists it, and a pass may wake everybody then. */
static bool will_see(void *owner, unsigned port)
{
	struct mirage *m = owner;
	const struct evtchn *e = &m->stage.domain->events;
	uint64_t bit = (uint64_t)1 << port % 64;
	bool found;

	if (!(e->pending[port / 64] & bit))
		return false;
	found = !(e->mask[port / 64] & bit) &&
		(e->vcpus[0].pending_sel >> port / 64 & 1);
	if (m->p.loop.which == LOOP_BLOCK || !m->scanned ||
	    (m->asleep && m->vcpu->unblocked.raised))
		return found;
	return port >= 1 && port <= m->p.poll_ports &&
	       (found || m->activations.wake_all);
}

/* Clears what is pending and not masked, and remembers it. */
static void take_pending(struct mirage *m, bool blame)
{
	uint16_t ports[64];
	unsigned n;

	while ((n = evtchn_scan(&m->stage.domain->events, 0, ports, 64)) > 0)
		for (unsigned i = 0; i < n; i++) {
			note(m->stage.sim, m->stage.id, NOTE_CLEAR, ports[i]);
			activations_latch(&m->activations, ports[i]);
			if (blame)
				activations_blame(&m->activations, ports[i]);
		}
}

/* evtchn_poll() */
static void scan(struct mirage *m)
{
	take_pending(m, true);
	m->scanned = true;
}

/* An upcall that finds the guest running takes what is pending: nobody looks at
 * what it remembers before the next pass. */
static void take_events(struct vcpu *v)
{
	struct mirage *m = v->domain->guest;
	struct waited_port *p;

	take_pending(m, m->asleep);
	for (p = m->activations.latched; p; p = p->next_called)
		if (p->line.waiter)
			waiter_spent(p->line.waiter, CAUSE_CONSUMED);
}

static TASK(let_threads_run)
{
	(void)owner;
	TASK_BEGIN;
	while (me->cpu->ready[me->level].head)
		YIELD();
	TASK_END;
}

/* What was queued, and timers that are due. */
static TASK(run_due)
{
	struct mirage *m = owner;

	TASK_BEGIN;
	m->activations.turn = TURN_BEFORE_PASS;
	for (;;) {
		m->work = mirage_next_work(m);
		if (!m->work)
			break;
		CALL(m->work->run, m->work->owner);
	}
	CALL(let_threads_run, NULL);
	TASK_END;
}

static void wakes(struct mirage *m)
{
	m->asleep = false;
	m->scanned = false;
	m->activations.turn = TURN_BEFORE_PASS;
	level_set(&m->m.running, m->stage.sim, 1);
	counter_add(&m->m.empty_sleeps, !m->vcpu->slept);
}

static void sleeps(struct mirage *m)
{
	m->asleep = true;
	m->vcpu->unblocked.raised = false;
	m->activations.because = NULL;
	counter_add(&m->m.sleeps, 1);
	level_set(&m->m.running, m->stage.sim, 0);
}

static void complain(struct mirage *m)
{
	counter_add(&m->m.einvals, 1);
	m->stage.remark = m->remark;
}

static TASK(sleep_in_poll)
{
	struct mirage *m = owner;

	TASK_BEGIN;
	m->poll.timeout = mirage_next_timer(m);
	m->poll.n_ports = (unsigned)m->p.poll_ports;
	sleeps(m);
	CALL(xen_poll, &m->poll);
	wakes(m);
	if (m->poll.result < 0)
		complain(m);
	TASK_END;
}

static TASK(sleep_in_block)
{
	struct mirage *m = owner;

	TASK_BEGIN;
	xen_set_timer(m->vcpu, mirage_next_timer(m), m->timer_port);
	CALL(xen_hypercall, m->vcpu);
	sleeps(m);
	CALL(xen_block, m->vcpu);
	wakes(m);
	TASK_END;
}

/* Not in v0.9.6: is there an event already? */
static bool look_again(struct mirage *m)
{
	scan(m);
	return activations_any(&m->activations);
}

static TASK(loop_poll)
{
	struct mirage *m = owner;

	TASK_BEGIN;
	for (;;) {
		SPEND(cost_draw(sim_, &m->turn));
		scan(m);
		CALL(run_due, m);
		CALL(activations_run, &m->activations);
		if (m->p.poll_recheck && look_again(m))
			continue;
		CALL(sleep_in_poll, m);
	}
	TASK_END;
}

static TASK(loop_block)
{
	struct mirage *m = owner;

	TASK_BEGIN;
	for (;;) {
		CALL(run_due, m);
		SPEND(cost_draw(sim_, &m->turn));
		scan(m);
		if (activations_any(&m->activations)) {
			CALL(activations_run, &m->activations);
			if (m->p.recheck)
				continue;
		}
		CALL(sleep_in_block, m);
	}
	TASK_END;
}

static void press_key(struct sim *sim, struct event *ev)
{
	struct mirage *m =
		(struct mirage *)((char *)ev - offsetof(struct mirage, key));
	double mean = (double)m->p.console_keys;

	if (sim->now > 0) {
		counter_add(&m->m.keys, 1);
		xen_send(m->stage.domain, m->console_port);
	}
	event_at(sim, ev,
		 time_add(sim->now,
			  (sim_time)gsl_ran_exponential(m->keys, mean)));
}

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
	a->will_see = will_see;
	a->owner = m;
}

static void build_ports(struct mirage *m)
{
	struct stage *s = &m->stage;
	uint16_t *ports;
	char name[96];

	m->console_port = xen_port(s->domain, 0, NULL);
	m->timer_port = xen_port(s->domain, 0, NULL);
	snprintf(name, sizeof name, "%s.console", s->name);
	activations_line(&m->activations, m->console_port,
			 sim_strdup(s->sim, name));
	m->poll.vcpu = m->vcpu;
	ports = sim_alloc(s->sim, EVTCHN_PORTS * sizeof *ports);
	for (unsigned i = 0; i < m->p.poll_ports; i++)
		ports[i] = (uint16_t)(i + 1);
	m->poll.ports = ports;
	snprintf(name, sizeof name, "%s.keys", s->name);
	m->keys = rng_stream(s->sim, name);
	event_init(s->sim, &m->key, press_key);
}

static void build_remark(struct mirage *m)
{
	snprintf(m->remark, sizeof m->remark,
		 "SCHEDOP_poll with %d ports is refused (-EINVAL): Xen's limit "
		 "is %d; the guest spins",
		 (int)m->p.poll_ports, POLL_PORTS_MAX);
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
	build_remark(m);
	mirage_build_timers(m);
	mirage_build_stack(m);
	if (m->p.upcalls.which == UPCALLS_TAKEN) {
		s->domain->events.vcpus[0].upcall_mask = false;
		s->domain->upcall = take_events;
	}
	task_init(&m->task, s->cpu, LEVEL_THREAD,
		  m->p.loop.which == LOOP_POLL ? loop_poll : loop_block, m,
		  s->id);
}

static void mirage_start(struct stage *s)
{
	struct mirage *m = (struct mirage *)s;

	level_set(&m->m.running, s->sim, 1);
	task_start(&m->task);
	if (m->p.console_keys > 0)
		press_key(s->sim, &m->key);
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
	.home = HOME_GUEST,
	.build = mirage_build,
	.start = mirage_start,
	.finish = mirage_finish,
	.inside = mirage_inside,
};
