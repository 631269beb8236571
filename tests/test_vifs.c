/* SPDX-License-Identifier: MIT */
/*
 * Several paths on one machine: guests that meet only on domain 0's CPUs. Every
 * run ends with a count of all packets of all paths, from both ends; it aborts
 * if one is missing or there twice.
 */
#define _GNU_SOURCE /* strsep() */
#include "tests/small_world.h"

#include <math.h>

static struct small_world w;

static double get(const char *name)
{
	return small_world_number(&w, name);
}

/* With a CPU of domain 0 for each vif nothing that one guest does changes
 * anything for the other. */
static void they_are_strangers(void **state)
{
	static const char *const others[] = {
		"", "client2.bytes=1B", "client2.streams=5",
		"back2.copy_slot=5us client2.window=1MiB server2.window=1MiB"};
	double goodput = 0, ppi = 0, gap = 0;
	char sets[256];

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		snprintf(sets, sizeof sets, "xen.dom0_vcpus=2 %s", others[i]);
		small_world_run(&w, "vifs", sets, 1);
		if (i == 0) {
			goodput = get("server1.goodput");
			ppi = get("back1.ppi");
			gap = get("server1.gap.mean");
			assert_true(goodput > 4e9);
		}
		assert_float_equal(get("server1.goodput"), goodput, 0);
		assert_float_equal(get("back1.ppi"), ppi, 0);
		assert_float_equal(get("server1.gap.mean"), gap, 0);
	}
}

/* They draw from streams of their own: both the same, but not to the bit. */
static void they_are_no_twins(void **state)
{
	double one, other;

	(void)state;
	small_world_run(&w, "vifs", "xen.dom0_vcpus=2", 1);
	one = get("server1.goodput");
	other = get("server2.goodput");
	assert_float_equal(one / other, 1, 0.02);
	assert_true(get("server1.gap.mean") != get("server2.gap.mean"));
}

/* On one CPU of domain 0, which is the limit, they get the same; alone one gets
 * nearly all of it. */
static void they_share_a_cpu(void **state)
{
	double both, alone;

	(void)state;
	small_world_run(&w, "vifs",
			"xen.dom0_vcpus=1 back1.copy_slot=3us "
			"back2.copy_slot=3us",
			1);
	both = get("server1.goodput") + get("server2.goodput");
	assert_float_equal(get("server1.goodput") / both, 0.5, 0.02);
	assert_true(get("back1.busy") > 0.95);
	small_world_run(&w, "vifs",
			"xen.dom0_vcpus=1 back1.copy_slot=3us "
			"client2.bytes=1B",
			1);
	alone = get("server1.goodput");
	assert_in_range(100 * alone / both, 80, 100);
}

/* The other end of each path follows its own client. */
static void ends_belong_together(void **state)
{
	(void)state;
	small_world_run(&w, "vifs",
			"client1.streams=2 client2.streams=7 "
			"client1.bytes=100000B client2.bytes=50000B "
			"run.warmup=0ms run.measure=500ms",
			1);
	assert_float_equal(get("server1.received_to.max"), 2 * 100000, 0);
	assert_float_equal(get("server2.received_to.max"), 7 * 50000, 0);
	assert_float_equal(get("server1.fairness"), 1, 0);
	assert_float_equal(get("server2.fairness"), 1, 0);
	assert_false(isnan(get("client1.completion")));
	assert_false(isnan(get("client2.completion")));
}

static int end(void **state)
{
	(void)state;
	small_world_free(&w);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_are_strangers),
		cmocka_unit_test(they_are_no_twins),
		cmocka_unit_test(they_share_a_cpu),
		cmocka_unit_test(ends_belong_together),
	};

	return cmocka_run_group_tests(tests, NULL, end);
}
