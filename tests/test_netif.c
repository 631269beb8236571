/* SPDX-License-Identifier: MIT */
/*
 * Mirage's network frontend by hand: who waits for what, era by era; what frees
 * a slot, what posts a buffer, what kicks. See netif_stand.h for the stand. The
 * ring has 32 slots, a big packet takes two.
 */
#include "netif_stand.h"

/* The buffers' kick, when the listener begins. */
#define START "kick@0 "
#define A5    "a@10 a@10 a@10 a@10 a@10 "
#define A15   A5 A5 A5

/* --- era a -------------------------------------------------------------- */

/* 16 fill the ring; nobody waits for answers. a's 17th and b's first wait; each
 * event wakes one, though nothing is free, and it writes over what the host has
 * not taken. Then the host finds 16 packets of 18, and 36 requests. */
static void era_a(void **state)
{
	static const struct act script[] = {
		{10, BIG, 17, 'a'}, {20, BIG, 1, 'b'},	 {30, KEY, 1, 0},
		{40, KEY, 1, 0},    {50, ANSWER, 32, 0}, {60, ANSWER, 4, 0},
		{70, BIG, 1, 'c'},  {0, 0, 0, 0}};
	struct netif_params p = net_params(ERA_A);
	struct netif_stand *st = net_new(&p, WAIT_NEWEST_FIRST, script);

	(void)state;
	net_must_read(st, 45, START "kick@10 " A15 "a@10 a@31 b@41 ");
	assert_int_equal(st->n->m.overwritten.n, 4);
	assert_int_equal(st->n->m.full.n, 2);
	assert_int_equal(st->pool.dropped[DROP_OVERWRITTEN], 2);
	assert_int_equal(ring_in_use(&st->n->tx), 36);
	assert_int_equal(netif_type.inside(&st->n->stage), 16);
	net_must_read(st, 100, "call@50 call@60 kick@70 c@70 ");
	assert_int_equal(st->taken, 16);
	assert_int_equal(ring_in_use(&st->n->tx), 2);
	net_free(st);
}

/* Four packets' slots are free at 31, and one of the two is woken. The other is
 * at the next event, which the first one's packet brings about. */
static void era_a_wakes_one(void **state)
{
	static const struct act script[] = {
		{10, BIG, 17, 'a'},  {20, BIG, 1, 'b'},	 {30, ANSWER, 8, 0},
		{40, ANSWER, 26, 0}, {50, ANSWER, 2, 0}, {0, 0, 0, 0}};
	struct netif_params p = net_params(ERA_A);
	struct netif_stand *st = net_new(&p, WAIT_NEWEST_FIRST, script);
	const struct stall *s;

	(void)state;
	net_must_read(st, 100,
		      START "kick@10 " A15 "a@10 call@30 a@31 call@40 "
			    "kick@41 b@41 call@50 ");
	oracle_finish(st->sim);
	assert_int_equal(st->sim->oracle->n, 1);
	s = st->sim->oracle->stalls;
	assert_int_equal(s->cause, CAUSE_NEVER_SENT);
	assert_int_equal(s->start, 31 * SIM_US);
	assert_int_equal(s->end, 41 * SIM_US);
	net_free(st);
}

/* As long as more is in use than there is, nobody finds room. */
static void an_overrun_is_not_room(void **state)
{
	static const struct act script[] = {
		{10, BIG, 17, 'a'},  {20, KEY, 1, 0}, {30, ANSWER, 2, 0},
		{40, SMALL, 1, 'c'}, {50, KEY, 1, 0}, {0, 0, 0, 0}};
	struct netif_params p = net_params(ERA_A);
	struct netif_stand *st = net_new(&p, WAIT_NEWEST_FIRST, script);

	(void)state;
	net_must_read(st, 100, START "kick@10 " A15 "a@10 a@21 call@30 c@51 ");
	assert_int_equal(ring_in_use(&st->n->tx), 33);
	assert_int_equal(st->n->m.overwritten.n, 3);
	net_free(st);
}

/* --- eras B to D -------------------------------------------------------- */

/* Each packet waits for its answer, with the mutex; and an answer is one when
 * the listener has seen it: neither at 15, when the host takes the request, nor
 * at 20, when it answers, but at 31. Then it is b's turn. Of two slots the last
 * one's counts. */
