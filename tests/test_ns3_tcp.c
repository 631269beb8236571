/* SPDX-License-Identifier: MIT */
/*
 * ns-3's TCP in the place of ours. Every run of a world ends with a count of
 * all packets, from both ends; it aborts if one is missing or there twice.
 */
#define _GNU_SOURCE
#include "tests/small_world.h"

#include <malloc.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>

#include "sim/app/run/runner.h"
#include "sim/ns3/clock.h"
#include "sim/ns3/stock.h"
#include "sim/ns3/tcp.h"

static struct small_world w;

static double get(const char *name)
{
	return small_world_number(&w, name);
}

static double run(const char *scenario, const char *sets, const char *stack,
		  const char *metric)
{
	char all[1024];

	snprintf(all, sizeof all, "%s client.stack=%s", sets, stack);
	small_world_run(&w, scenario, all, 1);
	return get(metric);
}

/* Threads, costs and paths are the same, so nothing else can be. */
static void must_agree(const char *scenario, const char *sets,
		       const char *metric)
{
	double own = run(scenario, sets, "own", metric);
	double ns3 = run(scenario, sets, "ns3", metric);

	assert_true(own > 0);
	if (fabs(ns3 - own) > 0.05 * own)
		fail_msg("%s with %s: %s is %g, but %g with ns-3", scenario,
			 sets, metric, own, ns3);
}

#define LINUX	"linux_to_dom0"
#define MIRAGE	"../../bench/segment"
#define MEASURE "run.warmup=20ms run.measure=30ms "

static void both_carry_as_much(void **state)
{
	(void)state;
	must_agree(LINUX, MEASURE, "server.goodput");
	must_agree(LINUX, MEASURE, "back.total_reqs.rate");
	must_agree(LINUX, MEASURE "back.pages=map", "server.goodput");
	must_agree(MIRAGE, MEASURE, "server.goodput");
	must_agree(MIRAGE, MEASURE, "tx.packets");
	must_agree("linux_tcp", "", "server.goodput");
	must_agree("linux_from_dom0", "", "server.goodput");
	must_agree("mirage", "", "server.goodput");
}

/* On the wire as well: these fill their packets, with timestamps or without. */
static void packets_are_as_large(void **state)
{
	(void)state;
	must_agree(LINUX, MEASURE "client.write_size=65160B", "back.spi");
	must_agree("linux_from_dom0",
		   "client.timestamps=on "
		   "server.timestamps=on",
		   "vif.rx_slots");
}

static void applications_are_the_same(void **state)
{
	(void)state;
	must_agree("linux_tcp", "client.app=rr", "client.latency.mean");
	must_agree("linux_tcp",
		   "client.app=rr client.request=3000B client.answer=100KiB",
		   "client.latency.mean");
	must_agree("linux_tcp", "client.bytes=40MiB client.cwnd_init=100",
		   "client.completion");
	must_agree("linux_tcp", "server.read_cost=5us", "server.goodput");
	must_agree("linux_tcp", "client.streams=4", "server.goodput");
	assert_true(get("server.fairness") > 0.99);
}

/* Who reads slowly offers what room there is, and says when there is more. */
static void window_shuts_and_opens(void **state)
{
	const char *sets = "server.read_cost=3us server.window=16KiB";

	(void)state;
	must_agree(LINUX, sets, "server.goodput");
	assert_true(get("client.in_flight.max") <= 16384);
	assert_true(get("client.resends") == 0);
}

/* One segment of all of it, and the next when that is acknowledged. */
static void window_is_less_than_a_segment(void **state)
{
	(void)state;
	must_agree("linux_tcp",
		   "client.window=1KiB server.window=1KiB "
		   "server.ack_every=1",
		   "server.goodput");
}

static void every_congestion_control(void **state)
{
	static const char *const all[] = {"mirage", "reno", "newreno",
					  "linuxreno", "cubic"};
	char sets[64];

	(void)state;
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
		snprintf(sets, sizeof sets, "client.congestion=%s", all[i]);
		assert_true(run("linux_tcp", sets, "ns3", "server.goodput") >
			    9e9);
	}
	/* It paces. */
	assert_true(run("linux_tcp", "client.congestion=bbr", "ns3",
			"server.goodput") > 5e9);
}

/* BBR fills a path that holds a hundred segments, which it must find out. */
static void bbr_finds_rate_and_round_trip(void **state)
{
	(void)state;
	assert_true(run("link_tcp", "client.congestion=bbr", "ns3",
			"server.goodput") > 90e6);
}

