/* SPDX-License-Identifier: MIT */
/*
 * Netback of 3.12 between a guest and a stack that do what a script says, when
 * it says so, and its diary:
 *
 *	10 kick		the guest's push asked for a kick; the handler has run
 *	10 tx 6		the vif wants a kick after entry 6
 *	28 out 0	packet number 0 reached the stack
 *	30 call		the guest was called
 *
 * The numbers in front are microseconds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "models/hypervisor/napi.h"
#include "models/ring/netback_napi.h"
#include "models/ring/types.h"
#include "sim/app/world/measure.h"

enum op {
	SEND,
	POST,
	OFFER
}; /* n packets of so many slots; buffers; packets */

struct act {
	unsigned us;
	enum op op;
	unsigned n, slots;
};

struct stand {
	struct sim *sim;
	struct cpu dom0, elsewhere;
	struct cost round;
	struct counter counts[4];
	struct net_rx net_rx;
	struct netback_napi *v;
	struct front front;
	struct ring tx, rx;
	struct ring_type type; /* with a hook */
	struct packet_pool pool;
	struct port stack;
	struct task script;
	struct signal never;
	const struct act *act;
	unsigned done;
	unsigned races; /* pushes yet to come in the moment of asking */
	char diary[1 << 14];
	size_t written;
};

__attribute__((format(printf, 2, 3))) static void
write_down(struct stand *st, const char *format, ...)
{
	char *at = st->diary + st->written;
	size_t left = sizeof st->diary - st->written;
	va_list args;
	int n = snprintf(at, left, "%g ", (double)st->sim->now / SIM_US);

	va_start(args, format);
	n += vsnprintf(at + n, left - (size_t)n, format, args);
	va_end(args);
	assert_true((size_t)n < left);
	st->written += (size_t)n;
}

static void add(struct stand *st, unsigned slots)
{
	struct packet *p = packet_new(&st->pool, 1500);

	p->slots = (uint16_t)slots;
	ring_add(&st->tx, p);
	for (unsigned i = 1; i < slots; i++)
		ring_add(&st->tx, NULL);
}

/* The guest pushes while the vif asks; it saw the old event. */
static void asked(struct ring *r, uint16_t at)
{
	struct stand *st =
		(struct stand *)((char *)r - offsetof(struct stand, tx));

	if (st->races) {
		st->races--;
		add(st, 1);
		ring_publish(r);
		r->type->kick_due(r);
	}
	ring_xen.kick_on(r, at);
	write_down(st, "tx %u\n", at);
}

static TASK(is_called)
{
	struct doorbell *bell = owner;

	(void)me;
	(void)depth;
	write_down(bell->owner, "call\n");
	return DONE;
}

static TASK(stack_takes)
{
	struct port *port = owner;

	(void)depth;
	write_down(port->owner, "out %u\n", (unsigned)port->offered->number);
	packet_delivered(port->offered, me->id);
	port->offered = NULL;
	return DONE;
}

static TASK(push)
{
	struct stand *st = owner;
	struct ring *r = st->act->op == POST ? &st->rx : &st->tx;
	struct waiter *host = st->v->back.wants_kick[st->act->op == POST];
	struct doorbell *bell = front_kick(&st->front, r);

	TASK_BEGIN;
	waiter_publishing(host);
	ring_publish(r);
	if (r->type->kick_due(r)) {
		write_down(st, "kick\n");
		CALL(bell->ring, bell);
	}
	waiter_decided(host, CAUSE_SUPPRESSED);
	TASK_END;
}

static TASK(act)
{
	struct stand *st = owner;
	struct port *link = st->v->stage.link;

	TASK_BEGIN;
	if (st->act->op == OFFER) {
		link->offered = packet_new(&st->pool, 66);
		CALL(link->send, link);
		TASK_RETURN;
	}
	if (st->act->op == POST)
		ring_add(&st->rx, NULL);
	else
		add(st, st->act->slots);
	CALL(push, st);
	TASK_END;
}

