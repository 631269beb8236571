/* SPDX-License-Identifier: MIT */
/*
 * Charts from a small database: their numbers against those worked out by hand,
 * and what a scenario may not ask for.
 */
#include "tests/figure_fixture.h"

static void test_lines(void **state)
{
	struct chart *c = build(*state, "{" RATE_BY_COST "}");
	const struct curve *sleep, *retries;

	assert_non_null(c);
	assert_int_equal(c->n_panels, 1);
	assert_int_equal(c->panels[0].n_curves, 2);
	assert_int_equal(c->n_entries, 2);
	assert_string_equal(c->legend, "host.rest");
	assert_string_equal(c->entries[0].name, "sleep");
	assert_string_equal(c->entries[1].name, "retries(20)");
	sleep = &c->panels[0].curves[0];
	retries = &c->panels[0].curves[1];
	assert_int_equal(sleep->n, 3);
	assert_float_equal(sleep->points[0].x, 0.5, 1e-9);
	assert_float_equal(sleep->points[2].x, 2, 1e-9);
	assert_float_equal(sleep->points[0].y, 100, 1e-9);
	assert_float_equal(retries->points[2].y, 600, 1e-9);
	assert_string_equal(c->x.label, "host.cost (us)");
	assert_string_equal(c->panels[0].y.label, "app.rate (kpps)");
	assert_float_equal(c->panels[0].y.low, 0, 0);
}

/* Of 50, 100, 150: t(0.975, 2) = 4.30265, standard error 50 / sqrt(3). An
 * end below zero is cut. */
static void test_interval(void **state)
{
	struct chart *c = build(*state, "{" RATE_BY_COST "}");
	const struct point *pt = &c->panels[0].curves[0].points[0];

	assert_float_equal(pt->high, 100 + 124.207, 0.001);
	assert_float_equal(pt->low, 0, 0);
	exec(*state, "DELETE FROM costs WHERE seed > 1");
	c = build(*state, "{" RATE_BY_COST "}");
	pt = &c->panels[0].curves[0].points[0];
	assert_true(isnan(pt->low) && isnan(pt->high));
	assert_float_equal(pt->y, 50, 1e-9);
}

/* A run that failed has no metrics: the others speak. */
static void test_gaps(void **state)
{
	struct chart *c;

	exec(*state, "UPDATE costs SET \"app.rate\" = NULL WHERE seed = 3");
	exec(*state, "UPDATE costs SET \"app.rate\" = NULL "
		     "WHERE \"host.cost\" = 1000");
	c = build(*state, "{" RATE_BY_COST "}");
	assert_int_equal(c->panels[0].curves[0].n, 2);
	assert_float_equal(c->panels[0].curves[0].points[0].y, 75, 1e-9);
}

/* A setting that is neither x nor named must not be averaged over. */
static void test_unnamed_setting(void **state)
{
	struct chart *c =
		build(*state, "{\"x\":\"host.cost\",\"y\":\"app.rate\"}");

	assert_int_equal(c->n_series, 2);
	assert_string_equal(c->legend, "host.rest");
	c = build(*state, "{\"x\":\"host.cost\",\"y\":\"app.rate\","
			  "\"at\":{\"host.rest\":\"sleep\"}}");
	assert_int_equal(c->n_series, 1);
	assert_int_equal(c->n_entries, 0);
	assert_float_equal(c->panels[0].curves[0].points[0].y, 100, 1e-9);
}

/* A pin of several values lets all of them through, and no others. */
static void test_pins(void **state)
{
	struct chart *c = build(*state, "{" RATE_BY_COST
					",\"at\":{\"host.cost\":[\"500ns\","
					"\"2us\"],\"host.rest\":\"sleep\"}}");

	assert_int_equal(c->n_series, 1);
	assert_int_equal(c->panels[0].curves[0].n, 2);
	assert_float_equal(c->panels[0].curves[0].points[1].x, 2, 1e-9);
}

