/* SPDX-License-Identifier: MIT */
/*
 * Drivers in small worlds whose costs can be added in one's head. A packet
 * comes each millisecond, a hundred in all; the powers of ten of the costs show
 * which of them are in a sum: packet 1 us (guest) and 2 us (host), light exit
 * 7 us, main-loop pass 11 us, heavy exit 40 us, wake-up 100 us.
 */
#define _GNU_SOURCE /* strsep() */
#include "tests/small_world.h"

#include <math.h>

static void must_be(const struct small_world *w, const char *name,
		    double expected)
{
	double x = small_world_number(w, name);

	if (!(fabs(x - expected) <= 1e-9 * fabs(expected)))
		fail_msg("%s is %.10g, not %.10g", name, x, expected);
}

/* The vCPU wakes from its halt (100) and sends (1), goes half of the exit (20);
 * the main loop wakes (100) and moves the packet (2). Then it asks, looks, and
 * sleeps: two looks a packet, one of them empty. The one interrupt is for the
 * first entry, as a fresh device has it. */
static void bh_packet_by_packet(void **state)
{
	struct small_world w = {0};

	(void)state;
	small_world_run(&w, "qemu", "", 1);
	must_be(&w, "sink.latency.mean", 223000);
	must_be(&w, "sink.latency.max", 223000);
	must_be(&w, "host.packets", 100);
	must_be(&w, "host.kicks", 100);
	must_be(&w, "host.wasted_kicks", 0);
	must_be(&w, "host.sleeps", 100);
	must_be(&w, "host.looks", 200);
	must_be(&w, "host.empty_looks", 100);
	must_be(&w, "host.short_looks", 200);
	must_be(&w, "host.packets_per_kick", 1);
	must_be(&w, "host.busy", 100 * 2 / 100500.0);
	must_be(&w, "app.busy", 100 * (1 + 40) / 100500.0);
	must_be(&w, "kvm.heavy_exits", 100);
	must_be(&w, "kvm.light_exits", 0);
	must_be(&w, "kvm.lock_wait.max", 0);
	must_be(&w, "guest.interrupts", 1);
	must_be(&w, "qemu.passes", 0);
	small_world_free(&w);
}

/* The exit is short and takes place before the wake-up, the handler is the main
 * loop's, and the bottom half comes a pass (11) later. */
static void bh_with_ioeventfd(void **state)
{
	struct small_world w = {0};

	(void)state;
	small_world_run(&w, "qemu", "host.ioeventfd=on", 1);
	must_be(&w, "sink.latency.mean",
		100e3 + 1e3 + 7e3 + 100e3 + 11e3 + 2e3);
	must_be(&w, "host.kicks", 100);
	must_be(&w, "host.wasted_kicks", 0);
	must_be(&w, "app.busy", 100 * (1 + 7) / 100500.0);
	must_be(&w, "kvm.heavy_exits", 0);
	must_be(&w, "kvm.light_exits", 100);
	must_be(&w, "qemu.passes", 100);
	small_world_free(&w);
}

/* retries(5): five looks that find nothing, each a pass after the one before,
 * then the one after asking. */
static void bh_with_retries(void **state)
{
	struct small_world w = {0};

	(void)state;
	small_world_run(&w, "qemu", "host.rest=retries(5)", 1);
	must_be(&w, "sink.latency.mean", 223000);
	must_be(&w, "host.looks", 100 * (1 + 5 + 1));
	must_be(&w, "host.empty_looks", 100 * (5 + 1));
	must_be(&w, "host.sleeps", 100);
	must_be(&w, "qemu.passes", 100 * 5);
	must_be(&w, "host.busy", 100 * (2 + 5 * 11) / 100500.0);
	small_world_free(&w);
}

/* The first kick arms, the timer flushes; but not before the alarm can be
 * re-armed. One look after each: it has asked before that. */
static void timer_and_its_clamp(void **state)
{
	struct small_world w = {0};

	(void)state;
	small_world_run(&w, "qemu", "host.mode=timer", 1);
	must_be(&w, "sink.latency.mean", 121e3 + 150e3 + 102e3);
	must_be(&w, "host.looks", 100);
	must_be(&w, "host.sleeps", 100);
	small_world_run(&w, "qemu", "host.mode=timer qemu.timer_clamp=250us",
			1);
	must_be(&w, "sink.latency.mean", 121e3 + 250e3 + 102e3);
	small_world_run(&w, "qemu",
			"host.mode=timer qemu.timer_clamp=100us "
			"qemu.timer_latency=30us",
			1);
	must_be(&w, "sink.latency.mean", 121e3 + 150e3 + 30e3 + 102e3);
	must_be(&w, "host.kicks", 100);
	must_be(&w, "host.wasted_kicks", 0);
	small_world_free(&w);
}