static TASK(play)
{
	struct stand *st = owner;

	TASK_BEGIN;
	for (; st->act->n; st->act++) {
		AWAIT_UNTIL(&st->never, st->act->us * SIM_US);
		for (st->done = 0; st->done < st->act->n; st->done++)
			CALL(act, st);
	}
	TASK_END;
}

/* Costs that are easy to add up: 10 us and one for each slot a batch, 2 for
 * each packet; to the guest 5 and 1. */
static void round_costs(struct netback_napi_params *p)
{
	p->pages.copy_start.mean = 10 * SIM_US;
	p->pages.copy_slot.mean = SIM_US;
	p->pages.map_slot.mean = SIM_US / 2;
	p->pages.unmap_slot.mean = SIM_US / 4;
	p->pages.tlb_flush.mean = 20 * SIM_US;
	p->pages.find_slot.mean = 0;
	p->irq_cost.mean = p->poll_cost.mean = 0;
	p->deliver_cost.mean = 2 * SIM_US;
	p->rx_start.mean = 5 * SIM_US;
	p->rx_cost.mean = SIM_US;
	p->rx_slot.mean = 0;
}

static void vif_open(struct stand *st,
		     void (*set)(struct netback_napi_params *))
{
	struct netback_napi *v = sim_alloc(st->sim, sizeof *v);
	struct stage *s = &v->stage;

	st->v = v;
	*s = (struct stage){.type = &netback_napi_type, .name = "v"};
	s->sim = st->sim;
	s->id = sim_owner(st->sim, "v");
	s->cpu = &st->dom0;
	s->softirq = &st->net_rx.softirq;
	s->window = s->measure = SIM_SEC;
	params_default(s->type->params, s->type->n_params, &v->p);
	round_costs(&v->p);
	if (set)
		set(&v->p);
	measure_init(s);
	s->type->build(s);
	v->back.ring = &st->tx;
	v->back.receive = &st->rx;
	v->back.peer = &st->front;
	v->back.call = (struct doorbell){.ring = is_called, .owner = st};
	st->front.kick = (struct doorbell){.ring = doorbell_direct,
					   .handler = &v->back.on_kick};
	st->front.peer = &v->back;
	st->stack = (struct port){.send = stack_takes, .owner = st};
	s->peer = &st->stack;
	s->type->start(s);
}

static struct stand *stand_new(void (*set)(struct netback_napi_params *))
{
	struct sim *sim = sim_new(16 << 20, 1);
	struct stand *st = sim_alloc(sim, sizeof *st);
	struct softirq_conf conf = {.budget = 300,
				    .restarts = 10,
				    .time = 8 * SIM_MS,
				    .ksoftirqd = true,
				    .cost = &st->round,
				    .rounds = &st->counts[0],
				    .polls = &st->counts[1],
				    .squeezes = &st->counts[2],
				    .deferred = &st->counts[3]};

	st->sim = sim;
	st->pool.sim = sim;
	st->type = ring_xen;
	st->type.kick_on = asked;
	cpu_init(&st->dom0, sim, NULL);
	cpu_init(&st->elsewhere, sim, NULL);
	ring_init(&st->tx, sim, &st->type, 256);
	ring_init(&st->rx, sim, &ring_xen, 256);
	net_rx_init(&st->net_rx, &st->dom0, &conf, "softirq");
	net_rx_start(&st->net_rx);
	vif_open(st, set);
	return st;
}

/* To the end of the script, and until nothing happens any more. */
static void must_write(struct stand *st, const struct act *script,
		       const char *diary)
{
	st->act = script;
	task_init(&st->script, &st->elsewhere, LEVEL_THREAD, play, st, 0);
	task_start(&st->script);
	assert_int_equal(sim_run(st->sim, st->sim->now + SIM_SEC), SIM_OK);
	assert_string_equal(st->diary, diary);
	assert_int_equal(packet_pool_inside(&st->pool),
			 st->v->stage.type->inside(&st->v->stage) +
				 ring_packets_to_guest(&st->rx) +
				 ring_packets_to_host(&st->tx));
}

