/* SPDX-License-Identifier: MIT */
/*
 * A small world for a test: a scenario of tests/scenarios/ with settings of the
 * test's own, run once; then its numbers by name. What does not load or run
 * fails the test.
 */
#ifndef TESTS_SMALL_WORLD_H
#define TESTS_SMALL_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "sim/app/world/world.h"

struct small_world {
	struct sim *block;
	struct scenario *sc;
	struct column *columns;
	unsigned n;
	double values[1024];
	struct outcome out;
};

#define SETS_MOST 32

/* `sets`: texts `key=value` in one string, with spaces between them. */
static inline struct scenario *small_scenario(const char *name,
					      const char *sets)
{
	char path[4096], text[1024], *each[SETS_MOST], *rest = text, *word;
	struct complaints c = {0};
	struct scenario *sc;
	unsigned n = 0;

	snprintf(path, sizeof path, "%s/%s.yaml", TEST_SCENARIOS, name);
	assert_true(strlen(sets) < sizeof text);
	strcpy(text, sets);
	while ((word = strsep(&rest, " "))) {
		assert_true(n < SETS_MOST);
		if (*word)
			each[n++] = word;
	}
	sc = scenario_load(path, each, n, &c);
	complaints_print(&c, stdout);
	complaints_free(&c);
	assert_non_null(sc);
	return sc;
}

/* Can be called again; the last run's numbers are then gone. */
static inline enum run_status small_world_try(struct small_world *w,
					      const char *name,
					      const char *sets, uint64_t seed)
{
	if (w->sc) {
		columns_free(w->columns, w->n);
		scenario_free(w->sc);
	}
	w->sc = small_scenario(name, sets);
	w->columns = columns_of(w->sc, &w->n);
	assert_true(w->n <= sizeof w->values / sizeof *w->values);
	w->out = (struct outcome){.values = w->values};
	assert_true(
		world_run(&w->block, w->sc, &w->sc->points[0], seed, &w->out));
	return w->out.status;
}

static inline void small_world_run(struct small_world *w, const char *name,
				   const char *sets, uint64_t seed)
{
	assert_int_equal(small_world_try(w, name, sets, seed), RUN_OK);
}

static inline double small_world_number(const struct small_world *w,
					const char *name)
{
	for (unsigned i = 0; i < w->n; i++)
		if (strcmp(w->columns[i].name, name) == 0)
			return w->values[i];
	fail_msg("there is no result %s", name);
	return 0;
}

static inline void small_world_free(struct small_world *w)
{
	if (w->sc) {
		columns_free(w->columns, w->n);
		scenario_free(w->sc);
	}
	if (w->block)
		sim_free(w->block);
}

#endif
