/* SPDX-License-Identifier: MIT */
/*
 * The software switch: what it keeps, when it dies of it, and what a ring of
 * era A loses. Every run of a world ends with a count of all packets, from both
 * ends; it aborts if one is missing or there twice.
 */
#include "tests/small_world.h"

#include <math.h>

#define KEPT (4096 + 512) /* bytes: page and thread of a packet that waits */

static struct small_world w;

static double get(const char *name)
{
	return small_world_number(&w, name);
}

/* Packets do not pile up where the devices are fast enough. */
static void it_forwards_what_comes(void **state)
{
	(void)state;
	small_world_run(&w, "switch", "client.offered=400Mbps", 1);
	assert_true(get("bridge.received") > 33000);
	assert_true(get("bridge.memory.max") < 10 * KEPT);
	assert_true(isnan(get("bridge.died")));
	assert_true(get("server.missing") == 0);
}

/* Memory grows by what one packet keeps for each that comes and does not go. */
static void memory_grows_by_the_difference(void **state)
{
	double difference, lived;

	(void)state;
	assert_int_equal(small_world_try(&w, "switch",
					 "client.offered=1Gbps bridge.heap=2MiB"
					 " run.measure=1s",
					 1),
			 RUN_OUT_OF_MEMORY);
	difference = get("bridge.received") - get("bridge.injected");
	lived = get("bridge.died") / 1e9;
	assert_true(difference > 15000 && difference < 35000);
	assert_true(fabs(difference * KEPT * lived - (2 << 20)) < 2 * KEPT);
	assert_true(get("bridge.memory.max") > 2 << 20);
	assert_true(get("bridge.memory.max") < (2 << 20) + 2 * KEPT);
}

/* Such a run has its time, and rates are rates of the time that it had. */
static void a_run_that_dies_was_measured(void **state)
{
	(void)state;
	assert_int_equal(small_world_try(&w, "switch",
					 "client.offered=1Gbps bridge.heap=2MiB"
					 " run.warmup=5ms run.measure=10s",
					 1),
			 RUN_OUT_OF_MEMORY);
	assert_true(fabs(get("bridge.died") - (double)w.out.sim_ns) < 1);
	assert_true(w.out.sim_ns < 1000000000);
	assert_true(fabs(get("client.rate") - 1e9 / (8 * 1470)) < 100);
	assert_true(get("guest.busy") > 0.3 && get("guest.busy") <= 1);
	assert_non_null(strstr(w.out.remark, "bridge: out of memory"));
}

static void it_may_die_before_anything_is_measured(void **state)
{
	(void)state;
	assert_int_equal(small_world_try(&w, "switch",
					 "client.offered=1Gbps bridge.heap=1MiB"
					 " run.warmup=10s",
					 1),
			 RUN_OUT_OF_MEMORY);
	assert_true(fabs(get("client.rate") - 1e9 / (8 * 1470)) < 400);
}

static void a_capped_queue_keeps_no_more(void **state)
{
	(void)state;
	small_world_run(&w, "switch",
			"client.offered=1Gbps bridge.queue=capped(100)", 1);
	assert_true(get("bridge.memory.max") == 101 * KEPT);
	assert_true(get("bridge.drops") > 500);
	assert_true(fabs(get("bridge.received") * 0.05 -
			 get("bridge.injected") * 0.05 - get("bridge.drops")) <=
		    102);
	assert_true(get("server.missing") <= get("bridge.drops"));
}

#define SLOW_BRIDGE "client.offered=1Gbps vif3.deliver_cost=20us "

static double seen_by_others(void)
{
	return get("tx.queue_drops") + get("vif2.queue_drops") +
	       get("vif2.buffer_drops") + get("vif4.queue_drops") +
	       get("vif4.buffer_drops");
}

/* A sender that is woken for nothing writes over what lies in the ring; the
 * bridge never sees it. */
