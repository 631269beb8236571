/* SPDX-License-Identifier: MIT */
/*
 * Golden trace hashes: every shipped scenario, all its points, cut short.
 *
 * A hash that changes means that results have changed. If that was meant,
 * raise MODEL_VERSION in sim/app/world/world.h (databases hold results of the
 * old one) and put the printed table into golden.inc.
 */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/app/world/world.h"

static const struct golden {
	const char *scenario;
	uint64_t hash;
} golden[] = {
#include "golden.inc"
};

#define GOLDEN_VERSION 3 /* the MODEL_VERSION these belong to */

/* NULL: it needs what is not built. */
static struct scenario *load_short(const char *name)
{
	char *sets[] = {"run.warmup=0ms", "run.measure=5ms", "run.window=1ms"};
	struct complaints c = {0};
	char path[512];
	struct scenario *sc;

	snprintf(path, sizeof path, "%s/%s.yaml", RINGSIM_SCENARIOS, name);
	sc = scenario_load(path, sets, 3, &c);
	complaints_print(&c, stderr);
	if (!complaints_only_absent(&c))
		assert_non_null(sc);
	complaints_free(&c);
	return sc;
}

/* One number for all points of a scenario, in their order. */
static uint64_t hash_of(struct sim **block, struct scenario *sc)
{
	struct outcome out = {0};
	struct column *columns;
	uint64_t hash = 0;
	unsigned n;

	columns = columns_of(sc, &n);
	out.values = calloc(n, sizeof *out.values);
	out.sample_room = 8;
	out.samples = calloc(sc->n_samples * 8 + 1, sizeof *out.samples);
	for (unsigned i = 0; i < sc->n_points; i++) {
		assert_true(world_run(block, sc, &sc->points[i], 1, &out));
		assert_int_equal(out.status, RUN_OK);
		hash = hash * 0x9e3779b97f4a7c15u + out.trace_hash;
	}
	columns_free(columns, n);
	free(out.values);
	free(out.samples);
	scenario_free(sc);
	return hash;
}

static void test_hashes_are_the_golden_ones(void **state)
{
	struct sim *block = NULL;
	unsigned changed = 0;

	(void)state;
	assert_int_equal(MODEL_VERSION, GOLDEN_VERSION);
	for (unsigned i = 0; i < sizeof golden / sizeof *golden; i++) {
		struct scenario *sc = load_short(golden[i].scenario);
		uint64_t hash = sc ? hash_of(&block, sc) : golden[i].hash;

		changed += hash != golden[i].hash;
		print_message("{\"%s\", 0x%016llx},%s\n", golden[i].scenario,
			      (unsigned long long)hash,
			      hash == golden[i].hash ? "" : " /* changed */");
	}
	sim_free(block);
	assert_int_equal(changed, 0);
}

static void test_no_scenario_is_left_out(void **state)
{
	glob_t found;

	(void)state;
	assert_int_equal(glob(RINGSIM_SCENARIOS "/*.yaml", 0, NULL, &found), 0);
	assert_int_equal(found.gl_pathc, sizeof golden / sizeof *golden);
	globfree(&found);
}

/* The same run twice in one process, the second in a used block. */
static void test_a_used_block_changes_nothing(void **state)
{
	struct sim *block = NULL;
	uint64_t first = hash_of(&block, load_short("backend-too-fast"));

	(void)state;
	hash_of(&block, load_short("vhost"));
	assert_true(first == hash_of(&block, load_short("backend-too-fast")));
	sim_free(block);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hashes_are_the_golden_ones),
		cmocka_unit_test(test_no_scenario_is_left_out),
		cmocka_unit_test(test_a_used_block_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