static void counts(struct stand *st, unsigned irqs, unsigned schedules,
		   unsigned packets, unsigned slots)
{
	const struct netback_napi_metrics *m = &st->v->m;

	assert_int_equal(m->tx_count.n, irqs);
	assert_int_equal(m->nr_napi_schedule.n, schedules);
	assert_int_equal(m->total_packets.n, packets);
	assert_int_equal(m->total_reqs.n, slots);
	st->v->stage.type->finish(&st->v->stage);
	assert_true(m->ppi == (double)packets / irqs);
	assert_true(m->spi == (double)slots / irqs);
	assert_true(m->ppn == (double)packets / schedules);
	assert_true(m->spn == (double)slots / schedules);
	sim_free(st->sim);
}

/* The first packet is alone: it is polled at once. Two come during its copy.
 * The first of these kicks, for the vif has asked already, and finds the poll
 * scheduled; the next batch has both. */
static void a_packet_during_the_copy(void **state)
{
	static const struct act script[] = {
		{10, SEND, 1, 3}, {12, SEND, 2, 2}, {0}};
	struct stand *st = stand_new(NULL);

	(void)state;
	must_write(st, script,
		   "10 kick\n"
		   "10 tx 3\n"
		   "12 kick\n"
		   "23 call\n"
		   "25 out 0\n"
		   "25 tx 7\n"
		   "41 out 1\n"
		   "43 out 2\n"
		   "43 tx 7\n");
	counts(st, 2, 1, 3, 7);
}

static void late(struct netback_napi_params *p)
{
	p->rearm.which = NAPI_REARM_LATE;
}

/* 3.13 asks when it is to end: no kick, and no other difference. */
static void who_asks_late_is_not_kicked(void **state)
{
	static const struct act script[] = {
		{10, SEND, 1, 3}, {12, SEND, 2, 2}, {0}};
	struct stand *st = stand_new(late);

	(void)state;
	must_write(st, script,
		   "10 kick\n"
		   "23 call\n"
		   "25 out 0\n"
		   "41 out 1\n"
		   "43 out 2\n"
		   "43 tx 7\n");
	counts(st, 1, 1, 3, 7);
}

static void small_pool(struct netback_napi_params *p)
{
	p->pool = 32;
	p->max_slots = 10;
}

/* 32 slots: after four packets of six there is no room for one of ten. */
static void the_pool_ends_a_batch(void **state)
{
	static const struct act script[] = {
		{10, SEND, 1, 1}, {11, SEND, 6, 6}, {0}};
	struct stand *st = stand_new(small_pool);

	(void)state;
	must_write(st, script,
		   "10 kick\n"
		   "10 tx 1\n"
		   "11 kick\n"
		   "21 call\n"
		   "23 out 0\n"
		   "59 out 1\n"
		   "61 out 2\n"
		   "63 out 3\n"
		   "65 out 4\n"
		   "65 tx 37\n"
		   "89 out 5\n"
		   "91 out 6\n"
		   "91 tx 37\n");
	counts(st, 2, 1, 7, 37);
}

static void weight_1(struct netback_napi_params *p)
{
	p->weight = 1;
	p->limit.which = LIMIT_BUDGET;
}

/* With a weight that counts, each packet is a batch; and one more poll finds
 * that there is nothing. */
static void the_weight_ends_a_batch(void **state)
{
	static const struct act script[] = {
		{10, SEND, 1, 1}, {11, SEND, 2, 1}, {0}};
	struct stand *st = stand_new(weight_1);

	(void)state;
	must_write(st, script,
		   "10 kick\n"
		   "21 call\n"
		   "23 out 0\n"
		   "36 out 1\n"
		   "49 out 2\n"
		   "49 tx 3\n");
	assert_int_equal(st->v->m.polls.n, 4);
	assert_int_equal(st->v->m.batches.n, 3);
	counts(st, 1, 1, 3, 3);
}

