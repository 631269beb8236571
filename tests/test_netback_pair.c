/* SPDX-License-Identifier: MIT */
/*
 * Two vifs face to face, each on a dom0 CPU of its own, between two guests that
 * send, receive and sleep at random; steps take time, so that everybody gets in
 * between everybody's accesses.
 *
 * At any time no packet is missing. As it is no wakeup is lost; without the
 * look after asking, the oracle names each.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include <gsl/gsl_randist.h>

#include "models/ring/netback.h"
#include "models/ring/types.h"
#include "sim/app/world/measure.h"

/* A dom0 CPU: its kicks interrupt it. */
struct dom0 {
	struct cpu cpu;
	void *commons;
	struct task irq;
	struct signal raised;
	struct doorbell *bell;
	unsigned served;
};

struct guest {
	struct netback vif;
	struct dom0 dom0;
	struct front front;
	struct ring tx, rx;
	struct packet_pool pool;
	struct cpu cpu;
	struct task task;
	struct signal called;
	struct waiter wants_call;
	struct signal never;
	struct packet *sends;
	gsl_rng *rng;
	unsigned burst;
	struct ring *pushed;
	uint64_t received;
};

struct pair {
	struct sim *sim;
	struct guest *guests[2];
};

static TASK(interrupt)
{
	struct dom0 *d = owner;

	TASK_BEGIN;
	for (;;) {
		AWAIT(&d->raised);
		d->raised.raised = false;
		d->served = d->bell->under_way;
		SPEND(SIM_US);
		CALL(d->bell->handler->run, d->bell->handler->owner);
		d->bell->under_way -= d->served;
	}
	TASK_END;
}

static TASK(ring_kick)
{
	struct doorbell *bell = owner;
	struct dom0 *d = bell->owner;

	TASK_BEGIN;
	bell->under_way++;
	SPEND(SIM_US / 2);
	signal_raise(&d->raised);
	TASK_END;
}

static TASK(ring_call)
{
	struct doorbell *bell = owner;
	struct guest *g = bell->owner;

	TASK_BEGIN;
	bell->under_way++;
	SPEND(SIM_US / 2);
	signal_raise(&g->called);
	TASK_END;
}

static TASK(push)
{
	struct guest *g = owner;
	struct ring *r = g->pushed;
	struct waiter *host = g->vif.back.wants_kick[r == &g->rx];

	TASK_BEGIN;
	STEP();
	waiter_publishing(host);
	ring_publish(r);
	shm_fence();
	STEP();
	if (r->type->kick_due(r))
		CALL(g->front.kick.ring, &g->front.kick);
	waiter_decided(host, CAUSE_SUPPRESSED);
	TASK_END;
}

static void reap(struct guest *g)
{
	while (g->tx.guest.seen != g->tx.guest.reaped)
		ring_reap(&g->tx);
	while (g->rx.guest.seen != g->rx.guest.reaped) {
		packet_delivered(ring_reap_packet(&g->rx), g->vif.stage.id);
		g->received++;
	}
}

static void add_packet(struct guest *g)
{
	struct packet *p = packet_new(&g->pool, 1500);

	p->slots = (uint16_t)(1 + gsl_rng_uniform_int(g->rng, 3));
	ring_add(&g->tx, p);
	for (unsigned i = 1; i < p->slots; i++)
		ring_add(&g->tx, NULL);
}

static TASK(send_burst)
{
	struct guest *g = owner;

	TASK_BEGIN;
	g->burst = (unsigned)gsl_rng_uniform_int(g->rng, 30);
	if (g->burst > 15) /* not this time */
		TASK_RETURN;
	while (g->burst-- > 0 && ring_free(&g->tx) >= 3) {
		SPEND((sim_time)gsl_rng_uniform_int(g->rng, 3 * SIM_US));
		add_packet(g);
		g->pushed = &g->tx;
		CALL(push, g);
	}
	TASK_END;
}

static TASK(post_all)
{
	struct guest *g = owner;

	TASK_BEGIN;
	if (ring_free(&g->rx) < 8)
		TASK_RETURN;
	while (ring_free(&g->rx))
		ring_add(&g->rx, NULL);
	g->pushed = &g->rx;
	CALL(push, g);
	TASK_END;
}

static bool calls_owed(void *arg)
{
	struct guest *g = arg;

	return ring_xen.call_owed(&g->tx) || ring_xen.call_owed(&g->rx);
}

static bool calls_coming(void *arg)
{
	struct guest *g = arg;

	return doorbell_coming(&g->vif.back.call);
}

/* Asks of one ring, looks again. Owner: the guest, whose `pushed` it is. */
static TASK(ask)
{
	struct guest *g = owner;
	struct ring *r = g->pushed;

	TASK_BEGIN;
	STEP();
	r->type->call_on(r, r->guest.reaped);
	shm_fence();
	STEP();
	ring_look_used(r);
	TASK_END;
}

/* Sleeps, unless there is something, until it is called or has more to send. */
static TASK(rest)
{
	struct guest *g = owner;

	TASK_BEGIN;
	g->pushed = &g->tx;
	CALL(ask, g);
	g->pushed = &g->rx;
	CALL(ask, g);
	if (g->tx.guest.seen != g->tx.guest.reaped ||
	    g->rx.guest.seen != g->rx.guest.reaped)
		TASK_RETURN;
	waiter_sleeps(&g->wants_call);
	AWAIT_UNTIL(&g->called,
		    sim_->now + (sim_time)gsl_ran_exponential(g->rng, 100e6));
	waiter_wakes(&g->wants_call, "something");
	g->called.raised = false;
	g->vif.back.call.under_way = 0;
	if (gsl_rng_uniform_int(g->rng, 40) == 0) /* a stray kick rescues */
		CALL(g->front.kick.ring, &g->front.kick);
	TASK_END;
}

