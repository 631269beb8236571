/* SPDX-License-Identifier: MIT */
/*
 * Devices of 2009 in a small world: a request comes each millisecond, a hundred
 * in all, to a guest that is idle; what each step takes is in
 * tests/scenarios/venet.yaml. Then the same devices with random pauses between
 * any two accesses to shared memory: nothing gets stuck.
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

/* 128 bytes and 24 of framing at 10 Gb/s. */
#define ON_THE_LINK 121.6

/* The host's thread wakes (100), has a packet (2) and raises an interrupt (1);
 * the vCPU wakes (100), goes to its handler (3), ends the interrupt (10), polls
 * (4), its stack receives (5), the program answers (6), the driver sends (7),
 * the port's exit (20); a thread of the host wakes (100) and sends (2). */
#define IN_AND_OUT  (100e3 + 2e3 + 1e3 + 100e3 + 3e3 + 10e3 + 4e3 + 5e3 + 6e3)
#define ONE_REQUEST (IN_AND_OUT + 7e3 + 20e3 + 100e3 + 2e3 + ON_THE_LINK)

/* That the answer is sent is an event of its own, which finds the guest asleep:
 * two interrupts for each request. */
static void venet_by_hand(void **state)
{
	struct small_world w = {0};

	(void)state;
	small_world_run(&w, "venet", "", 1);
	must_be(&w, "lan.latency.mean", ONE_REQUEST);
	must_be(&w, "vmx.interrupts", 200);
	must_be(&w, "vmx.eois", 200);
	must_be(&w, "vmx.halts", 200);
	must_be(&w, "vmx.pios", 100);
	must_be(&w, "vmx.kicks", 0);
	must_be(&w, "vmx.windows", 0);
	must_be(&w, "vmx.exits", 500);
	must_be(&w, "vmx.eoi_share", 200 * 10 / 100800.0);
	must_be(&w, "guest.events", 200);
	must_be(&w, "host.calls", 200);
	must_be(&w, "host.kicks", 100);
	small_world_free(&w);
}

static void how_the_guest_kicks_is_another_exit(void **state)
{
	struct small_world w = {0};

	(void)state;
	small_world_run(&w, "venet", "guest.kick_by=hypercall", 1);
	must_be(&w, "lan.latency.mean", ONE_REQUEST - 5e3);
	must_be(&w, "vmx.hypercalls", 100);
	must_be(&w, "vmx.pios", 0);
	small_world_run(&w, "venet", "guest.kick_by=mmio", 1);
	must_be(&w, "lan.latency.mean", ONE_REQUEST + 10e3);
	must_be(&w, "vmx.mmios", 100);
	must_be(&w, "vmx.exits", 500);
	small_world_free(&w);
}

#define VHOST "host.transport=vhost guest.transport=vhost "

/* The same steps; the second interrupt is the one for an empty ring. The first
 * answer asks for one anyway. */
static void vhost_by_hand(void **state)
{
	struct small_world w = {0};

	(void)state;
	small_world_run(&w, "venet", VHOST, 1);
	must_be(&w, "lan.latency.mean", ONE_REQUEST);
	must_be(&w, "vmx.interrupts", 200);
	must_be(&w, "vmx.exits", 500);
	small_world_run(&w, "venet", VHOST "host.notify_on_empty=off", 1);
	must_be(&w, "lan.latency.mean", ONE_REQUEST);
	must_be(&w, "vmx.interrupts", 101);
	must_be(&w, "vmx.pios", 100);
	small_world_free(&w);
}

/* A level: QEMU raises it (13 for 1), the handler reads the register (17) and
 * the interrupt ends after it (10 later). */
static void one_more_exit_without_msix(void **state)
{
	struct small_world w = {0};

	(void)state;
	small_world_run(&w, "venet",
			VHOST "guest.msix=off host.notify_on_empty=off", 1);
	must_be(&w, "lan.latency.mean", ONE_REQUEST + 12e3 + 17e3);
	must_be(&w, "vmx.interrupts", 101);
	must_be(&w, "vmx.isr_reads", 101);
	must_be(&w, "vmx.eois", 101);
	must_be(&w, "vmx.exits", 101 * 3 + 100);
	small_world_free(&w);
}

/* The main loop turns (11) and reads with a system call (9), an ioctl raises
 * the interrupt (13); the exit goes on to user space (20 of 40 before the
 * handler) and arms a timer, which is clamped to 250; the loop wakes (100),
 * turns, sends (2 + 9). */
static void qemu_by_hand(void **state)
{
	struct small_world w = {0};

	(void)state;
	small_world_run(&w, "venet",
			"host.transport=qemu guest.transport=qemu "
			"host.notify_on_empty=off",
			1);
	must_be(&w, "lan.latency.mean",
		IN_AND_OUT - 1e3 + 11e3 + 9e3 + 13e3 + 7e3 + 20e3 + 20e3 +
			250e3 + 100e3 + 11e3 + 11e3 + ON_THE_LINK);
	must_be(&w, "vmx.pios", 100);
	must_be(&w, "host.wasted_kicks", 0);
	small_world_free(&w);
}

