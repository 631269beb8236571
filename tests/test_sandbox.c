/* SPDX-License-Identifier: MIT */
/* What a stranger's SQL can do: read its own experiment, and nothing else. */
#include "tests/made_up.h"

#include "sim/app/store/sandbox.h"

/* Two experiments, x and y, in one database; x is the stranger's. */
struct guest {
	struct place *place;
	struct scenario *sx, *sy;
	struct store *store;
	struct experiment *x, *y;
	struct sandbox *box;
};

static int open_guest(void **state)
{
	struct guest *g = calloc(1, sizeof *g);
	char why[512] = "";
	void *place;

	make_place(&place);
	g->place = place;
	g->sx = load(place, "x", PATH SWEEP);
	g->sy = load(place, "y",
		     PATH "sweep: {host.packet_cost: [7us, 8us]}\n");
	g->store = open_db(place);
	g->x = plan(g->store, g->sx);
	g->y = plan(g->store, g->sy);
	run_all(g->store, g->x, false);
	run_all(g->store, g->y, false);
	g->box = sandbox_open(g->store, g->x, 0.2, why, sizeof why);
	if (!g->box)
		fail_msg("%s", why);
	*state = g;
	return 0;
}

static int close_guest(void **state)
{
	struct guest *g = *state;
	void *place = g->place;

	sandbox_close(g->box);
	unplan(g->x);
	unplan(g->y);
	store_close(g->store);
	scenario_free(g->sx);
	scenario_free(g->sy);
	free(g);
	return remove_place(&place);
}

static void gives(struct guest *g, const char *sql, double value)
{
	struct estimate e;
	char why[512];

	if (!sandbox_estimate(g->box, sql, &e, why, sizeof why))
		fail_msg("%s: %s", sql, why);
	if (e.value != value)
		fail_msg("%s: %g is not %g", sql, e.value, value);
}

/* Refused as a mistake of the user's, before anything is run. */
static void refused(struct guest *g, const char *sql, const char *because)
{
	struct estimate e;
	char why[512] = "";

	if (sandbox_check(g->box, sql, why, sizeof why))
		fail_msg("%s: passes", sql);
	if (!strstr(why, because))
		fail_msg("%s: \"%s\" does not say \"%s\"", sql, why, because);
	assert_false(sandbox_estimate(g->box, sql, &e, why, sizeof why));
}

/* Admitted, and then there is no number. */
static void fails(struct guest *g, const char *sql, const char *because)
{
	struct estimate e;
	char why[512] = "";

	assert_true(sandbox_check(g->box, sql, why, sizeof why));
	assert_false(sandbox_estimate(g->box, sql, &e, why, sizeof why));
	assert_true(isnan(e.value) && isnan(e.low));
	if (!strstr(why, because))
		fail_msg("%s: \"%s\" does not say \"%s\"", sql, why, because);
}

static void its_own_results(void **state)
{
	struct guest *g = *state;

	gives(g, "SELECT count(*) FROM v_run", 12);
	gives(g, "SELECT count(*) FROM v_setting WHERE name = 'host.rest'", 12);
	gives(g, "SELECT count(*) FROM v_result", 780);
	gives(g, "SELECT count(*) FROM v_sample", 48);
	gives(g, "SELECT count(*) FROM v_stall", 8);
	gives(g, "SELECT count(*) FROM v_stall_event", 12);
	gives(g, "SELECT count(*) FROM this", 12);
	gives(g, "SELECT max(\"app.rate\") FROM x", 3030);
	gives(g,
	      "SELECT max(value) FROM v_result r JOIN v_run USING(run)"
	      " WHERE metric = 'app.rate' AND status = 'ok'",
	      3030);
	gives(g, "WITH v_run AS (SELECT 5 AS a) SELECT a FROM v_run", 5);
	gives(g, "WITH t_run AS (SELECT 5) SELECT count(*) FROM t_run", 1);
	gives(g, "SELECT sqrt(16) -- that is all", 4);
	gives(g,
	      "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1"
	      " FROM c WHERE n < 10) SELECT sum(n) FROM c;  ",
	      55);
}

static void nothing_of_others(void **state)
{
	static const char *const tables[] = {"y",
					     "main.x",
					     "main.v_run",
					     "t_run",
					     "main.t_run",
					     "t_shown",
					     "t_left_out",
					     "v_expect",
					     "v_figure",
					     "described",
					     "sqlite_master",
					     "sqlite_temp_master",
					     "sqlite_schema",
					     "dbstat",
					     "pragma_database_list"};
	struct guest *g = *state;

	for (unsigned i = 0; i < sizeof tables / sizeof *tables; i++) {
		char sql[100];

		snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", tables[i]);
		refused(g, sql, "");
		snprintf(sql, sizeof sql, "SELECT max(rowid) FROM %s",
			 tables[i]);
		refused(g, sql, "");
	}
	/* a name that the authorizer might take for a view */
	refused(g,
		"WITH v_run AS (SELECT * FROM t_run) SELECT count(*) FROM"
		" v_run",
		"no such table: t_run");
	refused(g, "SELECT (SELECT max(id) FROM t_run) FROM v_run",
		"no such table: t_run");
	refused(g, "SELECT \"app.rat\" FROM this", "no such column");
}