/*
 * In us; the host takes 900 for a packet. The timer flushes the first from
 * 1371 on. The second is published at 2101, and as the flush has asked before
 * it began, kicks; from 2121 on the exit waits for the big lock. The flush has
 * taken both at 3171, and the vCPU wakes at 3271 with the lock: it arms the
 * timer. But the index has been moved along with the packets, so the third,
 * late, kicks as well, finds the timer armed and flushes in the vCPU's thread.
 */
static void who_kicks_during_a_flush_waits_for_the_big_lock(void **state)
{
	struct small_world w = {0};

	(void)state;
	small_world_run(&w, "qemu",
			"host.mode=timer host.packet_cost=900us "
			"run.measure=4100us run.window=1ms",
			1);
	must_be(&w, "kvm.lock_wait.max", 3271e3 - 2121e3);
	must_be(&w, "host.kicks", 3);
	must_be(&w, "host.wasted_kicks", 1);
	must_be(&w, "sink.latency.max", 1371e3 + 900e3 - 1000e3);
	must_be(&w, "host.packets", 3); /* the third is under way */
	must_be(&w, "sink.rate", 2 / 4.1e-3);
	small_world_free(&w);
}

/* The one interrupt that a fresh device gives: injecting it takes 300 us of
 * the worker, the handler and the exit behind it take 30 and 50 of the vCPU. */
static void an_interrupt_costs_both_sides(void **state)
{
	struct small_world w = {0};

	(void)state;
	small_world_run(&w, "vhost",
			"kvm.inject=300us kvm.irq=30us kvm.eoi=50us", 1);
	must_be(&w, "kvm.interrupts", 1);
	must_be(&w, "kvm.eois", 1);
	must_be(&w, "host.busy", (100 * 2 + 300) / 100500.0);
	must_be(&w, "app.busy", (100 * (1 + 7) + 80) / 100500.0);
	must_be(&w, "sink.latency.max", 210e3);
	small_world_free(&w);
}

/* Nobody takes anything out: how many packets does the guest put in? */
static void must_hold(int64_t slots, int64_t reserve, double packets)
{
	struct small_world w = {0};
	char sets[256];

	snprintf(sets, sizeof sets,
		 "app.load=saturate host.mode=timer host.timer=100s "
		 "guest.slots=%d guest.stop_reserve=%d",
		 (int)slots, (int)reserve);
	small_world_run(&w, "qemu", sets, 1);
	must_be(&w, "app.rate", packets / 0.1005);
	must_be(&w, "guest.stops", 1);
	must_be(&w, "app.blocked", 1);
	must_be(&w, "host.packets", 0);
	must_be(&w, "host.kicks", 1);
	small_world_free(&w);
}

static void queue_stops_before_the_ring_is_full(void **state)
{
	(void)state;
	must_hold(256, 19, 238);
	must_hold(128, 19, 110);
	must_hold(256, 1, 256);
	must_hold(32, 2, 31);
}

/*
 * A stopped queue goes on when 3/4 of the 238 have returned, after one
 * interrupt: 179, and 50 more while the guest wakes up (100). So 9 are left;
 * the guest puts 1 in each us, the host takes 1 in 2 us: after 458 it is full
 * again.
 */
static void a_stopped_queue_starts_when_three_quarters_are_back(void **state)
{
	struct small_world w = {0};
	double packets, stops;

	(void)state;
	small_world_run(&w, "vhost", "app.load=saturate host.requeue_cost=0ns",
			1);
	packets = small_world_number(&w, "host.packets");
	stops = small_world_number(&w, "guest.stops");
	assert_true(packets > 50000);
	assert_true(fabs(packets / stops - 458) < 5);
	assert_true(fabs(small_world_number(&w, "guest.interrupts") - stops) <=
		    1);
	must_be(&w, "kvm.interrupts",
		small_world_number(&w, "guest.interrupts"));
	small_world_free(&w);
}

/* The worker wakes (100) and moves the packet (2); then, or after it has polled
 * in vain every 3 us for 30, it asks and sleeps. */
static void vhost_packet_by_packet(void **state)
{
	struct small_world w = {0};

	(void)state;
	small_world_run(&w, "vhost", "", 1);
	must_be(&w, "sink.latency.mean", 100e3 + 1e3 + 7e3 + 102e3);
	must_be(&w, "host.kicks", 100);
	must_be(&w, "host.wasted_kicks", 0);
	must_be(&w, "host.sleeps", 100);
	must_be(&w, "kvm.light_exits", 100);
	must_be(&w, "host.busy", 100 * 2 / 100500.0);
	small_world_run(&w, "vhost", "host.rest=spin(30us)", 1);
	must_be(&w, "sink.latency.mean", 100e3 + 1e3 + 7e3 + 102e3);
	must_be(&w, "host.busy", 100 * (2 + 30) / 100500.0);
	must_be(&w, "host.empty_looks", 100 * 11);
	must_be(&w, "host.sleeps", 100);
	small_world_free(&w);
}