/* A setting that follows another one (`zip`) makes no series of its own. */
static void test_following_setting(void **state)
{
	exec(*state, "ALTER TABLE costs ADD COLUMN \"guest.slots\"");
	exec(*state, "UPDATE costs SET \"guest.slots\" = \"host.cost\" / 10");
	assert_int_equal(build(*state, "{" RATE_BY_COST "}")->n_series, 2);
	assert_string_equal(((struct fixture *)*state)->chart->legend,
			    "host.rest");
}

static void test_panels(void **state)
{
	struct chart *c =
		build(*state, "{\"x\":\"host.cost\",\"y\":[\"app.rate\","
			      "\"app.latency.p50\",\"app.latency.p99\"],"
			      "\"scale_x\":\"log\"}");

	assert_int_equal(c->n_panels, 2);
	assert_int_equal(c->panels[1].n_curves, 4);
	assert_string_equal(c->panels[1].y.label, "app.latency (us)");
	assert_true(c->metrics_dashed);
	assert_int_equal(c->n_entries, 4);
	assert_string_equal(c->entries[3].name, "p99");
	assert_int_equal(c->panels[1].curves[3].dash, 1);
	assert_float_equal(c->panels[1].curves[3].points[0].y, 2, 1e-9);
	assert_true(c->x.log);
	assert_int_equal(c->x.ticks.n, 3);
	assert_string_equal(c->x.ticks.all[0].text, "0.5");
}

static void test_bands(void **state)
{
	struct chart *c = build(*state, "{" RATE_BY_COST
					",\"band\":[\"E.low\",\"E.open\"]}");
	const struct band *b = c->panels[0].bands;

	assert_int_equal(c->panels[0].n_bands, 2);
	assert_float_equal(b[0].low, 150, 1e-9);
	assert_float_equal(b[0].high, 250, 1e-9);
	assert_string_equal(b[0].words, "150–250 kpps, fitted");
	assert_string_equal(b[1].words, "from 900 kpps, predicted");
	assert_null(build(*state, "{" RATE_BY_COST ",\"band\":[\"E.no\"]}"));
}

static void test_ideal(void **state)
{
	struct chart *c = build(
		*state, "{" RATE_BY_COST ",\"ideal\":{\"label\":\"slots / "
			"cost\",\"sql\":\"1e8 / \\\"host.cost\\\"\"}}");
	const struct curve *theory = &c->panels[0].curves[2];

	/* The same for both series: one line. */
	assert_int_equal(c->panels[0].n_curves, 3);
	assert_true(theory->theory);
	assert_false(theory->dressed);
	assert_float_equal(theory->points[0].y, 200, 1e-9);
	assert_float_equal(theory->points[2].y, 50, 1e-9);
	c = build(*state, "{" RATE_BY_COST ",\"ideal\":[{\"sql\":"
			  "\"iif(\\\"host.rest\\\"='sleep', 1, 2)\"}]}");
	assert_int_equal(c->panels[0].n_curves, 4);
	assert_true(c->panels[0].curves[3].dressed);
}

static void test_bars(void **state)
{
	struct chart *c =
		build(*state, "{\"x\":\"host.rest\",\"y\":\"app.rate\","
			      "\"at\":{\"host.cost\":\"1us\"}}");

	assert_int_equal(c->kind, FIGURE_BARS);
	assert_true(c->x.named);
	assert_int_equal(c->x.ticks.n, 2);
	assert_string_equal(c->x.ticks.all[0].text, "sleep");
	assert_float_equal(c->panels[0].curves[0].points[1].y, 400, 1e-9);
	assert_string_equal(c->x.label, "host.rest");
	c = build(*state, "{\"kind\":\"bars\",\"x\":\"host.cost\","
			  "\"y\":\"app.rate\",\"scale_x\":\"log\","
			  "\"series\":[\"host.cost\",\"host.rest\"]}");
	assert_false(c->x.log);
	assert_int_equal(c->n_series, 2);
	assert_string_equal(c->x.ticks.all[0].text, "500ns");
}