static void nothing_but_select(void **state)
{
	struct guest *g = *state;

	refused(g, "ATTACH 'other.db' AS other", "anything but SELECT");
	refused(g, "DETACH main", "anything but SELECT");
	refused(g, "PRAGMA writable_schema = 1", "anything but SELECT");
	refused(g, "PRAGMA query_only", "anything but SELECT");
	refused(g, "DELETE FROM this", "");
	refused(g, "DELETE FROM v_run", "");
	refused(g, "UPDATE this SET seed = 1", "");
	refused(g, "INSERT INTO this(run) VALUES(1)", "");
	refused(g, "CREATE TEMP TABLE a(b)", "anything but SELECT");
	refused(g, "CREATE VIEW v AS SELECT 1", "anything but SELECT");
	refused(g, "DROP VIEW v_run", "anything but SELECT");
	refused(g, "BEGIN", "anything but SELECT");
	refused(g, "COMMIT", "anything but SELECT");
	refused(g, "VACUUM INTO 'copy.db'", "");
	refused(g, "REINDEX", "");
	refused(g, "EXPLAIN SELECT 1", "one column");
	refused(g, "SELECT load_extension('evil')", "load_extension");
	refused(g, "SELECT readfile('secret')", "readfile");
	refused(g, "SELECT writefile('a', 'b')", "writefile");
	refused(g, "SELECT random()", "the function random");
	refused(g, "SELECT randomblob(1000000000)", "the function");
	refused(g, "SELECT sqlite_version()", "the function");
	refused(g, "SELECT fts3_tokenizer('a')", "fts3_tokenizer");
	refused(g, "SELECT * FROM json_each('[1]')", "");
}

static void one_statement_one_number(void **state)
{
	struct guest *g = *state;

	refused(g, "", "no SQL statement");
	refused(g, "-- nothing", "no SQL statement");
	refused(g, "SELECT 1; SELECT 2", "more than one SQL statement");
	refused(g, "SELECT 1; DROP TABLE t_run", "more than one");
	refused(g, "SELECT 1, 2", "one column");
	refused(g, "SELEC 1", "syntax error");
	fails(g, "SELECT seed FROM this", "more than one row");
	fails(g, "SELECT 'ten'", "no number");
	fails(g, "SELECT max(seed) FROM this WHERE seed > 99", "nothing");
	fails(g, "SELECT seed FROM this WHERE seed > 99", "nothing");
}

/* Endless, and vast. */
static void bombs(void **state)
{
	struct guest *g = *state;

	fails(g,
	      "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1"
	      " FROM c) SELECT count(*) FROM c",
	      "took longer than 0.2 s");
	fails(g,
	      "WITH RECURSIVE c(s) AS (SELECT 'a' UNION ALL SELECT s || s"
	      " FROM c) SELECT max(length(s)) FROM c",
	      "");
	gives(g, "SELECT count(*) FROM this", 12); /* and life goes on */
}

/* Leaving one seed out, by hand: sums of column 0 are 3 * (point sums). */
static void one_seed_less(void **state)
{
	struct guest *g = *state;
	static const char *const means[] = {
		"SELECT avg(\"app.rate\") FROM this",
		"SELECT avg(value) FROM v_result WHERE metric = 'app.rate'",
		"SELECT avg(r.value) FROM v_result r JOIN v_run USING(run)"
		" WHERE r.metric = 'app.rate'",
		"SELECT avg(x.\"app.rate\") FROM x JOIN v_setting s"
		" USING(run) WHERE s.name = 'host.rest'"};
	struct estimate e;
	char why[512];

	for (unsigned i = 0; i < sizeof means / sizeof *means; i++) {
		assert_true(sandbox_estimate(g->box, means[i], &e, why,
					     sizeof why));
		assert_true(e.value == 1520 && e.n == 3);
		/* of a mean, the jackknife is the usual interval: means by
		 * seed are 1510, 1520, 1530; 4.30265 * 10 / sqrt(3) */
		assert_true(fabs(e.high - 1520 - 24.8414) < 0.001);
		assert_string_equal(why, "");
	}
	assert_true(sandbox_estimate(g->box, "SELECT avg(value) FROM v_sample",
				     &e, why, sizeof why));
	assert_true(fabs(e.high - e.value - 2.48414) < 0.001);
	/* they hang on one seed, and its neighbour says nothing of them */
	assert_true(sandbox_estimate(
		g->box, "SELECT max(\"app.rate\" * seed) FROM this", &e, why,
		sizeof why));
	assert_true(!isnan(e.value) && isnan(e.low) && isnan(e.high));
	assert_string_equal(why, "");
	assert_true(sandbox_estimate(g->box, "SELECT min(seed) FROM this", &e,
				     why, sizeof why));
	assert_true(e.value == 1 && isnan(e.low));
	/* what is the same without any of them is known for sure */
	assert_true(sandbox_estimate(g->box, "SELECT max(1) FROM this", &e, why,
				     sizeof why));
	assert_true(e.low == 1 && e.high == 1);
	/* one seed alone: without it there is nothing */
	assert_true(sandbox_estimate(
		g->box, "SELECT max(seed) FROM this WHERE seed = 2", &e, why,
		sizeof why));
	assert_true(e.value == 2 && isnan(e.low));
	assert_string_not_equal(why, "");
	gives(g, "SELECT count(DISTINCT seed) FROM this", 3);
}

static void checked_without_a_database(void **state)
{
	struct guest *g = *state;
	char why[512];
	struct sandbox *box = sandbox_open(NULL, g->y, 1, why, sizeof why);

	assert_non_null(box);
	assert_true(
		sandbox_check(box, "SELECT count(*) FROM y", why, sizeof why));
	assert_false(
		sandbox_check(box, "SELECT count(*) FROM x", why, sizeof why));
	sandbox_close(box);
}

#define GUEST(test)                                                            \
	cmocka_unit_test_setup_teardown(test, open_guest, close_guest)

int main(void)
{
	const struct CMUnitTest tests[] = {
		GUEST(its_own_results),
		GUEST(nothing_of_others),
		GUEST(nothing_but_select),
		GUEST(one_statement_one_number),
		GUEST(bombs),
		GUEST(one_seed_less),
		GUEST(checked_without_a_database),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
