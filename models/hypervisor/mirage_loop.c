/* SPDX-License-Identifier: MIT */
/*
 * Mirage's main loops, and what the oracle asks about them.
 *
 * An event is seen by a look for events, which clears it, and heard by the pass
 * that comes after. The old loop looks once a turn, long before it sleeps: it
 * is Xen that looks last, at the ports that are polled. The new one sleeps only
 * after a look that found nothing.
 */
#include "models/hypervisor/mirage_inside.h"

/* --- for the oracle ----------------------------------------------------- */

static bool sleeps_in_xen(const struct mirage *m)
{
	return m->stage.domain->events.vcpus[0].blocked;
}

/* Would a look find it? */
static bool shows(const struct mirage *m, unsigned port)
{
	const struct evtchn *e = &m->stage.domain->events;

	return evtchn_is_pending(e, port) && !evtchn_is_masked(e, port) &&
	       evtchn_is_selected(e, port);
}

/* As long as it is awake there will be a look, or a poll that goes to sleep,
 * which is when who waits is told: goes_blind(). */
static bool will_see(void *owner, unsigned port)
{
	const struct mirage *m = owner;

	return !sleeps_in_xen(m) && shows(m, port);
}

static bool any_shows(const struct mirage *m)
{
	const struct waited_port *p = m->activations.ports;

	while (p && !shows(m, p->port))
		p = p->next;
	return p != NULL;
}

/* Would the poll to come return at once? */
static bool poll_returns(const struct mirage *m)
{
	const struct evtchn *e = &m->stage.domain->events;

	if (m->p.poll_ports > POLL_PORTS_MAX || evtchn_deliverable(e, 0))
		return true;
	for (unsigned i = 0; i < m->p.poll_ports; i++)
		if (evtchn_is_pending(e, m->poll.ports[i]))
			return true;
	return false;
}

static bool will_turn(void *owner)
{
	const struct mirage *m = owner;

	if (sleeps_in_xen(m))
		return false;
	if (m->p.loop.which == LOOP_BLOCK)
		return any_shows(m);
	if (m->asleep && m->vcpu->unblocked.raised)
		return true;
	return poll_returns(m) ||
	       (m->p.poll_recheck && !m->asleep && any_shows(m));
}

/* What is pending on a port that is not polled will be seen after some other
 * event, and whoever sends on it merges. */
static void goes_blind(struct xen_poll *poll)
{
	struct mirage *m =
		(struct mirage *)((char *)poll - offsetof(struct mirage, poll));
	struct activations *a = &m->activations;

	if (m->stage.domain->events.vcpus[0].pending_sel == 0)
		return;
	for (struct waited_port *p = a->ports; p; p = p->next)
		if (shows(m, p->port))
			activations_spent(a, p->port, CAUSE_MASKED);
}

/* --- looking for events ------------------------------------------------- */

/* evtchn_poll(): clears what is pending and not masked, and remembers it. */
static void take_pending(struct mirage *m, bool woke_it)
{
	struct activations *a = &m->activations;
	uint16_t ports[64];
	unsigned n;

	while ((n = evtchn_scan(&m->stage.domain->events, 0, ports, 64)) > 0)
		for (unsigned i = 0; i < n; i++) {
			note(m->stage.sim, m->stage.id, NOTE_CLEAR, ports[i]);
			activations_latch(a, ports[i]);
			if (woke_it)
				activations_blame(a, ports[i]);
		}
}

static bool look_for_work(struct mirage *m)
{
	take_pending(m, true);
	return activations_any(&m->activations);
}

/* An upcall takes what is pending, and nobody looks at what it remembers before
 * the next pass. If it came on the way out of Xen, that is the next thing. */
static void take_events(struct vcpu *v)
{
	struct mirage *m = v->domain->guest;
	struct activations *a = &m->activations;

	if (m->asleep)
		a->turn = TURN_BEFORE_PASS;
	take_pending(m, m->asleep);
	for (struct waited_port *p = a->latched; p; p = p->next_latched)
		activations_spent(a, p->port, CAUSE_CONSUMED);
}

/* --- a turn of the loop ------------------------------------------------- */