static void few_slots(struct netback_napi_params *p)
{
	p->max_slots = 4;
}

/* A packet of five slots is answered and dropped, and costs no copy. */
static void too_many_slots_are_refused(void **state)
{
	static const struct act script[] = {
		{10, SEND, 1, 5}, {40, SEND, 1, 4}, {0}};
	struct stand *st = stand_new(few_slots);

	(void)state;
	must_write(st, script,
		   "10 kick\n"
		   "10 tx 5\n"
		   "20 call\n"
		   "20 tx 5\n"
		   "40 kick\n"
		   "40 tx 9\n"
		   "56 out 1\n"
		   "56 tx 9\n");
	assert_int_equal(st->v->back.max_slots, 4);
	assert_int_equal(st->v->m.refused.n, 1);
	assert_int_equal(st->pool.dropped[DROP_TOO_MANY_SLOTS], 1);
	assert_int_equal(ring_look_used(&st->tx), 9);
	counts(st, 2, 2, 2, 9);
}

static void mapped(struct netback_napi_params *p)
{
	p->pages.pages.which = 1;
	p->pages.guest_pages = 1;
}

/* One page: mapped with the first packet, for good. The guest has its slots
 * back when the packet has been used. */
static void pages_are_mapped_once(void **state)
{
	static const struct act script[] = {
		{10, SEND, 1, 3}, {40, SEND, 1, 3}, {0}};
	struct stand *st = stand_new(mapped);

	(void)state;
	must_write(st, script,
		   "10 kick\n"
		   "10 tx 3\n"
		   "22.5 out 0\n"
		   "22.5 call\n"
		   "22.5 tx 3\n"
		   "40 kick\n"
		   "40 tx 6\n"
		   "42 out 1\n"
		   "42 tx 6\n");
	assert_int_equal(st->v->m.mapped.n, 1);
	counts(st, 2, 2, 2, 6);
}

static void unmapped(struct netback_napi_params *p)
{
	p->pages.pages.which = 2;
}

/* 10 + 4 / 2 before, 10 + 4 / 4 + 20 after each batch; then the slots. */
static void pages_are_unmapped(void **state)
{
	static const struct act script[] = {{10, SEND, 1, 4}, {0}};
	struct stand *st = stand_new(unmapped);

	(void)state;
	must_write(st, script,
		   "10 kick\n"
		   "10 tx 4\n"
		   "24 out 0\n"
		   "55 call\n"
		   "55 tx 4\n");
	assert_int_equal(st->v->m.mapped.n, 4);
	assert_int_equal(st->v->m.flushes.n, 1);
	counts(st, 1, 1, 1, 4);
}

static void persistent(struct netback_napi_params *p)
{
	p->pages.pages.which = 3;
	p->pages.guest_pages = 8;
	p->pages.persistent_pages = 4;
	p->pages.reclaim = 0.25;
}

/* Which of the least recently used have gone is seen by who is still there. */
static void the_oldest_pages_are_reclaimed(void **state)
{
	struct stand *st = stand_new(persistent);
	struct pages *p = &st->v->pages;
	uint32_t last[8], n = 0;
	gsl_rng *twin = rng_stream(st->sim, "v.pages");

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		uint32_t page = (uint32_t)gsl_rng_uniform_int(twin, 8);
		uint32_t kept = 0, to;
		bool was = p->here[page];
		sim_time cost;

		/* The order of use, the last one first. */
		for (to = 0; to < n && last[to] != page; to++)
			;
		assert_int_equal(was, to < n);
		n += to == n;
		memmove(last + 1, last, to * sizeof *last);
		last[0] = page;
		cost = pages_take(p, 1);
		assert_int_equal(cost, was ? 0 : 10 * SIM_US + SIM_US / 2);
		cost = pages_release(p, 1);
		assert_int_equal(cost, n <= 4 ? 0 : 30 * SIM_US + SIM_US / 2);
		if (n > 4)
			n -= 2; /* the one too many, and a quarter of four */
		for (to = 0; to < 8; to++)
			kept += p->here[to];
		assert_int_equal(kept, n);
		for (to = 0; to < n; to++)
			assert_true(p->here[last[to]]);
	}
	sim_free(st->sim);
}

