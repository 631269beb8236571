/* SPDX-License-Identifier: MIT */
/*
 * A stand for test_netfront.c: a netfront in a guest with a softirq, above it a
 * program that sends, and a host that does what a script says, when it says so.
 * A diary tells what the netfront did:
 *
 *	10 kick		it asked the host to look
 *	10 tx 6		it wants a call after response 6 of the transmit ring
 *	10 rx 64	... of the receive ring
 *	10 post 128	it has published buffers up to 128
 *	26 call		it was called
 *	28 up 0		packet number 0 reached the stack
 *
 * The numbers in front are microseconds. Costs nothing that a test does not
 * have cost something.
 */
#ifndef TESTS_NETFRONT_STAND_H
#define TESTS_NETFRONT_STAND_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "models/hypervisor/napi.h"
#include "models/ring/netfront.h"
#include "models/ring/types.h"
#include "sim/app/world/measure.h"

enum op {
	SEND,	/* n packets of st->size, by the program */
	HURRY,	/* n of them, by somebody who cannot wait */
	ANSWER, /* the host answers n slots, one push */
	GIVE,	/* n packets to the guest, one push */
	NUM_OPS
};

/* The script; one without n ends it. */
struct act {
	unsigned us;
	enum op op;
	unsigned n;
};

struct stand {
	struct sim *sim;
	struct cpu guest, elsewhere;
	struct net_rx softirq;
	struct cost none;
	struct counter counts[4];
	struct netfront *n;
	struct ring_type tx_type, rx_type; /* with hooks */
	struct back back;
	struct packet_pool pool, given;
	uint32_t size;
	unsigned races; /* packets that come in the moment of asking */
	struct port above;
	unsigned arrived;
	struct task irq, program, script;
	bool in_handler;
	struct signal called, to_send, never;
	unsigned wanted, sent;
	struct port *port, *hurried;
	const struct act *act;
	unsigned i;
	char diary[1 << 16];
	size_t written;
	bool mute;
};

__attribute__((format(printf, 2, 3))) static inline void
write_down(struct stand *st, const char *format, ...)
{
	char *at = st->diary + st->written;
	size_t left = sizeof st->diary - st->written;
	va_list args;
	int n;

	if (st->mute)
		return;
	n = snprintf(at, left, "%g ", (double)st->sim->now / SIM_US);
	va_start(args, format);
	n += vsnprintf(at + n, left - (size_t)n, format, args);
	va_end(args);
	assert_true((size_t)n < left);
	st->written += (size_t)n;
}

static struct stand *the_stand; /* a ring knows nothing of it */

/* --- the host ----------------------------------------------------------- */

static inline void call_if_due(struct stand *st, struct ring *r,
			       struct waiter *w)
{
	waiter_publishing(w);
	ring_publish_used(r);
	if (r->type->call_due(r)) {
		write_down(st, "call\n");
		signal_raise(&st->called);
	}
	waiter_decided(w, CAUSE_SUPPRESSED);
}

static inline void host_answers(struct stand *st, unsigned n)
{
	struct ring *r = &st->n->tx;

	ring_look_avail(r);
	for (; n > 0; n--) {
		struct packet *p;

		assert_true(r->host.taken != r->host.seen);
		p = ring_pop(r);
		if (p)
			packet_delivered(p, 0);
		ring_return(r);
	}
	call_if_due(st, r, st->n->front.wants_call);
}

static inline void host_gives(struct stand *st, unsigned n)
{
	struct ring *r = &st->n->rx;

	ring_look_avail(r);
	for (; n > 0; n--) {
		assert_true(r->host.taken != r->host.seen);
		ring_pop(r);
		ring_return_packet(r, packet_new(&st->given, 1000));
	}
	call_if_due(st, r, st->n->front.wants_packets);
}

static inline TASK(is_kicked)
{
	(void)me;
	(void)depth;
	(void)owner;
	write_down(the_stand, "kick\n");
	return DONE;
}

/* --- what the netfront asks for ----------------------------------------- */

static inline void tx_asked(struct ring *r, uint16_t at)
{
	ring_xen.call_on(r, at);
	write_down(the_stand, "tx %u\n", at);
}

static inline void rx_asked(struct ring *r, uint16_t at)
{
	struct stand *st = the_stand;

	ring_xen.call_on(r, at);
	write_down(st, "rx %u\n", at);
	if (st->races) {
		st->races--;
		host_gives(st, 1);
	}
}

static inline bool rx_pushed(struct ring *r)
{
	write_down(the_stand, "post %u\n", r->guest.added);
	return ring_xen.kick_due(r);
}

/* --- the guest ---------------------------------------------------------- */

static inline TASK(interrupt)
{
	struct stand *st = owner;

	TASK_BEGIN;
	for (;;) {
		AWAIT(&st->called);
		st->called.raised = false;
		st->in_handler = true;
		CALL(st->n->front.on_call.run, st->n->front.on_call.owner);
		st->in_handler = false;
	}
	TASK_END;
}

static inline bool call_coming(const struct doorbell *bell)
{
	(void)bell;
	return the_stand->called.raised || the_stand->in_handler;
}

static inline TASK(stack_takes)
{
	struct port *port = owner;
	struct stand *st = port->owner;

	(void)me;
	(void)depth;
	write_down(st, "up %u\n", (unsigned)port->offered->number);
	packet_delivered(port->offered, 0);
	port->offered = NULL;
	st->arrived++;
	return DONE;
}