/* What was queued, and timers that are due. */
static TASK(run_due)
{
	struct mirage *m = owner;

	TASK_BEGIN;
	while ((m->work = mirage_next_work(m)))
		CALL(m->work->run, m->work->owner);
	CALL(activations_let_run, NULL);
	TASK_END;
}

static void falls_asleep(struct mirage *m)
{
	m->asleep = true;
	m->vcpu->unblocked.raised = false;
	m->activations.because = NULL;
	counter_add(&m->m.sleeps, 1);
	level_set(&m->m.running, m->stage.sim, 0);
}

static void wakes(struct mirage *m)
{
	m->asleep = false;
	level_set(&m->m.running, m->stage.sim, 1);
	counter_add(&m->m.empty_sleeps, !m->vcpu->slept);
}

static void complain(struct mirage *m)
{
	counter_add(&m->m.einvals, 1);
	if (m->stage.remark)
		return;
	m->stage.remark = sim_format(
		m->stage.sim,
		"SCHEDOP_poll with %d ports is refused (-EINVAL): Xen's limit "
		"is %d; the guest spins",
		(int)m->p.poll_ports, POLL_PORTS_MAX);
}

static TASK(sleep_in_poll)
{
	struct mirage *m = owner;

	TASK_BEGIN;
	m->poll.timeout = mirage_next_due(m);
	falls_asleep(m);
	CALL(xen_poll, &m->poll);
	wakes(m);
	if (m->vcpu->timed_out)
		mirage_timer_woke(m);
	if (m->poll.result < 0)
		complain(m);
	TASK_END;
}

static TASK(sleep_in_block)
{
	struct mirage *m = owner;

	TASK_BEGIN;
	xen_set_timer(m->vcpu, mirage_next_due(m), m->timer_port);
	CALL(xen_hypercall, m->vcpu);
	falls_asleep(m);
	CALL(xen_block, m->vcpu);
	wakes(m);
	TASK_END;
}

/* To v0.9.6: it sleeps right after the pass (unless poll_recheck is on, which
 * was never so). */
static TASK(loop_poll)
{
	struct mirage *m = owner;

	TASK_BEGIN;
	for (;;) {
		m->activations.turn = TURN_BEFORE_PASS;
		SPEND(cost_draw(sim_, &m->turn));
		look_for_work(m);
		CALL(run_due, m);
		CALL(activations_run, &m->activations);
		if (m->p.poll_recheck && look_for_work(m))
			continue;
		CALL(sleep_in_poll, m);
	}
	TASK_END;
}

/* From v0.9.7. */
static TASK(loop_block)
{
	struct mirage *m = owner;

	TASK_BEGIN;
	m->activations.turn = TURN_AFTER_PASS;
	for (;;) {
		CALL(run_due, m);
		SPEND(cost_draw(sim_, &m->turn));
		if (look_for_work(m)) {
			CALL(activations_run, &m->activations);
			if (m->p.recheck)
				continue;
		}
		CALL(sleep_in_block, m);
	}
	TASK_END;
}

/* --- building ----------------------------------------------------------- */

static void build_poll(struct mirage *m)
{
	unsigned n = (unsigned)m->p.poll_ports;
	uint16_t *ports = sim_alloc(m->stage.sim, (n + 1) * sizeof *ports);

	for (unsigned i = 0; i < n; i++)
		ports[i] = (uint16_t)(i + 1);
	m->poll = (struct xen_poll){.vcpu = m->vcpu,
				    .ports = ports,
				    .n_ports = n,
				    .sleeps = goes_blind};
}

static void let_upcalls_in(struct domain *d)
{
	d->events.vcpus[0].upcall_mask = false;
	d->upcall = take_events;
}

void mirage_build_loop(struct mirage *m)
{
	struct stage *s = &m->stage;
	bool polls = m->p.loop.which == LOOP_POLL;

	m->activations.will_see = will_see;
	m->activations.will_turn = will_turn;
	m->activations.owner = m;
	build_poll(m);
	if (polls && m->p.upcalls.which == UPCALLS_TAKEN)
		let_upcalls_in(s->domain);
	task_init(&m->task, s->cpu, LEVEL_THREAD,
		  polls ? loop_poll : loop_block, m, s->id);
}