/* What ns-3 cannot do is refused before anything is run. */
static void refuses(const char *set, const char *sentence)
{
	char *sets[] = {(char *)"client.stack=ns3", (char *)set};
	struct complaints c = {0};

	assert_null(
		scenario_load(TEST_SCENARIOS "/linux_tcp.yaml", sets, 2, &c));
	assert_int_equal(c.n, 1);
	assert_string_equal(c.all[0].text, sentence);
	complaints_free(&c);
}

static void refusals_are_sentences(void **state)
{
	(void)state;
	refuses("server.idle_restart=on",
		"server: idle_restart is not to be had with stack: ns3, whose "
		"window stays what it was");
	refuses("client.window=1GiB",
		"client: stack: ns3 says windows as TCP does, in 16 bits and a "
		"shift: 1073725440B is the most");
}

/* --- losses ------------------------------------------------------------- */

#define REFUSED "back.max_slots=17 run.measure=1500ms "

/* Full segments never arrive; the timer notices, again and again. */
static void timeouts_are_told(void **state)
{
	(void)state;
	run(LINUX, REFUSED, "ns3", "client.timeouts");
	assert_true(get("client.timeouts") == 1);
	assert_true(get("client.resends") == 1);
	assert_true(get("client.state.max") == 4);
	assert_true(get("client.rto.max") == 2e9);
	assert_true(get("client.aborted") == 0);
	run(LINUX, REFUSED "client.rto_retries=0", "ns3", "client.aborted");
	assert_true(get("client.aborted") == 1);
}

/* A wire that is slower than what comes, with a short queue. Each of those that
 * the queue has no room for is sent again, once. */
#define LOSE "link.limit=100 "

static void losses_are_mended(void **state)
{
	static const char *const sacks[] = {
		LOSE "client.sack=off server.sack=off", LOSE};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		run("link_tcp", sacks[i], "ns3", "link.there_drops");
		assert_true(get("link.there_drops") > 0);
		assert_true(get("client.resends") >= get("link.there_drops"));
		assert_true(get("client.resends") <
			    1.05 * get("link.there_drops"));
		assert_true(get("client.timeouts") == 0);
		assert_true(get("client.fast_resends") > 0);
		assert_true(get("client.duplicate_acks") >=
			    3 * get("client.fast_resends"));
		assert_true(get("client.state.max") == 3);
		assert_true(get("client.ssthresh.mean") <
			    get("client.ssthresh.max"));
		assert_true(get("client.rtt.max") > 10e6);
		assert_true(get("server.goodput") > 10e6);
	}
}

/* --- what waits in front of the device ---------------------------------- */

/* A window of 176 segments, sent as soon as it opens. */
static void queue_is_as_long_as_it_says(void **state)
{
	const char *sets = "client.gso=0B client.write_size=256KiB "
			   "client.piecewise=off client.cwnd_init=176";
	char all[256];

	(void)state;
	run("linux_tcp", sets, "ns3", "client.queue_drops");
	assert_true(get("client.queue_drops") == 0);
	snprintf(all, sizeof all, "%s client.txqueuelen=10", sets);
	run("linux_tcp", all, "ns3", "client.queue_drops");
	assert_true(get("client.queue_drops") > 0);
	/* The receiver's thread sends each duplicate, however late. */
	assert_true(get("client.fast_resends") > 0);
	assert_true(get("client.duplicate_acks") > get("client.queue_drops"));
	assert_true(get("server.goodput") > 0.5e9);
	/* Small queues leave it nothing to drop. */
	snprintf(all, sizeof all, "%s client.txqueuelen=10 client.tsq=20KiB",
		 sets);
	run("linux_tcp", all, "ns3", "client.queue_drops");
	assert_true(get("client.queue_drops") == 0);
}

/* --- again and again ---------------------------------------------------- */

#define SHORT "run.warmup=0ns run.measure=1ms run.window=100us"
#define TIMES 1000

static void runs_leave_nothing_behind(void **state)
{
	struct outcome *out = &w.out;
	uint64_t hash;
	double goodput;
	size_t used = 0;

	(void)state;
	goodput = run(LINUX, SHORT, "ns3", "server.goodput");
	assert_true(goodput > 0);
	hash = out->trace_hash;
	for (unsigned i = 0; i < TIMES; i++) {
		assert_true(
			world_run(&w.block, w.sc, &w.sc->points[0], 1, out));
		assert_true(out->trace_hash == hash);
		assert_true(get("server.goodput") == goodput);
		if (i == 10)
			used = mallinfo2().uordblks;
	}
	assert_in_range(mallinfo2().uordblks, 0, used + 10000);
}

