/* SPDX-License-Identifier: MIT */
/*
 * A stand for test_netback.c: vifs of one dom0 CPU, whose guests and bridge do
 * what a script says, when it says so, and a diary of what the vifs did:
 *
 *	10 a kick	guest a's push asked for a kick; the handler has run
 *	10 a tx 6	vif a wants a kick after entry 6 of the transmit ring
 *	10 a rx 64	... of the receive ring
 *	26 a call	guest a was called
 *	28 a out 0	its packet number 0 reached the bridge
 *
 * The numbers in front are microseconds.
 */
#ifndef TESTS_NETBACK_STAND_H
#define TESTS_NETBACK_STAND_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "models/ring/netback.h"
#include "models/ring/types.h"
#include "sim/app/world/measure.h"

enum op {
	SEND,	/* n packets of two slots, a push each */
	SEND_1, /* of one slot */
	POST,	/* n receive buffers, a push each */
	OFFER,	/* n packets to the vif, from the bridge */
	REAP,	/* all responses of both rings; ask to be called again */
	NUM_OPS
};

/* The script; one without n ends it. */
struct act {
	unsigned us;
	enum op op;
	char guest;
	unsigned n;
};

#define GUESTS 3

struct guest {
	struct stand *st;
	char name[2];
	struct netback *vif;
	struct front front;
	struct ring tx, rx;
	struct ring_type tx_type, rx_type; /* with hooks */
	struct packet_pool pool;
	struct port bridge;
	unsigned received;
	unsigned races; /* pushes yet to come in the moment of asking */
};

struct stand {
	struct sim *sim;
	struct cpu dom0, elsewhere;
	void *commons;
	struct guest guests[GUESTS];
	unsigned n;
	struct packet_pool pool; /* of what the bridge offers */
	struct task script;
	struct signal never;
	const struct act *act;
	unsigned done; /* of the act */
	char diary[1 << 16];
	size_t written;
	bool mute;
};

__attribute__((format(printf, 3, 4))) static inline void
write_down(struct stand *st, const struct guest *g, const char *format, ...)
{
	char *at = st->diary + st->written;
	size_t left = sizeof st->diary - st->written;
	va_list args;
	int n;

	if (st->mute)
		return;
	n = snprintf(at, left, "%g %s ", (double)st->sim->now / SIM_US,
		     g->name);
	va_start(args, format);
	n += vsnprintf(at + n, left - (size_t)n, format, args);
	va_end(args);
	assert_true((size_t)n < left);
	st->written += (size_t)n;
}

/* The guest pushes while the vif asks; it saw the old event. */
static inline void race(struct guest *g, struct ring *r, struct packet *p)
{
	g->races--;
	ring_add(r, p);
	ring_publish(r);
	r->type->kick_due(r);
}

static inline void tx_asked(struct ring *r, uint16_t at)
{
	struct guest *g =
		(struct guest *)((char *)r - offsetof(struct guest, tx));

	if (g->races)
		race(g, r, packet_new(&g->pool, 1500));
	ring_xen.kick_on(r, at);
	write_down(g->st, g, "tx %u\n", at);
}

static inline void rx_asked(struct ring *r, uint16_t at)
{
	struct guest *g =
		(struct guest *)((char *)r - offsetof(struct guest, rx));

	if (g->races)
		race(g, r, NULL);
	ring_xen.kick_on(r, at);
	write_down(g->st, g, "rx %u\n", at);
}

static inline TASK(is_called)
{
	struct doorbell *bell = owner;
	struct guest *g = bell->owner;

	(void)me;
	(void)depth;
	write_down(g->st, g, "call\n");
	return DONE;
}

static inline TASK(bridge_takes)
{
	struct port *port = owner;
	struct guest *g = port->owner;

	(void)depth;
	write_down(g->st, g, "out %u\n", (unsigned)port->offered->number);
	packet_delivered(port->offered, me->id);
	port->offered = NULL;
	return DONE;
}

static inline struct guest *guest_of(struct stand *st)
{
	return &st->guests[st->act->guest - 'a'];
}

static inline TASK(push)
{
	struct guest *g = guest_of(owner);
	bool posts = ((struct stand *)owner)->act->op == POST;
	struct ring *r = posts ? &g->rx : &g->tx;
	struct waiter *host = g->vif->back.wants_kick[posts];

	TASK_BEGIN;
	waiter_publishing(host);
	ring_publish(r);
	if (r->type->kick_due(r)) {
		write_down(g->st, g, "kick\n");
		CALL(g->front.kick.ring, &g->front.kick);
	}
	waiter_decided(host, CAUSE_SUPPRESSED);
	TASK_END;
}