/* The thread copies what has come while it was copying, and calls once. */
static void one_call_a_batch_to_the_guest(void **state)
{
	static const struct act script[] = {
		{0, POST, 64, 0}, {20, OFFER, 1, 0}, {22, OFFER, 3, 0}, {0}};
	struct stand *st = stand_new(NULL);

	(void)state;
	must_write(st, script,
		   "0 kick\n"
		   "26 call\n");
	assert_int_equal(st->v->m.rx_batches.n, 2);
	assert_int_equal(st->v->m.rx_packets.n, 4);
	assert_int_equal(ring_look_used(&st->rx), 4);
	sim_free(st->sim);
}

static TASK(is_called_to_receive)
{
	struct doorbell *bell = owner;

	(void)me;
	(void)depth;
	write_down(bell->owner, "call to receive\n");
	return DONE;
}

/* Kicks for buffers, and calls for packets, by a channel of their own: they are
 * no interrupts for the transmit side. */
static void two_channels(void **state)
{
	static const struct act script[] = {
		{0, POST, 64, 0}, {20, OFFER, 1, 0}, {40, SEND, 1, 1}, {0}};
	struct stand *st = stand_new(NULL);
	struct back *back = &st->v->back;

	(void)state;
	st->front.receive = &st->rx;
	st->front.kick_receive = (struct doorbell){
		.ring = doorbell_direct, .handler = &back->on_kick_receive};
	back->call_receive =
		(struct doorbell){.ring = is_called_to_receive, .owner = st};
	must_write(st, script,
		   "0 kick\n"
		   "26 call to receive\n"
		   "40 kick\n"
		   "40 tx 1\n"
		   "51 call\n"
		   "53 out 1\n"
		   "53 tx 1\n");
	assert_int_equal(st->v->m.rx_interrupts.n, 1);
	counts(st, 1, 1, 1, 1);
}

/* What comes in the moment of asking is found by who looks again. */
static void looks_again(void **state)
{
	static const struct act script[] = {{10, SEND, 1, 1}, {0}};
	struct stand *st = stand_new(late);

	(void)state;
	st->races = 1;
	must_write(st, script,
		   "10 kick\n"
		   "21 call\n"
		   "23 out 0\n"
		   "23 tx 1\n"
		   "36 out 1\n"
		   "36 tx 2\n");
	assert_int_equal(st->sim->oracle->n, 0);
	counts(st, 1, 1, 2, 2);
}

static void blind(struct netback_napi_params *p)
{
	late(p);
	p->recheck = false;
}

static void the_oracle_sees_a_look_left_out(void **state)
{
	static const struct act script[] = {{10, SEND, 1, 1}, {0}};
	struct stand *st = stand_new(blind);

	(void)state;
	st->races = 1;
	must_write(st, script,
		   "10 kick\n"
		   "21 call\n"
		   "23 out 0\n"
		   "23 tx 1\n");
	oracle_finish(st->sim);
	assert_int_equal(st->sim->oracle->n, 1);
	assert_int_equal(st->sim->oracle->stalls[0].cause, CAUSE_NO_RECHECK);
	sim_free(st->sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_packet_during_the_copy),
		cmocka_unit_test(who_asks_late_is_not_kicked),
		cmocka_unit_test(the_pool_ends_a_batch),
		cmocka_unit_test(the_weight_ends_a_batch),
		cmocka_unit_test(too_many_slots_are_refused),
		cmocka_unit_test(pages_are_mapped_once),
		cmocka_unit_test(pages_are_unmapped),
		cmocka_unit_test(the_oldest_pages_are_reclaimed),
		cmocka_unit_test(one_call_a_batch_to_the_guest),
		cmocka_unit_test(two_channels),
		cmocka_unit_test(looks_again),
		cmocka_unit_test(the_oracle_sees_a_look_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