/* Spinning without end, it is kicked once and for all. */
static void vhost_that_never_sleeps(void **state)
{
	struct small_world w = {0};

	(void)state;
	small_world_run(&w, "vhost", "host.rest=spin(1s)", 1);
	must_be(&w, "host.kicks", 1);
	must_be(&w, "host.sleeps", 0);
	assert_true(small_world_number(&w, "sink.latency.p99") <= 107e3);
	small_world_free(&w);
}

/* A saturated worker, once awake at 108, starts over after its weight in
 * packets or in bytes: 4 take 4 * 2 + 500 us. */
static void vhost_weight(void **state)
{
	static const struct {
		const char *sets;
		double packets;
	} weights[] = {
		{"app.load=saturate host.weight_packets=4", 4},
		{"app.load=saturate host.weight=180B", 3},
		{"app.load=saturate host.weight=181B", 4},
		{"app.load=saturate host.weight_packets=2 host.weight=180B", 2},
	};
	struct small_world w = {0};

	(void)state;
	for (unsigned i = 0; i < sizeof weights / sizeof *weights; i++) {
		double n = weights[i].packets;
		double turns = floor((100500 - 108) / (2 * n + 500));

		small_world_run(&w, "vhost", weights[i].sets, 1);
		assert_true(fabs(small_world_number(&w, "host.packets") -
				 n * turns) <= n);
	}
	small_world_free(&w);
}

/* made = delivered + dropped + inside: world_run() ends the program if not.
 * Here it is made to look at every kind of moment of every kind of path. */
static void nothing_is_lost_and_nothing_counted_twice(void **state)
{
	static const char *const hosts[] = {
		"host.ioeventfd=on", "host.mode=timer", "host.rest=retries(20)",
		"host.burst=3"};
	static const char *const loads[] = {
		"app.load=saturate",
		"app.load=even app.offered=300kpps app.backlog=10",
		"app.load=poisson app.offered=900kpps app.backlog=1"};
	static const char *const rings[] = {"split_event", "split_flags",
					    "none"};
	struct small_world w = {0};
	char sets[256];

	(void)state;
	for (unsigned i = 0; i < 4 * 3 * 3 * 10; i++) {
		snprintf(sets, sizeof sets,
			 "%s %s guest.ring=%s "
			 "run.measure=%u00ns run.window=100ns",
			 hosts[i % 4], loads[i / 4 % 3], rings[i / 12 % 3],
			 10000 + 7 * i);
		small_world_run(&w, "qemu", sets, i);
		snprintf(sets, sizeof sets,
			 "%s guest.ring=%s "
			 "run.measure=%u00ns run.window=100ns",
			 loads[i / 4 % 3], rings[i / 12 % 3], 10000 + 7 * i);
		small_world_run(&w, "vhost", sets, i);
	}
	small_world_free(&w);
}

/* Twice as fast as the driver: every second packet finds the line full, and who
 * gets in waits for the 20 before it, 2 us each. */
static void a_full_backlog_drops(void **state)
{
	struct small_world w = {0};

	(void)state;
	small_world_run(&w, "vhost",
			"app.load=even app.offered=1Mpps app.backlog=20 "
			"guest.packet_cost=2us host.packet_cost=1us "
			"host.rest=spin(1s) host.requeue_cost=0ns",
			1);
	assert_true(fabs(small_world_number(&w, "sink.rate") - 5e5) < 5e3);
	assert_true(fabs(small_world_number(&w, "app.drops.rate") - 5e5) < 5e3);
	assert_true(small_world_number(&w, "sink.latency.p50") > 40e3);
	assert_true(small_world_number(&w, "sink.latency.p50") < 45e3);
	small_world_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bh_packet_by_packet),
		cmocka_unit_test(bh_with_ioeventfd),
		cmocka_unit_test(bh_with_retries),
		cmocka_unit_test(timer_and_its_clamp),
		cmocka_unit_test(
			who_kicks_during_a_flush_waits_for_the_big_lock),
		cmocka_unit_test(an_interrupt_costs_both_sides),
		cmocka_unit_test(queue_stops_before_the_ring_is_full),
		cmocka_unit_test(
			a_stopped_queue_starts_when_three_quarters_are_back),
		cmocka_unit_test(vhost_packet_by_packet),
		cmocka_unit_test(vhost_that_never_sleeps),
		cmocka_unit_test(vhost_weight),
		cmocka_unit_test(nothing_is_lost_and_nothing_counted_twice),
		cmocka_unit_test(a_full_backlog_drops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