/* Whatever the order of steps: what was asked is answered, but for what was
 * asked at the very end. */
static void all_is_answered(struct small_world *w, const char *sets,
			    uint64_t seed)
{
	double asked, answered;

	small_world_run(w, "venet", sets, seed);
	asked = small_world_number(w, "lan.in");
	answered = small_world_number(w, "app.rate") * 0.1008;
	assert_true(asked > 100);
	must_be(w, "run.stalls", 0);
	if (asked - answered > 20)
		fail_msg("%s, seed %u: of %g requests %g are answered", sets,
			 (unsigned)seed, asked, answered);
}

#define QEMU "host.transport=qemu guest.transport=qemu "

static const char *const transports[] = {"", "guest.signal=always ", VHOST,
					 VHOST "guest.msix=off ", QEMU};

static void nothing_gets_stuck(void **state)
{
	struct small_world w = {0};
	char sets[512];

	(void)state;
	for (unsigned i = 0; i < 5; i++)
		for (uint64_t seed = 1; seed <= 50; seed++) {
			snprintf(sets, sizeof sets,
				 "%s run.step=1us guest.devices=4 "
				 "lan.offered=%s lan.spacing=poisson "
				 "kvm.wake=3us vmx.eoi=1us vmx.pio=1us "
				 "vmx.isr_read=1us",
				 transports[i], seed % 2 ? "2kpps" : "5kpps");
			all_is_answered(&w, sets, seed);
		}
	small_world_free(&w);
}

/* More than it can take, with few buffers: the host waits for some. */
static void receivers_do_not_get_stuck(void **state)
{
	struct small_world w = {0};
	char sets[512];

	(void)state;
	for (unsigned i = 0; i < 5; i++)
		for (uint64_t seed = 1; seed <= 10; seed++) {
			snprintf(sets, sizeof sets,
				 "%srun.step=%s guest.slots=32", transports[i],
				 seed % 2 ? "0ns" : "1us");
			small_world_run(&w, "venet_in", sets, seed);
			if (small_world_number(&w, "host.to_guest") < 1000)
				fail_msg("%s, seed %u: %g received", sets,
					 (unsigned)seed,
					 small_world_number(&w,
							    "host.to_guest"));
			must_be(&w, "run.stalls", 0);
		}
	small_world_free(&w);
}

/* The other direction, with sockets that are just too small, rings that are
 * full, and a card with a short queue. */
static void senders_do_not_get_stuck(void **state)
{
	struct small_world w = {0};
	char sets[512];

	(void)state;
	for (unsigned i = 0; i < 5; i++)
		for (uint64_t seed = 1; seed <= 16; seed++) {
			snprintf(sets, sizeof sets,
				 "%srun.step=1us guest.slots=32 app.sndbuf=%s "
				 "host.zcthresh=%s app.write_cost=%s "
				 "host.queue=%u",
				 transports[i], seed & 1 ? "128KiB" : "8MiB",
				 seed & 2 ? "512B" : "0B",
				 seed & 4 ? "1us" : "18us",
				 seed & 8 ? 8 : 1000);
			small_world_run(&w, "venet_out", sets, seed);
			if (small_world_number(&w, "lan.out.p1") <= 0)
				fail_msg("%s, seed %u: stuck", sets,
					 (unsigned)seed);
		}
	small_world_free(&w);
}

/* A program that takes 900 us for an answer is at work on the next one when the
 * event of the last one's sending comes. */
static void who_is_at_work_is_kicked(void **state)
{
	struct small_world w = {0};

	(void)state;
	small_world_run(&w, "venet", "app.answer_cost=900us", 1);
	assert_true(small_world_number(&w, "vmx.kicks") >= 98);
	assert_true(small_world_number(&w, "vmx.halts") <= 102);
	must_be(&w, "vmx.exits",
		small_world_number(&w, "vmx.kicks") +
			small_world_number(&w, "vmx.halts") +
			small_world_number(&w, "vmx.windows") +
			small_world_number(&w, "vmx.eois") +
			small_world_number(&w, "vmx.pios"));
	small_world_free(&w);
}

static void who_speaks_something_else_is_told(void **state)
{
	static const char *const pairs[] = {
		"host.transport=venet guest.transport=vhost",
		"host.transport=qemu guest.transport=venet"};
	struct small_world w = {0};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		small_world_run(&w, "venet", pairs[i], 1);
		must_be(&w, "app.rate", 0);
		assert_non_null(strstr(w.out.remark, "speaks something else"));
	}
	small_world_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(venet_by_hand),
		cmocka_unit_test(how_the_guest_kicks_is_another_exit),
		cmocka_unit_test(vhost_by_hand),
		cmocka_unit_test(one_more_exit_without_msix),
		cmocka_unit_test(qemu_by_hand),
		cmocka_unit_test(nothing_gets_stuck),
		cmocka_unit_test(receivers_do_not_get_stuck),
		cmocka_unit_test(senders_do_not_get_stuck),
		cmocka_unit_test(who_is_at_work_is_kicked),
		cmocka_unit_test(who_speaks_something_else_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
