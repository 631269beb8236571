/* SPDX-License-Identifier: MIT */
/*
 * Figures of how long lost wakeups lasted: their lanes, shares and marks
 * against those worked out by hand.
 */
#include "tests/figure_fixture.h"

static void add_stalls(struct fixture *f)
{
	add_stall(f, 2, 10, 1, "writer", "never sent", "timer");
	add_stall(f, 3, 10, 4, "writer", "never sent", "timer");
	add_stall(f, 3, 12, 2, "reader", "never sent", "timer");
	add_stall(f, 4, 10, 100, "writer", "masked", "");
	add_stall(f, 4, 10, 0.5, "writer", "masked", "timer");
}

static void test_lanes(void **state)
{
	struct chart *c;
	const struct panel *p;

	add_stalls(*state);
	c = build(*state, "{\"kind\":\"stalls\"," AT_500 "}");
	assert_int_equal(c->n_panels, 2);
	p = &c->panels[0];
	/* What cost most time comes first. */
	assert_int_equal(p->n_lanes, 2);
	assert_string_equal(p->y.ticks.all[0].text, "masked");
	assert_float_equal(p->y.ticks.all[0].at, 1.5, 1e-9);
	assert_string_equal(p->y.ticks.all[1].text, "never sent");
	/* Dots of those that ended, then of those that did not. */
	assert_int_equal(p->n_curves, 4);
	assert_string_equal(p->curves[0].name, "2 stalls, 100.5ms");
	assert_int_equal(p->curves[0].n, 1);
	assert_int_equal(p->curves[1].n, 1);
	assert_true(p->curves[1].hollow);
	assert_float_equal(p->curves[1].points[0].x, 100e6, 1e-6);
	assert_int_equal(p->curves[2].n, 3);
	assert_int_equal(p->curves[3].n, 0);
	assert_true(p->curves[2].points[0].y > 0 &&
		    p->curves[2].points[0].y < 1);
	assert_non_null(strstr(c->footer, "3 seeds, 1 until the end"));
}

static void test_shares(void **state)
{
	struct chart *c;
	const struct curve *never;

	add_stalls(*state);
	c = build(*state, "{\"kind\":\"stalls\"," AT_500 "}");
	never = &c->panels[1].curves[1];
	assert_int_equal(never->n, 6);
	assert_point(&never->points[0], 1e6, 0);
	assert_point(&never->points[1], 1e6, 100. / 3);
	assert_point(&never->points[2], 2e6, 100. / 3);
	assert_point(&never->points[5], 4e6, 100);
	/* The longest of these was not ended, the second longest was. */
	assert_int_equal(c->panels[1].curves[0].n, 4);
	assert_point(&c->panels[1].curves[0].points[1], 0.5e6, 50);
	assert_point(&c->panels[1].curves[0].points[3], 100e6, 100);
	assert_true(c->x.log);
	assert_true(c->x.low < 0.5e6 && c->x.high > 100e6);
	assert_string_equal(c->x.label, "duration");
}

static void test_marks(void **state)
{
	struct chart *c;
	unsigned i, seconds = 0;

	add_stalls(*state);
	c = build(*state, "{\"kind\":\"stalls\",\"marks\":{\"RTO\":1e9,"
			  "\"ACK\":4e7}," AT_500 "}");
	assert_int_equal(c->n_flags, 2);
	assert_string_equal(c->flags[0].text, "RTO");
	assert_float_equal(c->flags[0].from, 1e9, 0);
	assert_float_equal(c->flags[0].to, 1e9, 0);
	assert_true(c->x.high > 1e9);
	for (i = 0; i < c->x.ticks.n; i++)
		seconds += !strcmp(c->x.ticks.all[i].text, "1s");
	assert_int_equal(seconds, 1);
}

/* Of those the figure leaves out it says how many. */
static void test_limits(void **state)
{
	struct chart *c;

	add_stalls(*state);
	c = build(*state, "{\"kind\":\"stalls\",\"from\":1e6,\"to\":5e7,"
			  "\"series\":[\"waiter\"]," AT_500 "}");
	assert_int_equal(c->panels[0].n_lanes, 2);
	assert_string_equal(c->panels[0].y.ticks.all[0].text, "writer");
	assert_string_equal(c->panels[0].curves[0].name, "2 stalls, 5ms");
	assert_string_equal(c->panels[0].curves[2].name, "1 stall, 2ms");
	assert_non_null(strstr(c->footer, "1 shorter than 1ms"));
	assert_non_null(strstr(c->footer, "1 longer than 50ms"));
}

/* Of many, some are left out, but none of the longest. */
static void test_many(void **state)
{
	struct chart *c;
	const struct curve *dots;
	unsigned i;

	exec(*state, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
		     "FROM n WHERE i < 4000) INSERT INTO t_stall SELECT 2, "
		     "1e6 * i, 1e3 * i, 'writer', 'masked', 'timer' FROM n");
	c = build(*state, "{\"kind\":\"stalls\"," AT_500 "}");
	dots = &c->panels[0].curves[0];
	assert_string_equal(dots->name, "4000 stalls, 8.002s");
	assert_in_range(dots->n, 1000, 2000);
	assert_float_equal(dots->points[dots->n - 1].x, 4e6, 1e-3);
	assert_float_equal(dots->points[dots->n - 2].x, 3.999e6, 1e-3);
	for (i = 0; i < dots->n; i++)
		assert_true(dots->points[i].y > 0 && dots->points[i].y < 1);
}

/* The oracle has counted more than the database has. */
static void test_not_kept(void **state)
{
	struct chart *c;

	add_stalls(*state);
	exec(*state, "INSERT INTO t_metric VALUES(1, 'run.stalls', '1');"
		     "INSERT INTO t_value VALUES(2, 'run.stalls', 3001),"
		     " (3, 'run.stalls', 2), (4, 'run.stalls', 12)");
	c = build(*state, "{\"kind\":\"stalls\"," AT_500 "}");
	assert_non_null(strstr(c->footer, ", 3010 shorter ones not kept"));
	exec(*state, "DELETE FROM t_value");
	c = build(*state, "{\"kind\":\"stalls\"," AT_500 "}");
	assert_null(strstr(c->footer, "not kept"));
}

/* That there are none is a result; and a setting nobody mentioned is not
 * thrown together. */
static void test_no_stalls(void **state)
{
	struct chart *c;

	add_stalls(*state);
	c = build(*state, "{\"kind\":\"stalls\"," SLEEP "}");
	assert_int_equal(c->panels[0].n_lanes, 4);
	assert_string_equal(c->panels[0].y.ticks.all[0].text, "masked, 500ns");
	assert_string_equal(c->panels[0].y.ticks.all[3].text, "2us");
	assert_string_equal(c->panels[0].curves[6].name, "no stalls");
	assert_string_equal(c->legend, "cause, host.cost");
	exec(*state, "DELETE FROM t_stall");
	c = build(*state, "{\"kind\":\"stalls\"," AT_500 "}");
	assert_int_equal(c->panels[0].n_lanes, 1);
	assert_true(c->x.low < c->x.high);
	assert_null(build(*state, "{\"kind\":\"stalls\",\"series\":"
				  "[\"cause\",\"waiter\"]}"));
	assert_non_null(build(*state, "{\"kind\":\"stalls\",\"series\":"
				      "[\"cause\",\"cause\"]}"));
	assert_null(
		build(*state, "{\"kind\":\"stalls\",\"series\":[\"why\"]}"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_lanes),     TEST(test_shares), TEST(test_marks),
		TEST(test_not_kept),  TEST(test_limits), TEST(test_many),
		TEST(test_no_stalls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
