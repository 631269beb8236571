/* SPDX-License-Identifier: MIT */
/*
 * netback by hand. A batch takes 10 us and 1 us a slot, a packet out of the
 * guest 2 us more, one into it 3 us; see netback_stand.h for how to read the
 * diaries.
 */
#include "tests/netback_stand.h"

/* One batch of three packets of two slots: 10 + 6 us. The ring looks empty when
 * the third is taken, so the wish for the next kick is at once, not at 16 us:
 * the packet at 5 us kicks, those at 6 us do not. The guest asked to be called
 * by the first response and has not asked again. */
static void asks_for_the_next_kick_before_it_copies(void **state)
{
	static const struct act script[] = {
		{0, SEND, 'a', 3}, {5, SEND, 'a', 1}, {6, SEND, 'a', 2}, {0}};
	struct stand *st = stand_new(1, NULL);

	(void)state;
	stand_play(st, script);
	stand_must_write(st, "0 a kick\n"
			     "0 a tx 6\n"
			     "5 a kick\n"
			     "16 a call\n"
			     "18 a out 0\n"
			     "20 a out 1\n"
			     "22 a out 2\n"
			     "22 a tx 12\n"
			     "40 a out 3\n"
			     "42 a out 4\n"
			     "44 a out 5\n");
	sim_free(st->sim);
}

static void after_delivery(struct netback_params *p)
{
	p->rearm.which = REARM_AFTER_DELIVERY;
}

/* The same, with the wish put off: nothing kicks while there is work. */
static void may_ask_when_the_batch_is_delivered(void **state)
{
	static const struct act script[] = {
		{0, SEND, 'a', 3}, {5, SEND, 'a', 1}, {6, SEND, 'a', 2}, {0}};
	struct stand *st = stand_new(1, after_delivery);

	(void)state;
	stand_play(st, script);
	stand_must_write(st, "0 a kick\n"
			     "16 a call\n"
			     "18 a out 0\n"
			     "20 a out 1\n"
			     "22 a out 2\n"
			     "40 a out 3\n"
			     "42 a out 4\n"
			     "44 a out 5\n"
			     "44 a tx 12\n");
	sim_free(st->sim);
}

/* One packet a vif in turn; b's guest is called when its first slot is done. */
static void takes_turns(void **state)
{
	static const struct act script[] = {
		{0, SEND_1, 'c', 1}, /* it is busy until 13 us */
		{1, SEND, 'a', 2},
		{2, SEND_1, 'b', 3},
		{0}};
	struct stand *st = stand_new(3, NULL);

	(void)state;
	stand_play(st, script);
	stand_must_write(st, "0 c kick\n"
			     "0 c tx 1\n"
			     "1 a kick\n"
			     "2 b kick\n"
			     "11 c call\n"
			     "13 c out 0\n"
			     "13 a tx 4\n"
			     "13 b tx 3\n"
			     "30 a call\n" /* 10 + 7 */
			     "32 a out 0\n"
			     "32 b call\n"
			     "34 b out 0\n"
			     "36 a out 1\n"
			     "38 b out 1\n"
			     "40 b out 2\n");
	assert_int_equal(st->guests[1].vif->m.tx_batches.n, 1);
	assert_int_equal(st->guests[1].vif->m.tx_packets.n, 3);
	assert_int_equal(st->guests[0].vif->m.tx_slots.n, 4);
	sim_free(st->sim);
}

static void eight_ops(struct netback_params *p)
{
	p->copy_ops = 8;
}

/* Four packets of two slots, then two: 10 + 8 us, 10 + 4 us. */
static void a_batch_ends_with_its_copies(void **state)
{
	static const struct act script[] = {{0, SEND, 'a', 6}, {0}};
	struct stand *st = stand_new(1, eight_ops);

	(void)state;
	stand_play(st, script);
	stand_must_write(st, "0 a kick\n"
			     "18 a call\n"
			     "20 a out 0\n"
			     "22 a out 1\n"
			     "24 a out 2\n"
			     "26 a out 3\n"
			     "26 a tx 12\n"
			     "42 a out 4\n"
			     "44 a out 5\n");
	sim_free(st->sim);
}

