/* SPDX-License-Identifier: MIT */
/*
 * A stand for test_netif.c: a Mirage frontend between threads and a host that
 * do what a script says, when it says so, and a diary of what came of it:
 *
 *	kick@10		the host was kicked
 *	call@20		the host called: an event of port 1
 *	a@21		a packet of thread a's is on its way, from a's view
 *	up@21		a packet was handed up
 *
 * The numbers are microseconds. To wake a thread takes 1 us, all else nothing.
 */
#ifndef TESTS_NETIF_STAND_H
#define TESTS_NETIF_STAND_H

#include "activations_hall.h"
#include "models/ring/netif.h"
#include "models/ring/types.h"

enum op {
	SMALL,	 /* thread `who` sends n packets of one slot */
	BIG,	 /* of two slots */
	TAKE,	 /* the host takes n requests; if these are all, it asks to be
		  * kicked again */
	ANSWER,	 /* it answers n, takes them before if need be; calls if due */
	QUIETLY, /* the same, but does not call */
	GIVE,	 /* it gives the guest n packets; calls if due */
	WANT,	 /* it asks to be kicked behind request n */
	KEY	 /* an event of port 2, and everybody is woken */
};

struct act {
	double us;
	enum op op;
	unsigned n; /* 0 ends the script */
	char who;
};

struct net_thread {
	struct netif_stand *st;
	char name;
	unsigned todo;
	uint32_t size;
	struct port *port;
	struct task task;
	struct signal go;
};

struct netif_stand {
	struct hall *h;
	struct sim *sim;
	struct netif *n;
	struct back host;
	struct port above;
	struct net_thread threads[3];
	struct packet_pool pool;
	unsigned taken;	 /* packets that the host has found */
	unsigned in_use; /* slots, when a packet was last handed up */
	struct task main;
	struct signal called;
	const char *events; /* ports */
	struct event next;
	const struct act *act;
};

static inline void note_down(struct netif_stand *st, const char *what)
{
	struct hall *h = st->h;
	size_t room = sizeof h->diary - h->written;
	int n = snprintf(h->diary + h->written, room, "%s@%g ", what,
			 (double)st->sim->now / SIM_US);

	assert_true(n > 0 && (size_t)n < room);
	h->written += (size_t)n;
}

/* --- the guest ---------------------------------------------------------- */

static inline TASK(net_main)
{
	struct netif_stand *st = owner;

	TASK_BEGIN;
	for (;;) {
		AWAIT(&st->called);
		st->called.raised = false;
		hall_see(st->h, st->events);
		CALL(activations_run, &st->h->a);
	}
	TASK_END;
}

static inline TASK(net_thread)
{
	struct net_thread *t = owner;

	TASK_BEGIN;
	for (;;) {
		while (t->todo == 0) {
			t->go.raised = false;
			AWAIT(&t->go);
		}
		t->todo--;
		t->port->offered = packet_new(&t->st->pool, t->size);
		CALL(t->port->send, t->port);
		note_down(t->st, (const char[]){t->name, 0});
	}
	TASK_END;
}

static inline TASK(net_up)
{
	struct port *port = owner;
	struct netif_stand *st = port->owner;

	(void)depth;
	note_down(st, "up");
	st->in_use = ring_in_use(&st->n->tx);
	packet_delivered(port->offered, me->id);
	port->offered = NULL;
	return DONE;
}

/* --- the host ----------------------------------------------------------- */

static inline TASK(net_kick)
{
	struct doorbell *bell = owner;

	(void)me;
	(void)depth;
	bell->spent = 0;
	note_down(bell->owner, "kick");
	return DONE;
}

static inline void net_call(struct netif_stand *st, const char *ports)
{
	st->events = ports;
	signal_raise(&st->called);
}

static inline void host_takes(struct netif_stand *st, struct ring *r,
			      unsigned n)
{
	while (n--) {
		struct packet *p = ring_pop(r);

		r->slots[(r->host.taken - 1) & (r->size - 1)] = NULL;
		if (!p)
			continue;
		st->taken++;
		packet_delivered(p, 0);
	}
	if (r->host.taken == r->shared.avail)
		r->type->kick_on(r, r->host.taken);
}

static inline void call_if_due(struct netif_stand *st, struct ring *r)
{
	ring_publish_used(r);
	if (!r->type->call_due(r))
		return;
	note_down(st, "call");
	net_call(st, "1");
}

static inline void host_answers(struct netif_stand *st, unsigned n, bool calls)
{
	struct ring *r = &st->n->tx;
	uint16_t has = (uint16_t)(r->host.taken - r->host.returned);

	if (n > has)
		host_takes(st, r, n - has);
	while (n--)
		ring_return(r);
	if (calls)
		call_if_due(st, r);
	else
		ring_publish_used(r);
}