static void test_percentiles(void **state)
{
	static const char *const names[] = {"p50", "p99", "p99.9", "max"};
	struct chart *c = build(*state, "{\"kind\":\"percentiles\","
					"\"y\":\"app.latency\",\"at\":"
					"{\"host.cost\":\"500ns\"}}");
	unsigned i;

	assert_int_equal(c->n_series, 2);
	assert_int_equal(c->x.ticks.n, 4);
	for (i = 0; i < 4; i++) {
		assert_string_equal(c->x.ticks.all[i].text, names[i]);
		assert_float_equal(c->panels[0].curves[1].points[i].y,
				   (double)(1 << i), 1e-9);
	}
}

static void test_time(void **state)
{
	static const char spec[] = "{\"kind\":\"time\",\"x\":\"time\","
				   "\"y\":\"app.rate\",\"at\":"
				   "{\"host.cost\":\"500ns\"}}";
	struct fixture *f = *state;
	struct chart *c;

	exec(f, "UPDATE t_sample SET value = value * 2 WHERE run > 9");
	c = build(f, spec);
	assert_int_equal(c->n_panels, 2);
	assert_string_equal(c->panels[1].name, "host.rest retries(20)");
	assert_float_equal(c->panels[0].curves[0].points[2].y, 900, 1e-9);
	assert_float_equal(c->panels[1].curves[0].points[0].y, 600, 1e-9);
	assert_float_equal(c->panels[0].y.high, c->panels[1].y.high, 0);
	assert_float_equal(c->x.low, 10, 1e-9);
	assert_string_equal(c->x.label, "time (ms)");
	exec(f, "DELETE FROM t_sample");
	assert_null(build(f, spec));
	assert_int_equal(f->trouble.exit, 2);
	assert_non_null(strstr(f->trouble.text, "samples"));
}

static void test_automatic(void **state)
{
	struct chart *c = build_named(*state, FIGURE_AUTO);

	assert_non_null(c);
	assert_string_equal(c->title, "costs: app.rate against host.cost");
	assert_int_equal(c->n_series, 2);
	assert_int_equal(c->panels[0].n_bands, 2);
	assert_string_equal(c->command, "ringsim plot costs/auto");
}

/* A logarithm knows no zero: of x the axis becomes linear, of y it is said. */
static void test_zeros(void **state)
{
	struct chart *c;

	exec(*state, "UPDATE costs SET \"host.cost\" = 0, \"app.rate\" = 0 "
		     "WHERE \"host.cost\" = 500");
	c = build(*state,
		  "{" RATE_BY_COST ",\"scale_x\":\"log\",\"scale_y\":\"log\"}");
	assert_false(c->x.log);
	assert_true(c->panels[0].y.log);
	assert_true(c->panels[0].y.low > 0);
	assert_non_null(strstr(c->footer, "zeros left out"));
}

/* An axis is not led astray by a number that cannot be. */
static void test_absurd(void **state)
{
	struct chart *c;

	exec(*state, "UPDATE costs SET \"app.rate\" = CASE seed WHEN 1 THEN "
		     "1e308 WHEN 2 THEN 1e-308 ELSE 9e999 END "
		     "WHERE \"host.cost\" = 500");
	c = build(*state, "{" RATE_BY_COST ",\"scale_y\":\"log\"}");
	assert_true(c->panels[0].y.high < 1e9);
	exec(*state, "UPDATE costs SET \"app.rate\" = 1e308");
	c = build(*state, "{" RATE_BY_COST "}");
	assert_float_equal(c->panels[0].y.low, 0, 0);
	assert_true(c->panels[0].y.high > 0);
}

/* Many series: one hue for each family, shades within. */
static void test_families(void **state)
{
	struct chart *c;

	exec(*state, "UPDATE costs SET \"host.rest\" = "
		     "iif(run % 2, 'spin(', 'retries(') || run || ')'");
	c = build(*state, "{" RATE_BY_COST "}");
	assert_int_equal(c->n_series, 18);
	assert_int_equal(c->looks[0].hue, c->looks[2].hue);
	assert_int_not_equal(c->looks[0].hue, c->looks[1].hue);
	assert_true(c->looks[0].shade < c->looks[2].shade);
	assert_false(c->intervals);
}

