/* SPDX-License-Identifier: MIT */
/*
 * Does each driver look again after it has asked to be notified? In a timed
 * run nothing can happen between the two, and a driver that forgot to look
 * would not be found out. So here the other side acts in the very moment of
 * asking, and its notification never arrives: who does not look again sleeps
 * for good. (Whether the order of asking and looking is right for a flavour is
 * test_ring.c's question; qemu_tx is looked at in test_kicks.c.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "models/ring/flavours.h"
#include "models/ring/types.h"
#include "sim/app/world/measure.h"

#define MANY 1000 /* times that the other side is faster */

struct stand {
	struct sim *sim;
	struct stage *stage;
	struct cpu cpu;
	struct ring ring; /* of a host's driver; a guest's has its own */
	struct ring_type type;
	const struct ring_type *flavour;
	struct packet_pool pool;
	struct port out;
	struct task sender;
	struct packet *packet;
	unsigned left, sent;
};

static TASK(take)
{
	struct port *out = owner;

	(void)depth;
	packet_delivered(out->offered, me->id);
	out->offered = NULL;
	return DONE;
}

static TASK(nothing)
{
	(void)me;
	(void)depth;
	(void)owner;
	return DONE;
}

static struct stand *stand_new(const struct ring_type *flavour,
			       const struct stage_type *type)
{
	struct sim *sim = sim_new(4 << 20, 1);
	struct stand *st = sim_alloc(sim, sizeof *st);
	struct stage *s = sim_alloc(sim, type->size);

	st->sim = sim;
	st->stage = s;
	st->pool.sim = sim;
	st->left = MANY;
	st->flavour = flavour;
	st->type = *flavour;
	st->out = (struct port){.send = take};
	cpu_init(&st->cpu, sim, NULL);
	*s = (struct stage){.type = type, .name = "driver", .sim = sim};
	s->cpu = &st->cpu;
	s->out = &st->out;
	s->window = s->measure = SIM_SEC;
	params_default(type->params, type->n_params,
		       (char *)s + type->params_at);
	measure_init(s);
	type->build(s);
	return st;
}

/* The guest publishes while the host asks. */
static void kick_on_and_race(struct ring *r, uint16_t at)
{
	struct stand *st =
		(struct stand *)((char *)r - offsetof(struct stand, ring));

	st->flavour->kick_on(r, at);
	if (st->left == 0)
		return;
	st->left--;
	ring_add(r, packet_new(&st->pool, 60));
	ring_publish(r);
	r->type->kick_due(r);
	ring_look_used(r);
	while (r->guest.seen != r->guest.reaped)
		ring_reap(r);
}

static void host_looks_again(const struct ring_type *flavour,
			     const struct stage_type *type)
{
	struct stand *st = stand_new(flavour, type);
	struct stage *s = st->stage;

	st->type.kick_on = kick_on_and_race;
	ring_init(&st->ring, st->sim, &st->type, 16);
	s->back->ring = &st->ring;
	s->back->call.ring = nothing;
	type->start(s);
	if (s->executor) /* a vhost worker begins with a kick */
		s->executor->queue(s->executor, &s->back->on_kick);
	assert_int_equal(sim_run(st->sim, SIM_SEC), SIM_OK);
	assert_int_equal(st->left, 0);
	assert_int_equal(st->pool.made, MANY);
	assert_int_equal(st->pool.delivered, MANY);
	sim_free(st->sim);
}

/* The host takes and returns everything while the guest asks. */
static void return_all(struct ring *r)
{
	while (ring_look_avail(r) > 0) {
		struct packet *p = ring_pop(r);

		ring_popped(r);
		packet_delivered(p, 0);
		ring_return(r);
		ring_publish_used(r);
		r->type->call_due(r);
	}
}

static void event_on_and_race(struct ring *r, uint16_t at)
{
	ring_split_event.call_on(r, at);
	return_all(r);
}

static void flags_on_and_race(struct ring *r, uint16_t at)
{
	ring_split_flags.call_on(r, at);
	return_all(r);
}

static void none_on_and_race(struct ring *r, uint16_t at)
{
	ring_none.call_on(r, at);
	return_all(r);
}

static void xen_on_and_race(struct ring *r, uint16_t at)
{
	ring_xen.call_on(r, at);
	return_all(r);
}

/* A guest's driver has its ring inside: its hook cannot find the stand. */
static void hook_guest(struct stand *st)
{
	struct ring *r = st->stage->front->ring;

	if (st->flavour == &ring_split_event)
		st->type.call_on = event_on_and_race;
	else if (st->flavour == &ring_split_flags)
		st->type.call_on = flags_on_and_race;
	else if (st->flavour == &ring_xen)
		st->type.call_on = xen_on_and_race;
	else
		st->type.call_on = none_on_and_race;
	r->type = &st->type;
	st->stage->front->kick.ring = nothing;
}

static TASK(send_all)
{
	struct stand *st = owner;
	struct port *port = st->stage->in;

	TASK_BEGIN;
	for (; st->sent < MANY; st->sent++) {
		port->offered = packet_new(&st->pool, 60);
		CALL(port->send, port);
		if (port->offered)
			TASK_RETURN; /* it is stopped */
	}
	TASK_END;
}

static void netdev_looks_again(const struct ring_type *flavour)
{
	struct stand *st = stand_new(flavour, &virtio_net_type);

	hook_guest(st);
	task_init(&st->sender, &st->cpu, LEVEL_THREAD, send_all, st, 0);
	task_start(&st->sender);
	assert_int_equal(sim_run(st->sim, SIM_SEC), SIM_OK);
	assert_int_equal(st->sent, MANY);
	sim_free(st->sim);
}

static void producer_looks_again(const struct ring_type *flavour)
{
	struct stand *st = stand_new(flavour, &producer_type);

	hook_guest(st);
	st->stage->type->start(st->stage);
	assert_int_equal(sim_run(st->sim, 10 * SIM_MS), SIM_OK);
	/* The ring holds 256; a message takes 1 us, and 1 for a kick. */
	assert_true(st->stage->front->ring->guest.added >= 10 * MANY / 2 - 1);
	sim_free(st->sim);
}

static void in_every_flavour(void **state)
{
	(void)state;
	for (const struct ring_type *const *t = ring_types; *t; t++) {
		host_looks_again(*t, &vhost_type);
		host_looks_again(*t, &consumer_type);
		netdev_looks_again(*t);
		producer_looks_again(*t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_every_flavour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