static inline TASK(send_them)
{
	struct stand *st = owner;

	TASK_BEGIN;
	for (;;) {
		AWAIT(&st->to_send);
		st->to_send.raised = false;
		while (st->sent < st->wanted) {
			st->port->offered = packet_new(&st->pool, st->size);
			CALL(st->port->send, st->port);
			assert_null(st->port->offered);
			st->sent++;
		}
	}
	TASK_END;
}

static inline TASK(hurry)
{
	struct stand *st = owner;

	TASK_BEGIN;
	st->hurried->patience = IMPATIENT;
	for (st->i = 0; st->i < st->act->n; st->i++) {
		st->hurried->offered = packet_new(&st->pool, st->size);
		CALL(st->hurried->send, st->hurried);
		assert_null(st->hurried->offered);
	}
	TASK_END;
}

static inline TASK(play)
{
	struct stand *st = owner;

	TASK_BEGIN;
	for (; st->act->n; st->act++) {
		AWAIT_UNTIL(&st->never, st->act->us * SIM_US);
		if (st->act->op == SEND) {
			st->wanted += st->act->n;
			signal_raise(&st->to_send);
		} else if (st->act->op == HURRY) {
			CALL(hurry, st);
		} else if (st->act->op == ANSWER) {
			host_answers(st, st->act->n);
		} else {
			host_gives(st, st->act->n);
		}
	}
	TASK_END;
}

/* --- set-up ------------------------------------------------------------- */

static inline void costs_nothing(struct netfront_params *p)
{
	p->packet_cost.mean = p->slot_cost.mean = p->reap_cost.mean = 0;
	p->interrupt_cost.mean = p->receive_cost.mean = 0;
	p->refill_cost.mean = 0;
}

static inline void softirq_new(struct stand *st, bool missed)
{
	struct counter *c = st->counts;
	struct softirq_conf conf = {.budget = 300,
				    .restarts = 10,
				    .time = SIM_SEC,
				    .missed = missed,
				    .cost = &st->none,
				    .rounds = &c[0],
				    .polls = &c[1],
				    .squeezes = &c[2],
				    .deferred = &c[3]};

	net_rx_init(&st->softirq, &st->guest, &conf, "softirq");
}

static inline void netfront_new(struct stand *st,
				void (*set)(struct netfront_params *))
{
	struct netfront *n = sim_alloc(st->sim, sizeof *n);
	struct stage *s = &n->stage;

	st->n = n;
	*s = (struct stage){.type = &netfront_type, .name = "netfront"};
	s->sim = st->sim;
	s->id = sim_owner(st->sim, s->name);
	s->cpu = &st->guest;
	s->softirq = &st->softirq.softirq;
	s->window = s->measure = SIM_SEC;
	params_default(netfront_type.params, netfront_type.n_params, &n->p);
	costs_nothing(&n->p);
	if (set)
		set(&n->p);
	measure_init(s);
	netfront_type.build(s);
	st->tx_type = st->rx_type = ring_xen;
	st->tx_type.call_on = tx_asked;
	st->rx_type.call_on = rx_asked;
	st->rx_type.kick_due = rx_pushed;
	n->tx.type = &st->tx_type;
	n->rx.type = &st->rx_type;
	n->front.kick = (struct doorbell){.ring = is_kicked};
	n->front.peer = &st->back;
	st->back.call.coming = call_coming;
	st->above = (struct port){.send = stack_takes, .owner = st};
	s->above = &st->above;
}

static inline struct stand *stand_new(void (*set)(struct netfront_params *),
				      bool missed)
{
	struct sim *sim = sim_new(16 << 20, 1);
	struct stand *st = sim_alloc(sim, sizeof *st);

	the_stand = st;
	st->sim = sim;
	st->size = 1000;
	st->pool.sim = st->given.sim = sim;
	cpu_init(&st->guest, sim, NULL);
	cpu_init(&st->elsewhere, sim, NULL);
	softirq_new(st, missed);
	netfront_new(st, set);
	st->port = st->n->nic.open(&st->n->nic);
	st->hurried = st->n->nic.open(&st->n->nic);
	task_init(&st->irq, &st->guest, LEVEL_IRQ, interrupt, st, 0);
	task_init(&st->program, &st->guest, LEVEL_THREAD, send_them, st, 0);
	task_start(&st->irq);
	task_start(&st->program);
	net_rx_start(&st->softirq);
	netfront_type.start(&st->n->stage);
	return st;
}

static inline void conserved(struct stand *st)
{
	assert_int_equal(packet_pool_inside(&st->pool) +
				 packet_pool_inside(&st->given),
			 netfront_type.inside(&st->n->stage) +
				 (st->port->offered != NULL));
}

/* Runs it to its end, and then until nothing happens any more. */
static inline void stand_play(struct stand *st, const struct act *script)
{
	st->act = script;
	task_init(&st->script, &st->elsewhere, LEVEL_THREAD, play, st, 0);
	task_start(&st->script);
	assert_int_equal(sim_run(st->sim, st->sim->now + SIM_SEC), SIM_OK);
	conserved(st);
}

/* What is in the diary from here on. */
static inline void stand_forget(struct stand *st)
{
	st->written = 0;
	st->diary[0] = '\0';
}

static inline void stand_must_write(struct stand *st, const char *diary)
{
	assert_string_equal(st->diary, diary);
}

#endif