/* The other engine, too, tells the same. */
static void order_is_that_of_another_engine(void **state)
{
	uint64_t hash;

	(void)state;
	run(MIRAGE, MEASURE, "ns3", "server.goodput");
	hash = w.out.trace_hash;
	w.sc->engine = ns3_stock_engine("ns3:map");
	assert_true(world_run(&w.block, w.sc, &w.sc->points[0], 1, &w.out));
	assert_true(w.out.trace_hash == hash);
	w.sc->engine = NULL;
}

/* --- a mistake of ns-3's ------------------------------------------------ */

static unsigned until_the_crash; /* 0: none */

void __real_ns3_socket_receive(struct ns3_socket *s, uint32_t slot);
void __wrap_ns3_socket_receive(struct ns3_socket *s, uint32_t slot);

/* In place 0 there is no packet, so ns-3 reads from address 0. */
void __wrap_ns3_socket_receive(struct ns3_socket *s, uint32_t slot)
{
	if (until_the_crash && --until_the_crash == 0)
		slot = 0;
	__real_ns3_socket_receive(s, slot);
}

static bool world_that_crashes(struct sim **block, const struct scenario *sc,
			       const struct point *pt, uint64_t seed,
			       struct outcome *out)
{
	signal(SIGSEGV, SIG_DFL); /* cmocka has a handler */
	until_the_crash = seed == 2 ? 10 : 0;
	return world_run(block, sc, pt, seed, out);
}

/* --- in workers ---------------------------------------------------------- */

struct told {
	enum run_status status;
	uint64_t hash;
	double value;
};

static bool note_outcome(void *arg, unsigned job, const struct outcome *out)
{
	((struct told *)arg)[job] = (struct told){out->status, out->trace_hash,
						  out->values[w.n - 1]};
	return true;
}

static bool go_on(void *arg)
{
	(void)arg;
	return true;
}

/* n runs of what small_world has loaded; job i has seed first + i * step. */
static void work(struct told *told, unsigned n, uint64_t first, uint64_t step,
		 bool (*world)(struct sim **, const struct scenario *,
			       const struct point *, uint64_t,
			       struct outcome *))
{
	struct job *jobs = calloc(n, sizeof *jobs);
	struct runner r = {.jobs = jobs,
			   .n_jobs = n,
			   .n_workers = 2,
			   .run = world,
			   .finished = note_outcome,
			   .tick = go_on,
			   .arg = told};
	char why[200];

	for (unsigned i = 0; i < n; i++)
		jobs[i] = (struct job){.scenario = w.sc,
				       .point = &w.sc->points[0],
				       .seed = first + i * step,
				       .timeout_ns = 60000000000,
				       .n_values = w.n};
	assert_int_equal(runner_run(&r, why, sizeof why), RUNNER_DONE);
	free(jobs);
}

static void crash_is_a_result(void **state)
{
	struct told told[4] = {0};

	(void)state;
	run(LINUX, SHORT, "ns3", "server.goodput");
	work(told, 4, 0, 1, world_that_crashes);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(told[i].status, i == 2 ? RUN_CRASHED : RUN_OK);
}

/* The parent keeps nothing, and the last run is what the first was. */
static void workers_do_not_tire(void **state)
{
	static struct told told[TIMES];
	size_t used;

	(void)state;
	run(LINUX, SHORT, "ns3", "server.goodput");
	work(told, 1, 1, 0, world_run);
	used = mallinfo2().uordblks;
	work(told, TIMES, 1, 0, world_run);
	assert_in_range(mallinfo2().uordblks, 0, used + 10000);
	for (unsigned i = 0; i < TIMES; i++) {
		assert_int_equal(told[i].status, RUN_OK);
		assert_true(told[i].hash == w.out.trace_hash);
		assert_true(told[i].value == told[0].value);
	}
}

static int tidy(void **state)
{
	(void)state;
	small_world_free(&w);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_carry_as_much),
		cmocka_unit_test(packets_are_as_large),
		cmocka_unit_test(applications_are_the_same),
		cmocka_unit_test(window_shuts_and_opens),
		cmocka_unit_test(window_is_less_than_a_segment),
		cmocka_unit_test(every_congestion_control),
		cmocka_unit_test(bbr_finds_rate_and_round_trip),
		cmocka_unit_test(refusals_are_sentences),
		cmocka_unit_test(timeouts_are_told),
		cmocka_unit_test(losses_are_mended),
		cmocka_unit_test(queue_is_as_long_as_it_says),
		cmocka_unit_test(runs_leave_nothing_behind),
		cmocka_unit_test(order_is_that_of_another_engine),
		cmocka_unit_test(crash_is_a_result),
		cmocka_unit_test(workers_do_not_tire),
	};

	if (!ns3_built()) {
		puts("not tried: this is a build without ns-3");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, tidy);
}