/* Four fill the batch, and the ring is empty: it asks before it copies. */
static void a_full_batch_asks_too(void **state)
{
	static const struct act script[] = {{0, SEND, 'a', 4}, {0}};
	struct stand *st = stand_new(1, eight_ops);

	(void)state;
	stand_play(st, script);
	stand_must_write(st, "0 a kick\n"
			     "0 a tx 8\n"
			     "18 a call\n"
			     "20 a out 0\n"
			     "22 a out 1\n"
			     "24 a out 2\n"
			     "26 a out 3\n");
	sim_free(st->sim);
}

static void pool_of_32(struct netback_params *p)
{
	p->pool = 32;
}

/* A packet is begun only while 17 more slots would fit: with 14 in work, not
 * with 15. So fifteen packets, then two. */
static void a_batch_ends_with_the_pool(void **state)
{
	static const struct act script[] = {{0, SEND_1, 'a', 17}, {0}};
	struct stand *st = stand_new(1, pool_of_32);

	(void)state;
	stand_play(st, script);
	stand_must_write(st, "0 a kick\n"
			     "25 a call\n"
			     "27 a out 0\n"
			     "29 a out 1\n"
			     "31 a out 2\n"
			     "33 a out 3\n"
			     "35 a out 4\n"
			     "37 a out 5\n"
			     "39 a out 6\n"
			     "41 a out 7\n"
			     "43 a out 8\n"
			     "45 a out 9\n"
			     "47 a out 10\n"
			     "49 a out 11\n"
			     "51 a out 12\n"
			     "53 a out 13\n"
			     "55 a out 14\n"
			     "55 a tx 17\n"
			     "69 a out 15\n"
			     "71 a out 16\n");
	sim_free(st->sim);
}

/*
 * 64 buffers: when the 46th packet is promised its own, 18 are left, too few;
 * the vif asks for a kick when the guest has posted 19 beyond 46, which is
 * buffer number 65 (index 64), and stops its queue. That holds 32 more; the
 * last 5 of 83 are lost. The batch takes 10 + 46 * (1 + 3) us. One buffer lets
 * one more packet through; so does the next.
 */
static void the_queue_stops_and_starts_again(void **state)
{
	static const struct act script[] = {{0, POST, 'a', 64},
					    {1, OFFER, 'a', 83},
					    {300, POST, 'a', 1},
					    {400, POST, 'a', 1},
					    {0}};
	struct stand *st = stand_new(1, NULL);
	const struct netback *v = st->guests[0].vif;

	(void)state;
	stand_play(st, script);
	stand_must_write(st, "0 a kick\n"
			     "0 a tx 0\n"
			     "1 a rx 64\n"
			     "195 a call\n"
			     "300 a kick\n"
			     "300 a rx 65\n"
			     "314 a tx 0\n"
			     "400 a kick\n"
			     "400 a rx 66\n"
			     "414 a tx 0\n");
	assert_int_equal(v->m.stops.n, 3);
	assert_int_equal(v->m.queue_drops.n, 5);
	assert_int_equal(st->pool.dropped[DROP_VIF_QUEUE], 5);
	assert_int_equal(v->m.buffer_drops.n, 0);
	assert_int_equal(v->vif.queue.length, 30);
	assert_int_equal(netback_type.inside(&v->stage), 30);
	assert_int_equal(ring_packets_to_guest(&st->guests[0].rx), 48);
	sim_free(st->sim);
}

/* All 256 buffers posted: 238 packets pass, when 18 buffers are left, and
 * txqueuelen more wait: the burst of 271 loses one, or none. */
static void long_queue(struct netback_params *p)
{
	p->txqueuelen = 500;
}

