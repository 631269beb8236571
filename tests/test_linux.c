/* SPDX-License-Identifier: MIT */
/*
 * Guests with Linux on Xen, and dom0's own stack: what a packet costs where,
 * the socket's buffer, timers; and whole paths. Every run of a world ends with
 * a count of all packets, from both ends; it aborts if one is missing or there
 * twice.
 */
#include "tests/small_world.h"

#include <math.h>

#include "models/hypervisor/jiffies.h"

static struct small_world w;

static double get(const char *name)
{
	return small_world_number(&w, name);
}

static void must_be_about(const char *name, double value)
{
	if (fabs(get(name) - value) > 0.01 * fabs(value))
		fail_msg("%s is %g, not %g", name, get(name), value);
}

/* --- what a packet costs ------------------------------------------------ */

/* 1470 B and headers are 1512 B: 1.4766 KiB. */
static void costs_of_a_datagram(void **state)
{
	(void)state;
	small_world_run(&w, "linux_udp", "", 1);
	assert_true(get("server.latency.p99.9") < 10);
	small_world_run(&w, "linux_udp",
			"sender.send_cost=1us sender.copy_out=2us "
			"receiver.receive_cost=3us receiver.copy_in=4us "
			"receiver.read_cost=0.5us receiver.wake_cost=0.25us",
			1);
	must_be_about("server.latency.mean",
		      1e3 * (1 + 2 * 1.4766 + 3 + 4 * 1.4766 + .5 + .25));
	must_be_about("receiver.wakes", get("receiver.packets_in"));
	must_be_about("sender.busy", (1 + 2 * 1.4766) / 23.52);
	must_be_about("receiver.busy", (3 + 4 * 1.4766 + .75) / 23.52);
}

/* In the softirq nobody is woken, and nothing is read. */
static void read_in_softirq(void **state)
{
	(void)state;
	small_world_run(&w, "linux_udp",
			"receiver.read_in=softirq receiver.receive_cost=3us "
			"receiver.copy_in=4us receiver.read_cost=5us",
			1);
	must_be_about("server.latency.mean", 1e3 * (3 + 4 * 1.4766));
	assert_true(get("receiver.wakes") == 0);
}

/* A datagram each 23.52 us, a program that takes 40 us for each. What is not
 * read is lost at the socket, and nowhere else. A packet counts as a page: the
 * 53rd finds 212992 B. */
static void socket_overflows(void **state)
{
	double lost;

	(void)state;
	small_world_run(&w, "linux_udp", "receiver.read_cost=40us", 1);
	lost = get("receiver.socket_drops");
	must_be_about("server.rate", 25000);
	assert_true(fabs(get("receiver.packets_in") - lost - 53 -
			 get("server.rate") / 10) < 3);
	assert_true(get("server.missing") > lost - 54);
	assert_true(get("receiver.wakes") == 1);
	must_be_about("server.latency.max", 53 * 40e3);
	small_world_run(&w, "linux_udp",
			"receiver.read_cost=40us receiver.rcvbuf=8KiB", 1);
	must_be_about("server.latency.max", 3 * 40e3);
}

/* The softirq is in front of the program: more arrives than it can hand on, and
 * the program reads nothing any more. */
static void livelock(void **state)
{
	double alone;

	(void)state;
	small_world_run(&w, "linux_udp",
			"receiver.receive_cost=24us receiver.read_cost=1us "
			"receiver.ksoftirqd=off run.measure=50ms",
			1);
	assert_true(get("receiver.time_squeezes") >= 1);
	alone = get("server.rate");
	assert_true(alone < 1000);
	small_world_run(&w, "linux_udp",
			"receiver.receive_cost=24us receiver.read_cost=1us "
			"run.measure=50ms receiver.softirq_time=1ms",
			1);
	assert_true(get("receiver.ksoftirqds") >= 1);
	assert_true(get("server.rate") > 3 * alone);
}

/* --- timers ------------------------------------------------------------- */

struct clock {
	struct sim *sim;
	struct jiffies j;
	struct timer timers[4];
	struct work works[4];
	sim_time fired[4];
	unsigned n;
	unsigned order[4];
};

static struct clock *the_clock;

static TASK(fires)
{
	struct work *work = owner;
	unsigned i = (unsigned)(work - the_clock->works);

	(void)depth;
	the_clock->fired[i] = me->sim->now;
	the_clock->order[the_clock->n++] = i;
	return DONE;
}