static void era_a_writes_over_live_slots(void **state)
{
	double injected;

	(void)state;
	small_world_run(
		&w, "switch",
		SLOW_BRIDGE "in.era=a out.era=a bridge.queue=capped(256)", 1);
	injected = get("bridge.injected") * 0.05;
	assert_true(get("out.lost") > 200);
	assert_true(get("out.overwritten") >= get("out.lost"));
	assert_true(seen_by_others() == 0);
	/* What is lost and what the bridge took is what was injected, but for
	 * what lies in the ring. */
	assert_true(injected >= get("out.lost") + get("vif3.tx_packets"));
	assert_true(injected - get("out.lost") - get("vif3.tx_packets") <= 256);
	assert_true(get("server.missing") >= get("out.lost") - 256);
}

/* Each pass of the listener wakes one, the oldest; those who come later may
 * find room before him. */
static void era_a_wakes_one_a_pass(void **state)
{
	static const char *const queues[] = {"unbounded", "capped(256)"};
	char sets[256];

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		snprintf(sets, sizeof sets,
			 SLOW_BRIDGE "in.era=a out.era=a bridge.queue=%s",
			 queues[i]);
		small_world_run(&w, "switch", sets, 1);
		assert_true(get("out.full") > 1000);
		assert_true(get("out.full") >= get("out.overwritten"));
		assert_true(get("out.full") <= get("out.passes"));
	}
}

static void other_eras_lose_nothing(void **state)
{
	static const char *const sets[] = {
		SLOW_BRIDGE "out.era=b bridge.queue=capped(256)",
		SLOW_BRIDGE "out.era=c bridge.queue=capped(256)",
		SLOW_BRIDGE "out.era=d bridge.queue=capped(256)"};

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		small_world_run(&w, "switch", sets[i], 1);
		assert_true(get("out.overwritten") == 0);
		assert_true(seen_by_others() == 0);
		assert_true(get("server.missing") <= get("bridge.drops"));
	}
}

/* Whatever the era, the queue, a frame's slots and the moment the run ends. */
static void nothing_is_lost_uncounted(void **state)
{
	static const char *const eras[] = {"a", "b", "c", "d"};
	static const char *const queues[] = {"unbounded", "capped(3)", "none"};
	char sets[256];

	(void)state;
	for (unsigned i = 0; i < 4 * 3 * 2 * 3; i++) {
		snprintf(sets, sizeof sets,
			 "%s in.era=%s out.era=%s bridge.queue=%s out.views=%u"
			 " run.measure=%uus",
			 i % 2 ? SLOW_BRIDGE : "client.offered=1.5Gbps",
			 eras[i % 4], eras[i % 4], queues[i / 4 % 3],
			 i / 12 % 2, 7000 + 611 * i);
		small_world_run(&w, "switch", sets, i);
	}
}

static void linux_forwards_in_its_softirq(void **state)
{
	(void)state;
	small_world_run(&w, "switch_linux",
			"client.offered=1Gbps run.warmup=10ms", 1);
	assert_true(get("bridge.injected") > 84000);
	assert_true(get("bridge.waiting.max") == 0);
	small_world_run(&w, "switch_linux", SLOW_BRIDGE "out.txqueuelen=10", 1);
	assert_true(get("out.queue_drops") > 500);
	assert_true(get("bridge.drops") == 0);
	assert_true(get("server.missing") <=
		    get("out.queue_drops") + seen_by_others());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_forwards_what_comes),
		cmocka_unit_test(memory_grows_by_the_difference),
		cmocka_unit_test(a_run_that_dies_was_measured),
		cmocka_unit_test(it_may_die_before_anything_is_measured),
		cmocka_unit_test(a_capped_queue_keeps_no_more),
		cmocka_unit_test(era_a_writes_over_live_slots),
		cmocka_unit_test(era_a_wakes_one_a_pass),
		cmocka_unit_test(other_eras_lose_nothing),
		cmocka_unit_test(nothing_is_lost_uncounted),
		cmocka_unit_test(linux_forwards_in_its_softirq),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	small_world_free(&w);
	return failed;
}