static void a_burst_survives(void **state)
{
	static const struct act script[] = {
		{0, POST, 'a', 256}, {1, OFFER, 'a', 271}, {0}};
	struct stand *st = stand_new(1, NULL);

	(void)state;
	stand_play(st, script);
	assert_int_equal(st->guests[0].vif->m.rx_packets.n, 238);
	assert_int_equal(st->guests[0].vif->m.queue_drops.n, 1);
	sim_free(st->sim);
	st = stand_new(1, long_queue);
	stand_play(st, script);
	assert_int_equal(st->guests[0].vif->m.rx_packets.n, 238);
	assert_int_equal(st->guests[0].vif->vif.queue.length, 33);
	assert_int_equal(st->guests[0].vif->m.queue_drops.n, 0);
	sim_free(st->sim);
}

static void needs_all(struct netback_params *p)
{
	p->rx_needed = 256;
}

static void needs_more(struct netback_params *p)
{
	p->rx_needed = 257;
}

/* It can never have so many buffers; that is said. */
static void more_buffers_than_slots(void **state)
{
	static const struct act script[] = {
		{0, POST, 'a', 256}, {1, OFFER, 'a', 1}, {0}};
	struct stand *st = stand_new(1, needs_all);

	(void)state;
	assert_null(st->guests[0].vif->stage.remark);
	stand_play(st, script);
	assert_int_equal(st->guests[0].vif->m.rx_packets.n, 1);
	sim_free(st->sim);
	st = stand_new(1, needs_more);
	assert_string_equal(st->guests[0].vif->stage.remark,
			    "rx_needed is 257, but its guest has only 256 "
			    "receive buffers: no packet ever reaches the "
			    "guest");
	stand_play(st, script);
	assert_int_equal(st->guests[0].vif->m.rx_packets.n, 0);
	sim_free(st->sim);
}

static TASK(nothing)
{
	(void)me;
	(void)depth;
	(void)owner;
	return DONE;
}

/* The kick of 5 us does not arrive, but the thread looks for room after each
 * packet it gives to the guest, at 195 us. */
static void the_thread_starts_the_queue_too(void **state)
{
	static const struct act script[] = {{0, POST, 'a', 64},
					    {1, OFFER, 'a', 47},
					    {5, POST, 'a', 2},
					    {0}};
	struct stand *st = stand_new(1, NULL);

	(void)state;
	st->guests[0].front.kick.ring = nothing;
	stand_play(st, script);
	stand_must_write(st, "0 a kick\n"
			     "1 a rx 64\n"
			     "5 a kick\n"
			     "195 a call\n");
	assert_int_equal(st->guests[0].vif->m.rx_packets.n, 47);
	assert_false(st->guests[0].vif->vif.queue.stopped);
	sim_free(st->sim);
}

static void no_notify(struct netback_params *p)
{
	p->rx_notify = false;
}

/* Without feature-rx-notify the queue never stops; of 20 buffers two can be
 * used. */
static void a_guest_that_does_not_notify_loses_packets(void **state)
{
	static const struct act script[] = {
		{0, POST, 'a', 20}, {1, OFFER, 'a', 5}, {0}};
	struct stand *st = stand_new(1, no_notify);

	(void)state;
	stand_play(st, script);
	assert_int_equal(st->guests[0].vif->m.rx_packets.n, 2);
	assert_int_equal(st->guests[0].vif->m.buffer_drops.n, 3);
	assert_int_equal(st->pool.dropped[DROP_NO_BUFFER], 3);
	assert_null(st->guests[0].vif->stage.remark);
	sim_free(st->sim);
}

/* What is lost at the start of a run looks like a stall later. */
static void a_packet_before_the_first_buffer_is_told(void **state)
{
	static const struct act script[] = {{1, OFFER, 'a', 1}, {0}};
	struct stand *st = stand_new(1, no_notify);

	(void)state;
	stand_play(st, script);
	assert_int_equal(st->guests[0].vif->m.buffer_drops.n, 1);
	assert_non_null(strstr(st->guests[0].vif->stage.remark,
			       "before the guest had posted a buffer"));
	sim_free(st->sim);
}

