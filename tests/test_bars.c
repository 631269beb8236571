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

/* Bars of expectations stand where their names are, others side by side. */
static void test_places(void **state)
{
	exec(*state, "UPDATE t_expect SET value = 240e3");
	assert_in_script(build(*state, "{\"kind\":\"expected\",\"band\":"
				       "[\"E.open\",\"E.low\"]}"),
			 "\n 1 240 240 240 0.5152\n");
	exec(*state, "DELETE FROM costs WHERE seed > 1");
	assert_in_script(build(*state, "{\"kind\":\"bars\",\"x\":"
				       "\"host.cost\",\"y\":\"app.rate\"}"),
			 "\n 0.8 100 100 100 0.368\n");
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
		TEST(test_ranges),  TEST(test_expected),
		TEST(test_places),  TEST(test_shares_of_choices),
		TEST(test_letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
