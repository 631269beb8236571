/* SPDX-License-Identifier: MIT */
/*
 * Bars: what is documented of each, what was expected beside what came out, and
 * their names on a terminal.
 */
#include "tests/figure_fixture.h"

#include "analysis/letters.h"

static void test_ranges(void **state)
{
	static const char rest[] = "\"kind\":\"bars\",\"x\":\"host.rest\","
				   "\"y\":\"app.rate\",\"at\":{\"host.cost\":"
				   "\"1us\"}";
	struct chart *c;
	char *spec =
		sqlite3_mprintf("{%s,\"ranges\":{\"retries(20)\":[2e5,null],"
				"\"sleep\":\"E.low\",\"spin(1us)\":[1,2]}}",
				rest);
	const struct range_box *r;

	c = build(*state, spec);
	sqlite3_free(spec);
	assert_int_equal(c->panels[0].n_ranges, 2);
	r = c->panels[0].ranges;
	assert_float_equal(r[0].x, 1, 0);
	assert_float_equal(r[0].low, 200, 1e-9);
	assert_true(isinf(r[0].high));
	assert_float_equal(r[1].x, 0, 0);
	assert_float_equal(r[1].low, 150, 1e-9);
	assert_float_equal(r[1].high, 250, 1e-9);
	assert_int_equal(c->n_entries, 1);
	assert_int_equal(c->entries[0].kind, ENTRY_RANGE);
	c = build(*state, "{\"kind\":\"bars\",\"x\":\"host.cost\",\"y\":"
			  "\"app.rate\",\"series\":\"host.rest\",\"ranges\":"
			  "{\"2us\":[9e6,1e7]}}");
	assert_float_equal(c->panels[0].ranges[0].x, 2, 0);
	assert_true(c->panels[0].y.high > 10); /* Mpps */
	assert_null(
		build(*state, "{" RATE_BY_COST ",\"ranges\":{\"2us\":[1,2]}}"));
	assert_null(build(*state, "{\"kind\":\"bars\",\"x\":\"host.rest\","
				  "\"y\":\"app.rate\",\"ranges\":"
				  "{\"sleep\":\"E.no\"}}"));
}

static void test_expected(void **state)
{
	struct chart *c;
	const struct panel *p;

	exec(*state, "UPDATE t_expect SET value = 240e3, ci_low = 230e3, "
		     "ci_high = 250e3 WHERE unit = 'pps' AND id = 'E.low'");
	exec(*state, "UPDATE t_expect SET value = 950e3 WHERE id = 'E.open'");
	exec(*state, "UPDATE t_expect SET value = 1.5 WHERE unit = 'ratio'");
	c = build(*state, "{\"kind\":\"expected\",\"band\":[\"E.open\","
			  "\"E.low\"]}");
	assert_int_equal(c->n_panels, 1); /* E.low is a ratio as well */
	assert_int_equal(c->x.ticks.n, 2);
	assert_string_equal(c->x.ticks.all[0].text, "E.open");
	assert_string_equal(c->x.ticks.all[1].text, "E.low");
	p = &c->panels[0];
	assert_string_equal(p->y.label, "app.rate (kpps)");
	assert_int_equal(p->n_curves, 2);
	assert_point(&p->curves[0].points[0], 0, 950);
	assert_point(&p->curves[1].points[0], 1, 240);
	assert_float_equal(p->curves[1].points[0].low, 230, 1e-9);
	assert_int_equal(p->n_ranges, 2);
	assert_float_equal(p->ranges[1].high, 250, 1e-9);
	assert_string_equal(c->entries[0].name, "predicted");
	assert_string_equal(c->entries[1].name, "fitted");
	assert_int_equal(c->entries[2].kind, ENTRY_RANGE);
	assert_null(build(*state, "{\"kind\":\"expected\"}"));
	assert_null(
		build(*state, "{\"kind\":\"expected\",\"band\":[\"E.no\"]}"));
}

static void assert_in_script(const struct chart *c, const char *row)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	gnuplot_print(c, FORMAT_SVG, to);
	fclose(to);
	if (!strstr(text, row))
		fail_msg("no %s in\n%s", row, text);
	free(text);
}

#define LATENCIES                                                              \
	"\"kind\":\"bars\",\"stacked\":\"yes\",\"y\":["                        \
	"\"app.latency.p50\",\"app.latency.p99\",\"app.latency.max\"]"

/* Parts of 1, 2 and 8 us, the first lowest; in some runs the last is longer. */
static void test_stacks(void **state)
{
	const struct panel *p;
	struct chart *c;

	exec(*state, "UPDATE costs SET \"app.latency.max\" = 8000 + 100 * "
		     "(seed - 2)");
	c = build(*state, "{" LATENCIES ",\"x\":\"host.rest\",\"ranges\":"
			  "{\"retries(20)\":[10e3,12e3]},\"at\":"
			  "{\"host.cost\":\"1us\"}}");
	p = &c->panels[0];
	assert_int_equal(p->n_curves, 3);
	assert_int_equal(p->curves[0].n, 2);
	assert_point(&p->curves[0].points[1], 1, 1);
	assert_point(&p->curves[1].points[1], 1, 3);
	assert_point(&p->curves[2].points[1], 1, 11);
	assert_true(isnan(p->curves[0].points[0].low));
	assert_true(isnan(p->curves[1].points[0].low));
	/* Student's t of 3 seeds: 4.303 * 0.1 / sqrt(3) */
	assert_float_equal(p->curves[2].points[0].high, 11.2484, 1e-3);
	assert_true(p->y.high > 11.2);
	assert_float_equal(p->ranges[0].high, 12, 1e-9);
	assert_int_equal(c->n_entries, 4);
	assert_string_equal(c->entries[0].name, "p50");
	assert_string_equal(c->entries[1].name, "p99");
	assert_string_equal(c->entries[2].name, "max");
	assert_string_equal(c->legend, "");
	assert_in_script(c, "\n 0 3 3 3 0.5152 1\n");
	assert_in_script(c, "6:2 with boxxyerror");
}