/* Each guest once, when all packets of the batch are pushed: b and a from 15
 * to 41 us, 10 + 4 * 4. A guest that did not ask is not called. */
static void calls_once_a_batch(void **state)
{
	static const struct act script[] = {
		{0, POST, 'a', 64},  {0, POST, 'b', 64},
		{1, OFFER, 'a', 1},  {2, OFFER, 'b', 2},
		{2, OFFER, 'a', 2},  {20, REAP, 'a', 1},
		{50, REAP, 'b', 1},  {50, OFFER, 'b', 1},
		{70, OFFER, 'b', 1}, {0}};
	struct stand *st = stand_new(2, NULL);

	(void)state;
	stand_play(st, script);
	stand_must_write(st, "0 a kick\n"
			     "0 a tx 0\n"
			     "0 b kick\n"
			     "0 b tx 0\n"
			     "15 a call\n"
			     "41 b call\n"
			     "41 a call\n"
			     "64 b call\n");
	assert_int_equal(st->guests[0].received, 1);
	assert_int_equal(ring_packets_to_guest(&st->guests[0].rx), 2);
	assert_int_equal(ring_packets_to_guest(&st->guests[1].rx), 2);
	sim_free(st->sim);
}

/* While it is busy with c's packet until 15 us, 400 others come: a batch ends
 * when 17 more slots would not fit under 256, after 239. */
static void a_batch_to_guests_ends_too(void **state)
{
	static const struct act script[] = {{0, POST, 'a', 256},
					    {0, POST, 'b', 256},
					    {0, POST, 'c', 64},
					    {1, OFFER, 'c', 1},
					    {2, OFFER, 'a', 200},
					    {2, OFFER, 'b', 200},
					    {0}};
	struct stand *st = stand_new(3, NULL);

	(void)state;
	stand_play(st, script);
	stand_must_write(st, "0 a kick\n"
			     "0 a tx 0\n"
			     "0 b kick\n"
			     "0 b tx 0\n"
			     "0 c kick\n"
			     "0 c tx 0\n"
			     "15 c call\n"
			     "981 a call\n"
			     "981 b call\n");
	assert_int_equal(st->guests[0].vif->m.rx_batches.n, 1);
	assert_int_equal(st->guests[1].vif->m.rx_batches.n, 2);
	assert_int_equal(st->guests[1].vif->m.rx_packets.n, 200);
	sim_free(st->sim);
}

/* A packet of 9000 bytes takes three buffers, of which the first has it. */
static void a_large_packet_takes_more_buffers(void **state)
{
	static const struct act script[] = {{0, POST, 'a', 64}, {0}};
	struct stand *st = stand_new(1, NULL);
	struct guest *g = &st->guests[0];
	struct packet *p = packet_new(&st->pool, 9000);

	(void)state;
	stand_play(st, script);
	netback_give(&g->vif->vif, p); /* as start_xmit does */
	assert_int_equal(vif_buffers(p), 3);
	assert_int_equal(sim_run(st->sim, 2 * SIM_SEC), SIM_OK);
	assert_int_equal(ring_look_used(&g->rx), 3);
	assert_ptr_equal(ring_reap_packet(&g->rx), p);
	assert_null(ring_reap_packet(&g->rx));
	sim_free(st->sim);
}

/* The guest acts in the moment of asking, and its kick is not due: who looks
 * again finds it. */
static void looks_again_for_requests(void **state)
{
	static const struct act script[] = {{0, SEND_1, 'a', 1}, {0}};
	struct stand *st = stand_new(1, NULL);

	(void)state;
	st->guests[0].races = 100;
	stand_play(st, script);
	assert_int_equal(st->guests[0].pool.made, 101);
	assert_int_equal(st->guests[0].pool.delivered, 101);
	oracle_finish(st->sim);
	assert_int_equal(st->sim->oracle->n, 0);
	sim_free(st->sim);
}