static inline void host_gives(struct netif_stand *st, unsigned n)
{
	struct ring *r = &st->n->rx;

	while (n--) {
		assert_null(ring_pop(r));
		ring_return_packet(r, packet_new(&st->pool, 1500));
	}
	call_if_due(st, r);
}

/* --- the script --------------------------------------------------------- */

static inline void thread_sends(struct netif_stand *st, const struct act *a)
{
	struct net_thread *t = &st->threads[a->who - 'a'];

	t->todo += a->n;
	t->size = a->op == BIG ? 1500 : 60;
	signal_raise(&t->go);
}

static inline void do_act(struct netif_stand *st, const struct act *a)
{
	struct ring *tx = &st->n->tx;

	switch (a->op) {
	case SMALL:
	case BIG:
		thread_sends(st, a);
		return;
	case TAKE:
		host_takes(st, tx, a->n);
		return;
	case ANSWER:
	case QUIETLY:
		host_answers(st, a->n, a->op == ANSWER);
		return;
	case GIVE:
		host_gives(st, a->n);
		return;
	case WANT:
		tx->type->kick_on(tx, (uint16_t)a->n);
		return;
	case KEY:
		net_call(st, "2");
		return;
	}
}

static inline void plan_act(struct netif_stand *st)
{
	if (st->act->n)
		event_at(st->sim, &st->next, (sim_time)(st->act->us * SIM_US));
}

static inline void act_fires(struct sim *sim, struct event *ev)
{
	struct netif_stand *st =
		(struct netif_stand *)((char *)ev -
				       offsetof(struct netif_stand, next));

	(void)sim;
	do_act(st, st->act++);
	plan_act(st);
}

/* --- building ----------------------------------------------------------- */

static inline void build_netif(struct netif_stand *st,
			       const struct netif_params *p)
{
	struct netif *n = sim_alloc(st->sim, sizeof *n);
	struct stage *s = &n->stage;

	st->n = n;
	n->p = *p;
	*s = (struct stage){.type = &netif_type, .name = "n", .sim = st->sim};
	s->id = sim_owner(st->sim, "n");
	s->cpu = &st->h->cpu;
	netif_type.build(s);
	s->above = &st->above;
	n->front.line = st->h->lines[1];
	n->front.kick = (struct doorbell){.ring = net_kick, .owner = st};
	n->front.peer = &st->host;
}

static inline void build_thread(struct netif_stand *st, unsigned i)
{
	struct net_thread *t = &st->threads[i];

	t->st = st;
	t->name = (char)('a' + i);
	t->port = st->n->nic.open(&st->n->nic);
	task_init(&t->task, &st->h->cpu, LEVEL_THREAD, net_thread, t, 0);
	task_start(&t->task);
}

/* The defaults: era d, small rings. */
static inline struct netif_params net_params(int era)
{
	struct netif_params p;

	params_default(netif_type.params, netif_type.n_params, &p);
	p.slots = 32;
	p.era.which = era;
	return p;
}

static inline struct netif_stand *net_new(const struct netif_params *p,
					  enum wait_order order,
					  const struct act *script)
{
	struct hall *h = hall_new(order, order != WAIT_COUNTER, 2);
	struct netif_stand *st = sim_alloc(h->sim, sizeof *st);

	st->h = h;
	st->sim = h->sim;
	st->pool.sim = h->sim;
	st->above = (struct port){.send = net_up, .owner = st};
	st->act = script;
	build_netif(st, p);
	task_init(&st->main, &h->cpu, LEVEL_THREAD, net_main, st, 0);
	netif_type.start(&st->n->stage);
	for (unsigned i = 0; i < 3; i++)
		build_thread(st, i);
	task_start(&st->main);
	event_init(h->sim, &st->next, act_fires);
	plan_act(st);
	return st;
}

/* Runs so far, and compares what was written since it was last read. */
static inline void net_must_read(struct netif_stand *st, double us,
				 const char *diary)
{
	sim_run(st->sim, (sim_time)(us * SIM_US));
	assert_string_equal(st->h->diary, diary);
	st->h->written = 0;
	*st->h->diary = '\0';
}

static inline void net_free(struct netif_stand *st)
{
	assert_int_equal(packet_pool_inside(&st->pool),
			 netif_type.inside(&st->n->stage) +
				 !!st->threads[0].port->offered +
				 !!st->threads[1].port->offered +
				 !!st->threads[2].port->offered);
	sim_free(st->sim);
}

#endif
