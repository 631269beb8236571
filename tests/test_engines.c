/* SPDX-License-Identifier: MIT */
/*
 * The order of every shipped scenario, and of some with ns-3 in them, told by
 * two engines that share nothing: ours, and ns-3's own with its default
 * scheduler and with another. All points, cut short, and some with steps that
 * take time; all numbers must be the same to the last bit. On ns-3's engine
 * SPEND never takes its short cut, so that it is seen as well that nothing
 * depends on it.
 */
#include <glob.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/app/world/world.h"
#include "sim/ns3/clock.h"
#include "sim/ns3/stock.h"

#define SAMPLE_ROOM 64

static const char *const others[] = {"ns3:map", "ns3:calendar"};

static struct scenario *load_short(const char *path, char *measure, char *more)
{
	char *sets[] = {"run.warmup=1ms", measure, "run.window=1ms", more};
	struct complaints c = {0};
	struct scenario *sc = scenario_load(path, sets, 4, &c);

	complaints_print(&c, stderr);
	complaints_free(&c);
	assert_non_null(sc);
	return sc;
}

/* The values are the caller's to free. */
static struct outcome play(struct sim **block, const struct scenario *sc,
			   unsigned point)
{
	struct outcome out = {0};
	struct column *columns;
	unsigned n;

	columns = columns_of(sc, &n);
	columns_free(columns, n);
	out.values = calloc(n + 1, sizeof *out.values);
	out.sample_room = SAMPLE_ROOM;
	out.samples =
		calloc(sc->n_samples * SAMPLE_ROOM + 1, sizeof *out.samples);
	assert_true(world_run(block, sc, &sc->points[point], 1, &out));
	free(out.samples);
	out.n_samples = n;
	return out;
}

static bool same(const struct outcome *a, const struct outcome *b)
{
	return a->status == b->status && a->trace_hash == b->trace_hash &&
	       a->sim_ns == b->sim_ns && strcmp(a->remark, b->remark) == 0 &&
	       memcmp(a->values, b->values, a->n_samples * sizeof(double)) == 0;
}

/* Returns how many differ. */
static unsigned try_point(struct sim **block, struct scenario *sc,
			  unsigned point)
{
	struct outcome ours = play(block, sc, point);
	unsigned differ = 0;

	for (unsigned i = 0; i < sizeof others / sizeof *others; i++) {
		struct outcome theirs;

		sc->engine = ns3_stock_engine(others[i]);
		theirs = play(block, sc, point);
		if (!same(&ours, &theirs)) {
			print_message("%s, point %u: %016llx, on %s %016llx\n",
				      sc->name, point,
				      (unsigned long long)ours.trace_hash,
				      others[i],
				      (unsigned long long)theirs.trace_hash);
			differ++;
		}
		free(theirs.values);
	}
	sc->engine = NULL;
	free(ours.values);
	return differ;
}

static void try_all(char *set, unsigned most)
{
	struct sim *block = NULL;
	unsigned differ = 0;
	glob_t found;

	assert_int_equal(glob(RINGSIM_SCENARIOS "/*.yaml", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct scenario *sc =
			load_short(found.gl_pathv[i], "run.measure=4ms", set);

		for (unsigned point = 0; point < sc->n_points && point < most;
		     point++)
			differ += try_point(&block, sc, point);
		scenario_free(sc);
	}
	globfree(&found);
	sim_free(block);
	assert_int_equal(differ, 0);
}

/* With ns-3 in it: its events and ours, ties among them, in one order. */
static void test_with_flows_of_ns3(void **state)
{
	static const struct {
		const char *path;
		char *set;
	} cases[] = {
		{RINGSIM_SCENARIOS "/mirage-throughput.yaml",
		 "client.stack=ns3"},
		{RINGSIM_SCENARIOS "/mirage-stall.yaml", "client.stack=ns3"},
		{RINGSIM_SCENARIOS "/netback-throughput.yaml",
		 "client.stack=ns3"},
		{TEST_SCENARIOS "/link_tcp.yaml", "client.stack=own"},
		{TEST_SCENARIOS "/link_tcp.yaml", "client.stack=ns3"},
		{TEST_SCENARIOS "/link_udp.yaml", "link.queue=fq_codel"},
	};
	struct sim *block = NULL;
	unsigned differ = 0;

	(void)state;
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scenario *sc = load_short(
			cases[i].path, "run.measure=30ms", cases[i].set);

		for (unsigned point = 0; point < sc->n_points; point++)
			differ += try_point(&block, sc, point);
		scenario_free(sc);
	}
	sim_free(block);
	assert_int_equal(differ, 0);
}

static void test_as_they_are(void **state)
{
	(void)state;
	try_all("run.step=0ns", UINT_MAX);
}

static void test_with_steps(void **state)
{
	(void)state;
	try_all("run.step=50ns", 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_they_are),
		cmocka_unit_test(test_with_steps),
		cmocka_unit_test(test_with_flows_of_ns3),
	};

	if (!ns3_built()) {
		puts("not tried: this is a build without ns-3");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