static TASK(live)
{
	struct guest *g = owner;

	TASK_BEGIN;
	for (;;) {
		STEP();
		ring_look_used(&g->tx);
		STEP();
		ring_look_used(&g->rx);
		reap(g);
		if (gsl_rng_uniform_int(g->rng, 200) == 0)
			SPEND(3 * SIM_MS); /* something else had to be done */
		CALL(post_all, g);
		CALL(send_burst, g);
		CALL(rest, g);
	}
	TASK_END;
}

static void vif_new(struct guest *g, struct sim *sim, bool recheck)
{
	struct stage *s = &g->vif.stage;

	s->cpu = &g->dom0.cpu;
	s->commons = &g->dom0.commons;
	s->window = s->measure = SIM_SEC;
	params_default(netback_type.params, netback_type.n_params, &g->vif.p);
	g->vif.p.recheck = recheck;
	measure_init(s);
	netback_type.build(s);
	ring_init(&g->tx, sim, &ring_xen, 256);
	ring_init(&g->rx, sim, &ring_xen, 256);
	g->vif.back.ring = &g->tx;
	g->vif.back.receive = &g->rx;
	g->vif.back.peer = &g->front;
	g->vif.back.call = (struct doorbell){.ring = ring_call, .owner = g};
	g->front.wants_call = &g->wants_call;
	g->front.kick = (struct doorbell){.ring = ring_kick,
					  .owner = &g->dom0,
					  .handler = &g->vif.back.on_kick};
}

static struct guest *guest_new(struct sim *sim, const char *name, bool recheck)
{
	struct guest *g = sim_alloc(sim, sizeof *g);
	struct stage *s = &g->vif.stage;

	*s = (struct stage){.type = &netback_type, .name = name, .sim = sim};
	s->id = sim_owner(sim, name);
	g->pool.sim = sim;
	g->rng = rng_stream(sim, name);
	cpu_init(&g->cpu, sim, NULL);
	cpu_init(&g->dom0.cpu, sim, NULL);
	vif_new(g, sim, recheck);
	g->dom0.bell = &g->front.kick;
	waiter_init(&g->wants_call, sim, s->id, name, "a call");
	g->wants_call.due = calls_owed;
	g->wants_call.coming = calls_coming;
	g->wants_call.arg = g;
	task_init(&g->dom0.irq, &g->dom0.cpu, LEVEL_IRQ, interrupt, &g->dom0,
		  s->id);
	task_init(&g->task, &g->cpu, LEVEL_THREAD, live, g, s->id);
	return g;
}

static struct pair pair_new(sim_time step, bool recheck)
{
	struct sim *sim = sim_new(16 << 20, 7);
	struct pair pair = {.sim = sim};

	sim->step = step;
	sim->step_rng = rng_stream(sim, "step");
	pair.guests[0] = guest_new(sim, "a", recheck);
	pair.guests[1] = guest_new(sim, "b", recheck);
	for (int i = 0; i < 2; i++) {
		struct guest *g = pair.guests[i];

		g->vif.stage.peer = pair.guests[!i]->vif.stage.link;
		netback_type.start(&g->vif.stage);
		task_start(&g->dom0.irq);
		task_start(&g->task);
	}
	return pair;
}

static void nothing_is_missing(const struct pair *pair)
{
	uint64_t made = 0, found = 0;

	for (int i = 0; i < 2; i++) {
		const struct guest *g = pair->guests[i];

		made += packet_pool_inside(&g->pool);
		found += ring_packets_to_host(&g->tx) +
			 ring_packets_to_guest(&g->rx) +
			 netback_type.inside(&g->vif.stage);
	}
	assert_int_equal(made, found);
}

static void run(struct pair *pair, sim_time length)
{
	for (int i = 0; i < 1000; i++) {
		sim_run(pair->sim, pair->sim->now + length / 1000 + i);
		nothing_is_missing(pair);
	}
	oracle_finish(pair->sim);
}

static void no_wakeup_is_lost(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		static const sim_time steps[] = {0, 20 * SIM_NS, 150 * SIM_NS};
		struct pair pair = pair_new(steps[i], true);
		const struct netback *v = &pair.guests[0]->vif;

		run(&pair, SIM_SEC);
		assert_int_equal(pair.sim->oracle->n, 0);
		assert_true(pair.guests[1]->received > 10000);
		assert_true(v->m.tx_batches.n > 1000); /* it slept */
		assert_true(v->m.stops.n > 10);
		sim_free(pair.sim);
	}
}

static void without_looking_again_they_are(void **state)
{
	struct pair pair = pair_new(50 * SIM_NS, false);
	const struct oracle *o = pair.sim->oracle;

	(void)state;
	run(&pair, SIM_SEC);
	print_message("%u stalls\n", (unsigned)o->n);
	assert_true(o->n > 10);
	for (unsigned i = 0; i < o->n_stalls; i++) {
		assert_string_equal(o->stalls[i].waiter + 1, ".tx");
		assert_int_equal(o->stalls[i].cause, CAUSE_NO_RECHECK);
	}
	sim_free(pair.sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_wakeup_is_lost),
		cmocka_unit_test(without_looking_again_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