/* --- what a scenario may not ask for -------------------------------------- */

static void test_mistakes(void **state)
{
	static const char *const specs[] = {
		"{\"x\":\"host.cost\"}",
		"{\"y\":\"app.rate\"}",
		"{\"x\":\"host.nothing\",\"y\":\"app.rate\"}",
		"{\"x\":\"host.cost\",\"y\":\"app.nothing\"}",
		"{\"x\":\"host.cost\",\"y\":\"host.cost\"}",
		"{\"x\":\"host.cost\",\"y\":7}",
		"{\"x\":\"host.cost\",\"y\":\"app.rate\",\"kind\":\"pie\"}",
		"{" RATE_BY_COST ",\"scale_x\":\"cubic\"}",
		"{" RATE_BY_COST ",\"at\":{\"host.rest\":\"never\"}}",
		"{" RATE_BY_COST ",\"ideal\":{}}",
		"{\"kind\":\"percentiles\",\"y\":\"app.rate\"}",
		"[1]",
		"{",
		"",
	};
	struct fixture *f = *state;
	unsigned i;

	for (i = 0; i + 1 < sizeof specs / sizeof *specs; i++) {
		if (build(f, specs[i]))
			fail_msg("accepted: %s", specs[i]);
		assert_int_equal(f->trouble.exit, 2);
		assert_non_null(strstr(f->trouble.text, "figure costs/it: "));
	}
}

static struct chart *build_ideal(struct fixture *f, const char *sql)
{
	char *quoted = sqlite3_mprintf(
		"{" RATE_BY_COST ",\"ideal\":{\"label\":\"l\",\"sql\":\"%s\"}}",
		sql);
	struct chart *c = build(f, quoted);

	sqlite3_free(quoted);
	return c;
}

static void test_foreign_sql(void **state)
{
	static const char *const refused[] = {
		"(SELECT max(scenario) FROM t_experiment)",
		"(SELECT max(unit) FROM t_result_1)",
		"(SELECT max(sql) FROM sqlite_schema)",
		"(SELECT max(x) FROM other)",
		"(WITH v_run AS (SELECT * FROM t_run) SELECT 1 FROM v_run)",
		"(SELECT 1 FROM pragma_table_list)",
		"load_extension('x')",
		"randomblob(1000000000)",
		"1; DELETE FROM costs",
		"1), (2",
		"1) FROM costs; DELETE FROM costs --",
		"\\\"no.such\\\"",
		("(SELECT count(*) FROM v_sample a, v_sample b, v_sample c,"
		 " v_sample d, v_sample e, v_sample f, v_sample g)"),
	};
	struct fixture *f = *state;
	unsigned i;

	exec(f, "CREATE TABLE other(x); INSERT INTO other VALUES(1)");
	for (i = 0; i < sizeof refused / sizeof *refused; i++) {
		if (build_ideal(f, refused[i]))
			fail_msg("admitted: %s", refused[i]);
		assert_int_equal(f->trouble.exit, 2);
	}
	assert_non_null(build_ideal(f, "(SELECT count(*) FROM v_run)"));
	assert_non_null(build_ideal(
		f, "this.\\\"host.cost\\\" / (SELECT min(\\\"host.cost\\\")"
		   " FROM this)"));
	assert_non_null(build_ideal(f, "sqrt(max(1, \\\"host.cost\\\"))"));
	assert_non_null(
		build_ideal(f, "(SELECT max(\\\"app.rate\\\") FROM costs)"));
}

static void test_no_database(void **state)
{
	struct fixture *f = *state;
	struct trouble t;
	char path[128];
	FILE *file;

	snprintf(path, sizeof path, "%s/none", f->folder);
	assert_false(database_open(&f->db, path, &t));
	assert_int_equal(t.exit, 2);
	assert_int_not_equal(access(path, F_OK), 0);
	file = fopen(path, "w");
	fputs("neither a database nor empty", file);
	fclose(file);
	assert_false(database_open(&f->db, path, &t));
	assert_int_equal(t.exit, 2);
}

