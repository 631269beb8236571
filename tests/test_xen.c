/* SPDX-License-Identifier: MIT */
/*
 * Domains on Xen: ways to sleep, events between domains, upcalls, timers, and
 * what a vCPU that loses its pCPU does to those who run on it.
 */
#include <errno.h>

#include "xen_machine.h"

/* A unikernel whose main loop only sleeps, as it is told, and scans. */
struct sleeper {
	struct machine *m;
	struct domain *d;
	struct task task;
	struct xen_poll poll;
	uint16_t ports[200], found[8];
	unsigned n_found, n, sleeps;
	bool polls;
	sim_time looks; /* from the last look to going to sleep */
};

static void scan(struct sleeper *s)
{
	char text[32];

	s->n_found = evtchn_scan(&s->d->events, 0, s->found, 8);
	for (unsigned i = 0; i < s->n_found; i++) {
		snprintf(text, sizeof text, "%u", s->found[i]);
		write_down(s->m, "port", text);
	}
}

static TASK(sleep_and_scan)
{
	struct sleeper *s = owner;
	struct vcpu *v = &s->d->vcpus[0];

	TASK_BEGIN;
	for (s->n = 0; s->n < s->sleeps; s->n++) {
		SPEND(s->looks);
		write_down(s->m, "sleep", "");
		if (s->polls)
			CALL(xen_poll, &s->poll);
		else
			CALL(xen_block, v);
		write_down(s->m, v->slept ? "wake" : "return", "");
		assert_int_equal(v->cpu.sim->now, sim_->now);
		scan(s);
	}
	TASK_END;
}

static void sleeper_begin(struct machine *m, struct sleeper *s)
{
	s->m = m;
	s->d = xen_domain(m->stage, "uni", 1, false);
	for (unsigned i = 0; i < 9; i++)
		xen_port(s->d, 0, NULL);
	s->poll = (struct xen_poll){.vcpu = &s->d->vcpus[0],
				    .ports = s->ports,
				    .timeout = SIM_NEVER};
	task_init(&s->task, &s->d->vcpus[0].cpu, LEVEL_THREAD, sleep_and_scan,
		  s, s->d->id);
	task_start(&s->task);
}

/* Somebody outside who sends at a time. */
struct sending {
	struct event event;
	struct domain *to;
	unsigned port;
};

static void sends(struct sim *sim, struct event *ev)
{
	struct sending *s = (struct sending *)ev;

	(void)sim;
	xen_send(s->to, s->port);
}

static void send_at(struct machine *m, struct domain *to, unsigned port,
		    sim_time at)
{
	struct sending *s = sim_alloc(m->sim, sizeof *s);

	event_init(m->sim, &s->event, sends);
	s->to = to;
	s->port = port;
	event_at(m->sim, &s->event, at);
}

/* 0.3 of hypercall, sleep; the event of 10 finds an idle pCPU: 5; the upcall:
 * 0.7. The events at 20 and 21 come while it works: the block returns. */
static void a_block_sleeps_until_an_event(void **state)
{
	struct machine *m =
		machine_new("wake=5us upcall=0.7us hypercall=0.3us", 1);
	struct sleeper s = {.sleeps = 2, .looks = 20 * SIM_US};

	(void)state;
	sleeper_begin(m, &s);
	send_at(m, s.d, 3, 100 * SIM_US);
	send_at(m, s.d, 4, 110 * SIM_US);
	send_at(m, s.d, 4, 111 * SIM_US);
	machine_must_read(m, SIM_SEC,
			  "sleep@25 wake@105.700 port3@105.700 "
			  "sleep@125.700 return@126.700 port4@126.700 ");
	assert_int_equal(m->xen->m.events.n, 3);
	assert_int_equal(m->xen->m.merged.n, 1);
	assert_int_equal(m->xen->m.blocks.n, 2);
	assert_int_equal(m->xen->m.returns.n, 1);
	assert_int_equal(m->xen->m.upcalls.n, 2);
	assert_int_equal(m->xen->m.wake.n, 2);
	machine_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_block_sleeps_until_an_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