static void era_b(void **state)
{
	static const struct act script[] = {
		{10, BIG, 2, 'a'},   {12, BIG, 1, 'b'},	 {15, TAKE, 2, 0},
		{20, QUIETLY, 2, 0}, {30, KEY, 1, 0},	 {32, TAKE, 2, 0},
		{35, ANSWER, 1, 0},  {40, ANSWER, 1, 0}, {50, ANSWER, 2, 0},
		{0, 0, 0, 0}};
	struct netif_params p = net_params(ERA_B);
	struct netif_stand *st = net_new(&p, WAIT_NEWEST_FIRST, script);

	(void)state;
	net_must_read(st, 29, START "kick@10 ");
	assert_int_equal(ring_in_use(&st->n->tx), 2);
	net_must_read(st, 100,
		      "a@31 kick@31 call@35 call@40 b@41 kick@41 call@50 "
		      "a@51 ");
	assert_int_equal(ring_in_use(&st->n->tx), 0);
	net_free(st);
}

/* A packet of one slot is stop-and-wait for the whole interface; a longer one
 * goes, but not past it. */
static void one_slot_at_a_time(int era)
{
	static const struct act script[] = {
		{10, BIG, 2, 'a'},  {20, SMALL, 2, 'b'}, {25, BIG, 1, 'c'},
		{30, TAKE, 5, 0},   {40, ANSWER, 4, 0},	 {50, ANSWER, 1, 0},
		{60, ANSWER, 2, 0}, {70, ANSWER, 1, 0},	 {0, 0, 0, 0}};
	struct netif_params p = net_params(era);
	struct netif_stand *st = net_new(&p, WAIT_NEWEST_FIRST, script);

	net_must_read(st, 100,
		      START "kick@10 a@10 a@10 "
			    "call@40 call@50 b@51 kick@51 c@51 "
			    "call@60 call@70 b@71 ");
	assert_int_equal(st->n->m.full.n, 0);
	net_free(st);
}

static void eras_c_and_d(void **state)
{
	(void)state;
	one_slot_at_a_time(ERA_C);
	one_slot_at_a_time(ERA_D);
}

/* 16 fit. The 17th waits in the library, with the mutex: the key at 30 wakes
 * it for nothing, the answer at 40 does not free a slot, the listener does. */
static void era_c_full(void **state)
{
	static const struct act script[] = {
		{10, BIG, 17, 'a'},  {20, SMALL, 1, 'b'}, {30, KEY, 1, 0},
		{40, QUIETLY, 2, 0}, {50, KEY, 1, 0},	  {0, 0, 0, 0}};
	struct netif_params p = net_params(ERA_C);
	struct netif_stand *st = net_new(&p, WAIT_NEWEST_FIRST, script);

	(void)state;
	net_must_read(st, 100, START "kick@10 " A15 "a@10 a@51 ");
	assert_int_equal(st->n->m.full.n, 2);
	assert_int_equal(ring_in_use(&st->n->tx), 32);
	net_free(st);
}

/* 15 fit: one slot must be left. The 16th waits for an event of the port, and
 * so does the listener. Four are free after the answer: but when the newest is
 * woken first it looks before the listener has reaped. The key wakes both once
 * more. */
static void era_d_full(void **state)
{
	static const struct act script[] = {{10, BIG, 16, 'a'},
					    {30, ANSWER, 2, 0},
					    {50, KEY, 1, 0},
					    {0, 0, 0, 0}};
	static const struct {
		enum wait_order order;
		int signal;
		const char *diary;
	} rows[] = {
		{WAIT_NEWEST_FIRST, 0, "call@30 a@52 "},
		{WAIT_OLDEST_FIRST, 0, "call@30 a@32 "},
		{WAIT_COUNTER, 0, "call@30 a@32 "},
		{WAIT_NEWEST_FIRST, 1, "call@30 a@31 "},
		{WAIT_OLDEST_FIRST, 1, "call@30 a@31 "},
		{WAIT_COUNTER, 1, "call@30 a@31 "},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct netif_params p = net_params(ERA_D);
		struct netif_stand *st;

		p.free_slot_signal.which = rows[i].signal;
		st = net_new(&p, rows[i].order, script);
		net_must_read(st, 20, START "kick@10 " A15);
		net_must_read(st, 100, rows[i].diary);
		oracle_finish(st->sim);
		assert_int_equal(st->sim->oracle->n, i == 0);
		net_free(st);
	}
}