static inline TASK(send_one)
{
	struct stand *st = owner;
	struct guest *g = guest_of(st);

	TASK_BEGIN;
	ring_add(&g->tx, packet_new(&g->pool, 1500));
	if (st->act->op == SEND) {
		g->tx.slots[(g->tx.guest.added - 1) & (g->tx.size - 1)]->slots =
			2;
		ring_add(&g->tx, NULL);
	}
	CALL(push, st);
	TASK_END;
}

static inline TASK(post_one)
{
	struct stand *st = owner;

	TASK_BEGIN;
	ring_add(&guest_of(st)->rx, NULL);
	CALL(push, st);
	TASK_END;
}

static inline TASK(offer_one)
{
	struct stand *st = owner;
	struct port *link = guest_of(st)->vif->stage.link;

	TASK_BEGIN;
	link->offered = packet_new(&st->pool, 1500);
	CALL(link->send, link);
	assert_null(link->offered);
	TASK_END;
}

static inline void reap_ring(struct guest *g, struct ring *r, uint16_t owner)
{
	while (ring_look_used(r)) {
		struct packet *p = ring_reap_packet(r);

		if (r != &g->rx || !p)
			continue;
		g->received++;
		packet_delivered(p, owner);
	}
	r->type->call_on(r, r->guest.reaped);
}

static inline TASK(reap_all)
{
	struct guest *g = guest_of(owner);

	(void)depth;
	reap_ring(g, &g->tx, me->id);
	reap_ring(g, &g->rx, me->id);
	return DONE;
}

static inline TASK(play)
{
	static task_fn *const ops[NUM_OPS] = {send_one, send_one, post_one,
					      offer_one, reap_all};
	struct stand *st = owner;

	TASK_BEGIN;
	for (; st->act->n; st->act++) {
		AWAIT_UNTIL(&st->never, st->act->us * SIM_US);
		for (st->done = 0; st->done < st->act->n; st->done++)
			CALL(ops[st->act->op], st);
	}
	TASK_END;
}

/* Costs that are easy to add up. */
static inline void round_costs(struct netback_params *p)
{
	p->copy_start.mean = 10 * SIM_US;
	p->copy_slot.mean = 1 * SIM_US;
	p->deliver_cost.mean = 2 * SIM_US;
	p->rx_cost.mean = 3 * SIM_US;
}

static inline void guest_new(struct stand *st, struct guest *g,
			     void (*set)(struct netback_params *))
{
	struct netback *v = sim_alloc(st->sim, sizeof *v);
	struct stage *s = &v->stage;

	g->st = st;
	g->name[0] = (char)('a' + (g - st->guests));
	g->vif = v;
	g->pool.sim = st->sim;
	g->tx_type = g->rx_type = ring_xen;
	g->tx_type.kick_on = tx_asked;
	g->rx_type.kick_on = rx_asked;
	ring_init(&g->tx, st->sim, &g->tx_type, 256);
	ring_init(&g->rx, st->sim, &g->rx_type, 256);
	*s = (struct stage){.type = &netback_type, .name = g->name};
	s->sim = st->sim;
	s->id = sim_owner(st->sim, g->name);
	s->cpu = &st->dom0;
	s->commons = &st->commons;
	s->window = s->measure = SIM_SEC;
	params_default(netback_type.params, netback_type.n_params, &v->p);
	round_costs(&v->p);
	if (set)
		set(&v->p);
	measure_init(s);
	netback_type.build(s);
	v->back.ring = &g->tx;
	v->back.receive = &g->rx;
	v->back.peer = &g->front;
	v->back.call = (struct doorbell){.ring = is_called, .owner = g};
	g->front.kick = (struct doorbell){.ring = doorbell_direct,
					  .handler = &v->back.on_kick};
	g->front.peer = &v->back;
	g->bridge = (struct port){.send = bridge_takes, .owner = g};
	s->peer = &g->bridge;
}

/* `n` vifs and their guests, of whom none has posted anything. */
static inline struct stand *stand_new(unsigned n,
				      void (*set)(struct netback_params *))
{
	struct sim *sim = sim_new(16 << 20, 1);
	struct stand *st = sim_alloc(sim, sizeof *st);

	st->sim = sim;
	st->n = n;
	st->pool.sim = sim;
	cpu_init(&st->dom0, sim, NULL);
	cpu_init(&st->elsewhere, sim, NULL);
	for (unsigned i = 0; i < n; i++)
		guest_new(st, &st->guests[i], set);
	for (unsigned i = 0; i < n; i++)
		netback_type.start(&st->guests[i].vif->stage);
	return st;
}

/* Runs it to its end, and then until nothing happens any more. */
static inline void stand_play(struct stand *st, const struct act *script)
{
	st->act = script;
	task_init(&st->script, &st->elsewhere, LEVEL_THREAD, play, st, 0);
	task_start(&st->script);
	assert_int_equal(sim_run(st->sim, st->sim->now + SIM_SEC), SIM_OK);
}

static inline void stand_must_write(struct stand *st, const char *diary)
{
	assert_string_equal(st->diary, diary);
}

#endif