/* At the tick at which they are due, or the next; the same tick, first come. */
static void timers(void **state)
{
	struct sim *sim = sim_new(16 << 20, 1);
	struct clock *c = sim_alloc(sim, sizeof *c);
	struct cpu cpu;
	struct timer_source *ts = &c->j.timers;

	(void)state;
	the_clock = c;
	cpu_init(&cpu, sim, NULL);
	jiffies_init(&c->j, &cpu, 4 * SIM_MS, "timers");
	jiffies_start(&c->j);
	for (unsigned i = 0; i < 4; i++) {
		c->works[i] =
			(struct work){.run = fires, .owner = &c->works[i]};
		c->timers[i].work = &c->works[i];
	}
	ts->arm(ts, &c->timers[0], 9 * SIM_MS);
	ts->arm(ts, &c->timers[1], 8 * SIM_MS);
	ts->arm(ts, &c->timers[2], 1 * SIM_MS);
	ts->arm(ts, &c->timers[3], 5 * SIM_MS);
	sim_run(sim, 2 * SIM_MS);
	ts->cancel(ts, &c->timers[2]); /* the first: another comes first now */
	sim_run(sim, 6 * SIM_MS);
	assert_int_equal(c->n, 0);
	assert_int_equal(event_due(sim, &c->j.tick), 8 * SIM_MS);
	sim_run(sim, SIM_SEC);
	assert_int_equal(c->n, 3);
	assert_int_equal(c->order[0], 1);
	assert_int_equal(c->order[1], 3);
	assert_int_equal(c->order[2], 0);
	assert_int_equal(c->fired[1], 8 * SIM_MS);
	assert_int_equal(c->fired[3], 8 * SIM_MS);
	assert_int_equal(c->fired[0], 12 * SIM_MS);
	assert_false(c->timers[0].armed);
	ts->arm(ts, &c->timers[2], 0);
	sim_run(sim, 2 * SIM_SEC);
	assert_int_equal(c->fired[2], SIM_SEC);
	sim_free(sim);
}

/* --- paths -------------------------------------------------------------- */

static void no_wakeup_is_lost(const char *path, const char *sets,
			      const char *metric, double at_least)
{
	char all[512];

	for (uint64_t seed = 1; seed <= 3; seed++) {
		snprintf(all, sizeof all, "%s run.step=%u0ns", sets,
			 (unsigned)(seed * seed));
		small_world_run(&w, path, all, seed);
		if (get("run.stalls") > 0)
			fail_msg("%s: %g stalls", path, get("run.stalls"));
		if (get(metric) < at_least)
			fail_msg("%s: %s is %g", path, metric, get(metric));
	}
}

static void nothing_is_lost(void **state)
{
	(void)state;
	no_wakeup_is_lost("linux_udp", "client.load=saturate", "server.rate",
			  100e3);
	no_wakeup_is_lost("linux_udp",
			  "client.load=saturate vif1.copy_slot=5us "
			  "sender.send_cost=1us",
			  "tx.stops", 50);
	no_wakeup_is_lost("linux_tcp", "", "server.goodput", 1e9);
	no_wakeup_is_lost("linux_dom0", "", "server.goodput", 5e9);
	no_wakeup_is_lost("linux_from_dom0", "", "server.goodput", 5e8);
	no_wakeup_is_lost("linux_from_dom0", "xen.dom0_vcpus=1",
			  "server.goodput", 1e8);
}

/* One vCPU has all of dom0, or each has its own. */
static void who_lives_in_dom0(void **state)
{
	double apart;

	(void)state;
	small_world_run(&w, "linux_dom0", "", 1);
	apart = get("receiver.busy");
	assert_true(apart < get("vif.busy"));
	small_world_run(&w, "linux_dom0", "xen.dom0_vcpus=1", 1);
	assert_true(get("receiver.busy") == get("vif.busy"));
	assert_true(get("receiver.packets_in") > 1000);
	assert_true(get("xen.napi_polls") > 100);
	assert_true(get("sender.napi_polls") > 100);
	assert_true(get("receiver.packets_out") > 100);
}

static void same_again(void **state)
{
	uint64_t hash;

	(void)state;
	small_world_run(&w, "linux_dom0", "run.step=50ns", 7);
	hash = w.out.trace_hash;
	small_world_run(&w, "linux_dom0", "run.step=50ns", 7);
	assert_true(hash == w.out.trace_hash);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(costs_of_a_datagram),
		cmocka_unit_test(read_in_softirq),
		cmocka_unit_test(socket_overflows),
		cmocka_unit_test(livelock),
		cmocka_unit_test(timers),
		cmocka_unit_test(nothing_is_lost),
		cmocka_unit_test(who_lives_in_dom0),
		cmocka_unit_test(same_again),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	small_world_free(&w);
	return failed;
}