/* Each series has bars of its own, beside those of the same x. */
static void test_stacks_of_series(void **state)
{
	struct chart *c;
	const struct panel *p;

	exec(*state, "UPDATE costs SET \"app.latency.p99\" = NULL "
		     "WHERE \"host.rest\" <> 'sleep'");
	c = build(*state, "{" LATENCIES ",\"x\":\"host.cost\",\"series\":"
			  "\"host.rest\",\"ranges\":{\"2us\":[1,2]}}");
	p = &c->panels[0];
	assert_int_equal(c->x.ticks.n, 6);
	assert_string_equal(c->x.ticks.all[0].text, "500ns, sleep");
	assert_string_equal(c->x.ticks.all[1].text, "500ns, retries(20)");
	assert_string_equal(c->x.ticks.all[5].text, "2us, retries(20)");
	assert_string_equal(c->x.label, "host.cost, host.rest");
	assert_int_equal(p->n_curves, 3);
	assert_int_equal(p->curves[2].n, 6);
	assert_point(&p->curves[2].points[0], 0, 11);
	assert_true(isfinite(p->curves[2].points[3].y));
	assert_point(&p->curves[2].points[3], 1, 9);
	assert_int_equal(p->n_ranges, 2);
	assert_float_equal(p->ranges[1].x, 5, 0);
	assert_int_equal(c->entries[0].kind, ENTRY_SERIES);
	assert_string_equal(c->entries[0].name, "p50");
	assert_null(build(*state, "{" RATE_BY_COST ",\"stacked\":\"yes\"}"));
	assert_null(build(*state, "{" LATENCIES ",\"x\":\"host.cost\","
				  "\"scale_y\":\"log\"}"));
}

/* What all parts' names end in is not said of each. */
static void test_names_of_parts(void **state)
{
	struct chart *c;

	exec(*state, "INSERT INTO t_metric VALUES(1, 'cpu.ipis.rate', '1/s'),"
		     " (1, 'cpu.eois.rate', '1/s')");
	exec(*state, "ALTER TABLE costs ADD COLUMN \"cpu.ipis.rate\"");
	exec(*state, "ALTER TABLE costs ADD COLUMN \"cpu.eois.rate\"");
	c = build(*state, "{\"kind\":\"bars\",\"stacked\":\"yes\",\"x\":"
			  "\"host.rest\",\"y\":[\"cpu.ipis.rate\","
			  "\"cpu.eois.rate\"]}");
	assert_string_equal(c->entries[0].name, "ipis");
	assert_string_equal(c->entries[1].name, "eois");
}

/* Bars of expectations stand where their names are, others side by side. */
static void test_places(void **state)
{
	exec(*state, "UPDATE t_expect SET value = 240e3");
	assert_in_script(build(*state, "{\"kind\":\"expected\",\"band\":"
				       "[\"E.open\",\"E.low\"]}"),
			 "\n 1 240 240 240 0.5152 0\n");
	exec(*state, "DELETE FROM costs WHERE seed > 1");
	assert_in_script(build(*state, "{\"kind\":\"bars\",\"x\":"
				       "\"host.cost\",\"y\":\"app.rate\"}"),
			 "\n 0.8 100 100 100 0.368 0\n");
}

/* A share is written as people write it, everything else as it is. */
static void test_shares_of_choices(void **state)
{
	struct chart *c;

	exec(*state, "UPDATE costs SET \"host.rest\" = 'adaptive(0.2)' "
		     "WHERE \"host.rest\" = 'sleep'");
	c = build(*state, "{" RATE_BY_COST "}");
	assert_string_equal(c->entries[0].name, "adaptive(20%)");
	assert_string_equal(c->entries[1].name, "retries(20)");
}

/* --- letters -------------------------------------------------------------- */

static unsigned texts_of(const struct axis *a)
{
	unsigned i, n = 0;

	for (i = 0; i < a->ticks.n; i++)
		n += a->ticks.all[i].text[0] != 0;
	return n;
}

static void test_letters(void **state)
{
	struct chart *c = build(*state, "{\"x\":\"host.rest\",\"y\":"
					"\"app.rate\",\"at\":"
					"{\"host.cost\":\"1us\"}}");
	struct axis x;
	unsigned all;

	assert_false(letters_numbered(c, 79));
	letters_axis(c, 0, 79, &x);
	assert_string_equal(x.ticks.all[1].text, "retries(20)");
	assert_true(letters_numbered(c, 30));
	letters_axis(c, 0, 30, &x);
	assert_string_equal(x.ticks.all[0].text, "1");
	assert_string_equal(x.ticks.all[1].text, "2");
	/* Numbers make room for each other. */
	c = build(*state, "{" RATE_BY_COST "}");
	letters_axis(c, 0, 79, &x);
	all = texts_of(&x);
	letters_axis(c, 0, 30, &x);
	assert_int_equal(all, c->x.ticks.n);
	assert_in_range(texts_of(&x), 2, all - 1);
	assert_string_equal(x.ticks.all[0].text, c->x.ticks.all[0].text);
	assert_string_equal(x.ticks.all[1].text, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_ranges),	     TEST(test_expected),
		TEST(test_places),	     TEST(test_shares_of_choices),
		TEST(test_letters),	     TEST(test_stacks),
		TEST(test_stacks_of_series), TEST(test_names_of_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