/* The first of those: lost at the moment the listener has reaped, for the
 * writer was woken too early; found by the key. */
static void the_stuck_writer(void **state)
{
	static const struct act script[] = {{10, BIG, 16, 'a'},
					    {30, ANSWER, 2, 0},
					    {50, KEY, 1, 0},
					    {0, 0, 0, 0}};
	struct netif_params p = net_params(ERA_D);
	struct netif_stand *st = net_new(&p, WAIT_NEWEST_FIRST, script);
	const struct stall *s;

	(void)state;
	st->h->a.because = "a key";
	sim_run(st->sim, SIM_SEC);
	oracle_finish(st->sim);
	assert_int_equal(st->sim->oracle->n, 1);
	s = st->sim->oracle->stalls;
	assert_string_equal(s->waiter, "n.writer");
	assert_string_equal(s->awaited, "free slots");
	assert_int_equal(s->cause, CAUSE_EARLY);
	assert_int_equal(s->start, 32 * SIM_US);
	assert_int_equal(s->end, 52 * SIM_US);
	assert_string_equal(s->rescuer, "a key");
	net_free(st);
}

/* Seven of nine slots leave one of 64: where a big one would wait a small one
 * goes; behind it they wait for the mutex. */
static void era_d_small(void **state)
{
	static const struct act script[] = {{10, BIG, 7, 'a'},
					    {12, SMALL, 1, 'b'},
					    {14, BIG, 1, 'c'},
					    {20, ANSWER, 64, 0},
					    {0, 0, 0, 0}};
	struct netif_params p = net_params(ERA_D);
	struct netif_stand *st;

	(void)state;
	p.slots = 64;
	p.views = 8;
	st = net_new(&p, WAIT_NEWEST_FIRST, script);
	net_must_read(st, 19, START "kick@10 " A5 "a@10 a@10 ");
	assert_int_equal(ring_in_use(&st->n->tx), 64);
	net_must_read(st, 100, "call@20 b@21 kick@21 c@21 ");
	assert_int_equal(st->n->m.full.n, 0);
	net_free(st);
}

/* --- the listener ------------------------------------------------------- */

/* Buffers that were used up at 11 are posted by the pass of the next event, or
 * at once, if it refills last. */
static void refill(void **state)
{
	static const struct act script[] = {
		{10, GIVE, 5, 0}, {30, KEY, 1, 0}, {0, 0, 0, 0}};
	static const uint16_t posted[] = {32, 37};

	(void)state;
	for (int last = 0; last < 2; last++) {
		struct netif_params p = net_params(ERA_D);
		struct netif_stand *st;

		p.refill.which = last;
		st = net_new(&p, WAIT_NEWEST_FIRST, script);
		net_must_read(st, 9, START);
		assert_int_equal(st->n->rx.shared.avail, 32);
		net_must_read(st, 20, "call@10 up@11 up@11 up@11 up@11 up@11 ");
		assert_int_equal(st->n->rx.shared.avail, posted[last]);
		net_must_read(st, 40, "");
		assert_int_equal(st->n->rx.shared.avail, 37);
		net_free(st);
	}
}

/* The host wants a kick for what comes behind the third request: the fourth
 * makes it, and no other. The first of all does, too. */
static void kicks(void **state)
{
	static const struct act script[] = {{10, SMALL, 1, 'a'},
					    {11, WANT, 3, 0},
					    {12, SMALL, 5, 'a'},
					    {0, 0, 0, 0}};
	struct netif_params p = net_params(ERA_A);
	struct netif_stand *st = net_new(&p, WAIT_NEWEST_FIRST, script);

	(void)state;
	net_must_read(st, 100,
		      START "kick@10 a@10 a@12 a@12 kick@12 a@12 a@12 a@12 ");
	assert_int_equal(st->n->m.kicks.n, 3);
	assert_int_equal(st->n->m.packets.n, 6);
	net_free(st);
}