static void test_no_traces(void **state)
{
	struct fixture *f = *state;
	char log[128];

	exec(f, "PRAGMA journal_mode = WAL; DELETE FROM t_figure");
	sqlite3_close(f->sql);
	f->sql = NULL;
	snprintf(log, sizeof log, "%s-wal", f->path);
	assert_int_not_equal(access(log, F_OK), 0);
	assert_non_null(build_named(f, FIGURE_AUTO));
	database_close(&f->db);
	assert_int_not_equal(access(log, F_OK), 0);
}

/* --- units and ticks ------------------------------------------------------ */

static void test_units(void **state)
{
	char text[64];
	double value;

	(void)state;
	assert_string_equal(unit_for("ns", 150e3).name, "us");
	assert_string_equal(unit_for("ns", 999).name, "ns");
	assert_string_equal(unit_for("pps", 1.1e6).name, "kpps");
	assert_string_equal(unit_for("pps", 2e6).name, "Mpps");
	assert_string_equal(unit_for("B", 65536).name, "KiB");
	assert_string_equal(unit_for("ratio", 1e9).name, "ratio");
	assert_string_equal(unit_text("ns", 150e3, text, 64), "150us");
	assert_string_equal(unit_text("ns", 136.2331, text, 64), "136.2ns");
	assert_string_equal(unit_text("1", 65536, text, 64), "65536");
	assert_string_equal(unit_text("B", 65536, text, 64), "64KiB");
	assert_string_equal(unit_text("ns", 0, text, 64), "0ns");
	assert_true(unit_parse("ns", "1.5 us", &value));
	assert_float_equal(value, 1500, 1e-9);
	assert_true(unit_parse("1", "256", &value));
	assert_false(unit_parse("ns", "3pps", &value));
	assert_false(unit_parse("ns", "sleep", &value));
}

static void assert_ticks(const struct ticks *t, unsigned n,
			 const char *const *texts)
{
	unsigned i;

	assert_int_equal(t->n, n);
	for (i = 0; i < n; i++)
		assert_string_equal(t->all[i].text, texts[i]);
}

static void test_ticks(void **state)
{
	static const char *const linear[] = {"0.0", "0.2", "0.4",
					     "0.6", "0.8", "1.0"};
	static const char *const hundreds[] = {"0", "200", "400", "600", "800"};
	struct ticks t = {.n = 0};

	(void)state;
	ticks_linear(&t, 0, 1.06, 6);
	assert_ticks(&t, 6, linear);
	t.n = 0;
	ticks_linear(&t, 0, 850, 4);
	assert_ticks(&t, 5, hundreds);
	t.n = 0;
	ticks_log(&t, 1, 1000, 10); /* 1 to 10, to 100, to 1000 */
	assert_int_equal(t.n, 28);
	assert_string_equal(t.all[1].text, "2");
	assert_string_equal(t.all[2].text, "");
	t.n = 0;
	ticks_log(&t, 1, 1e8, 9); /* marks reach the end */
	assert_float_equal(t.all[t.n - 1].at, 1e8, 1);
	assert_true(t.n < MAX_TICKS);
	t.n = 0;
	ticks_log(&t, 1e-12, 1e12, 6);
	assert_true(t.n <= 8);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_lines),
		TEST(test_interval),
		TEST(test_gaps),
		TEST(test_unnamed_setting),
		TEST(test_following_setting),
		TEST(test_pins),
		TEST(test_panels),
		TEST(test_bands),
		TEST(test_ideal),
		TEST(test_bars),
		TEST(test_percentiles),
		TEST(test_time),
		TEST(test_automatic),
		TEST(test_zeros),
		TEST(test_absurd),
		TEST(test_families),
		TEST(test_mistakes),
		TEST(test_foreign_sql),
		TEST(test_no_database),
		TEST(test_no_traces),
		TEST(test_units),
		TEST(test_ticks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