static void looks_again_for_room(void **state)
{
	static const struct act script[] = {
		{0, POST, 'a', 64}, {1, OFFER, 'a', 46}, {0}};
	struct stand *st = stand_new(1, NULL);

	(void)state;
	st->guests[0].front.kick.ring = nothing;
	st->guests[0].races = 1;
	stand_play(st, script);
	assert_int_equal(st->guests[0].races, 0);
	assert_int_equal(st->guests[0].vif->m.stops.n, 0);
	sim_free(st->sim);
}

static void no_recheck(struct netback_params *p)
{
	p->recheck = false;
}

/* When it asks it does not look again: the packet of that moment lies there
 * until 50 us, when the guest kicks for a buffer. */
static void the_oracle_sees_a_look_left_out(void **state)
{
	static const struct act script[] = {
		{0, SEND_1, 'a', 1}, {50, POST, 'a', 1}, {0}};
	struct stand *st = stand_new(1, no_recheck);
	const struct stall *stall;

	(void)state;
	st->guests[0].races = 1;
	stand_play(st, script);
	oracle_finish(st->sim);
	stall = &st->sim->oracle->stalls[0];
	assert_int_equal(st->sim->oracle->n, 1);
	assert_string_equal(stall->waiter, "a.tx");
	assert_int_equal(stall->cause, CAUSE_NO_RECHECK);
	assert_int_equal(stall->start, 0);
	assert_int_equal(stall->end, 50 * SIM_US);
	assert_string_equal(stall->rescuer, "a kick");
	assert_int_equal(st->guests[0].pool.delivered, 2);
	sim_free(st->sim);
}

/* The kick for the buffer of 300 us gets lost; one for a packet, at 1.5 s,
 * rescues the queue. */
static void the_oracle_sees_a_queue_left_stopped(void **state)
{
	static const struct act first[] = {{0, POST, 'a', 64},
					   {1, OFFER, 'a', 47},
					   {300, POST, 'a', 1},
					   {0}};
	static const struct act second[] = {{1500000, SEND_1, 'a', 1}, {0}};
	struct stand *st = stand_new(1, NULL);
	const struct stall *stall;

	(void)state;
	st->guests[0].front.kick.ring = nothing;
	stand_play(st, first);
	st->guests[0].front.kick.ring = doorbell_direct;
	st->guests[0].tx.shared.avail_event = 0;
	stand_play(st, second);
	oracle_finish(st->sim);
	assert_int_equal(st->sim->oracle->n, 1);
	stall = &st->sim->oracle->stalls[0];
	assert_string_equal(stall->waiter, "a.queue");
	assert_string_equal(stall->awaited, "receive buffers");
	assert_int_equal(stall->start, 300 * SIM_US);
	assert_int_equal(stall->end, 1500 * SIM_MS);
	assert_int_equal(st->guests[0].vif->m.rx_packets.n, 47);
	sim_free(st->sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_for_the_next_kick_before_it_copies),
		cmocka_unit_test(may_ask_when_the_batch_is_delivered),
		cmocka_unit_test(takes_turns),
		cmocka_unit_test(a_batch_ends_with_its_copies),
		cmocka_unit_test(a_full_batch_asks_too),
		cmocka_unit_test(a_batch_ends_with_the_pool),
		cmocka_unit_test(the_queue_stops_and_starts_again),
		cmocka_unit_test(a_burst_survives),
		cmocka_unit_test(more_buffers_than_slots),
		cmocka_unit_test(the_thread_starts_the_queue_too),
		cmocka_unit_test(a_guest_that_does_not_notify_loses_packets),
		cmocka_unit_test(a_packet_before_the_first_buffer_is_told),
		cmocka_unit_test(calls_once_a_batch),
		cmocka_unit_test(a_batch_to_guests_ends_too),
		cmocka_unit_test(a_large_packet_takes_more_buffers),
		cmocka_unit_test(looks_again_for_requests),
		cmocka_unit_test(looks_again_for_room),
		cmocka_unit_test(the_oracle_sees_a_look_left_out),
		cmocka_unit_test(the_oracle_sees_a_queue_left_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