/* The listener asks behind the last answer it has seen. Two answers before its
 * next look are one call. */
static void calls(void **state)
{
	static const struct act script[] = {
		{10, BIG, 4, 'a'},   {20, ANSWER, 2, 0}, {20.5, ANSWER, 2, 0},
		{30, QUIETLY, 2, 0}, {40, ANSWER, 2, 0}, {0, 0, 0, 0}};
	struct netif_params p = net_params(ERA_D);
	struct netif_stand *st = net_new(&p, WAIT_NEWEST_FIRST, script);

	(void)state;
	net_must_read(st, 25, START "kick@10 a@10 a@10 a@10 a@10 call@20 ");
	assert_int_equal(ring_in_use(&st->n->tx), 4);
	assert_int_equal(st->n->tx.shared.used_event, 4);
	net_must_read(st, 100, "call@40 ");
	assert_int_equal(ring_in_use(&st->n->tx), 0);
	assert_int_equal(st->n->tx.shared.used_event, 8);
	assert_int_equal(st->n->m.passes.n, 3);
	net_free(st);
}

static unsigned said(const struct netif_stand *st, const char *who,
		     enum note what, uint64_t value)
{
	const struct sim *sim = st->sim;
	unsigned n = 0;

	for (uint64_t i = 0; i < sim->noted; i++) {
		const struct record *r = &sim->records[i];

		n += strcmp(sim->owner_names[r->owner], who) == 0 &&
		     r->what == what && r->value == value;
	}
	return n;
}

/* In what it tells of them, they are not mixed up. */
static void its_rings_have_names(void **state)
{
	static const struct act script[] = {{10, GIVE, 5, 0},
					    {20, BIG, 1, 'a'},
					    {30, ANSWER, 2, 0},
					    {0, 0, 0, 0}};
	struct netif_params p = net_params(ERA_D);
	struct netif_stand *st = net_new(&p, WAIT_NEWEST_FIRST, script);

	(void)state;
	sim_run(st->sim, 100 * SIM_US);
	assert_true(st->sim->noted < 4096);
	assert_int_equal(said(st, "n.rx", NOTE_KICK, 32), 1);
	assert_int_equal(said(st, "n.rx", NOTE_TAKE, 5), 1);
	assert_int_equal(said(st, "n.rx", NOTE_ARM, 5), 2);
	assert_int_equal(said(st, "n.rx", NOTE_ARM, 2), 0);
	assert_int_equal(said(st, "n", NOTE_PUT, 2), 1);
	assert_int_equal(said(st, "n", NOTE_KICK, 2), 1);
	assert_int_equal(said(st, "n", NOTE_ARM, 2), 1);
	assert_int_equal(said(st, "n", NOTE_TAKE, 5), 0);
	assert_int_equal(said(st, "n", NOTE_ARM, 5), 0);
	net_free(st);
}

/* It receives first: at that moment nothing has been reaped. */
static void receives_before_it_reaps(void **state)
{
	static const struct act script[] = {{10, BIG, 1, 'a'},
					    {20, QUIETLY, 2, 0},
					    {30, GIVE, 1, 0},
					    {0, 0, 0, 0}};
	struct netif_params p = net_params(ERA_D);
	struct netif_stand *st = net_new(&p, WAIT_NEWEST_FIRST, script);

	(void)state;
	net_must_read(st, 100, START "kick@10 a@10 call@30 up@31 ");
	assert_int_equal(st->in_use, 2);
	assert_int_equal(ring_in_use(&st->n->tx), 0);
	net_free(st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(era_a),
		cmocka_unit_test(era_a_wakes_one),
		cmocka_unit_test(an_overrun_is_not_room),
		cmocka_unit_test(era_b),
		cmocka_unit_test(eras_c_and_d),
		cmocka_unit_test(era_c_full),
		cmocka_unit_test(era_d_full),
		cmocka_unit_test(the_stuck_writer),
		cmocka_unit_test(era_d_small),
		cmocka_unit_test(refill),
		cmocka_unit_test(kicks),
		cmocka_unit_test(calls),
		cmocka_unit_test(its_rings_have_names),
		cmocka_unit_test(receives_before_it_reaps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
