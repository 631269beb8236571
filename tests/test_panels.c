/* SPDX-License-Identifier: MIT */
/*
 * Figures of one run from several sides, with the stalls it had.
 *
 * app.rate of run 2: 300, 600 and 900 kpps in windows that end at 10, 20 and
 * 30 ms.
 */
#include "tests/figure_fixture.h"

#include "analysis/layout.h"

#define RATE_PANEL "{\"title\":\"rate\",\"y\":[\"app.rate\"]}"
#define STEP_PANEL "{\"kind\":\"steps\",\"y\":[\"app.rate\"]}"
#define STATES	   "{\"kind\":\"states\",\"y\":[\"a.runs\",\"b.runs\"]}"

static void add_states(struct fixture *f)
{
	exec(f, "INSERT INTO t_sample SELECT run, 'a.runs', t_ns, t_ns = 2e7 "
		"FROM t_sample WHERE probe = 'app.rate';"
		"INSERT INTO t_sample SELECT run, 'b.runs', t_ns, 0.5 "
		"FROM t_sample WHERE probe = 'app.rate'");
}

static void test_panels(void **state)
{
	struct chart *c;
	const struct curve *line, *steps, *lane;

	add_states(*state);
	c = build(*state,
		  "{\"kind\":\"panels\",\"panels\":[" RATE_PANEL "," STEP_PANEL
		  "," STATES "],\"from\":12e6,\"to\":25e6," AT_500 "}");
	assert_int_equal(c->n_panels, 3);
	assert_float_equal(c->x.low, 12, 1e-9);
	assert_float_equal(c->x.high, 25, 1e-9);
	assert_string_equal(c->x.label, "time (ms)");
	assert_string_equal(c->panels[0].y.label, "rate (kpps)");
	assert_string_equal(c->panels[1].y.label, "app.rate (kpps)");
	assert_true(c->panels[0].y.low > 0);
	assert_float_equal(c->panels[1].y.low, 0, 0);
	/* Lines are cut where they leave the stretch, steps are shorter. */
	line = &c->panels[0].curves[0];
	assert_int_equal(line->n, 3);
	assert_point(&line->points[0], 12, 360);
	assert_point(&line->points[1], 20, 600);
	assert_point(&line->points[2], 25, 750);
	steps = &c->panels[1].curves[0];
	assert_point(&steps->points[0], 12, 300);
	assert_point(&steps->points[2], 25, 900);
	/* The upper lane is filled from 12 to 20 ms, the lower half filled. */
	assert_int_equal(c->panels[2].n_lanes, 2);
	lane = &c->panels[2].curves[0];
	assert_int_equal(lane->n, 6);
	assert_point(&lane->points[0], 12, 1.14);
	assert_point(&lane->points[2], 12, 1.86);
	assert_point(&lane->points[3], 20, 1.86);
	assert_float_equal(lane->points[3].low, 1.14, 1e-9);
	assert_point(&lane->points[4], 20, 1.14);
	assert_point(&c->panels[2].curves[1].points[5], 25, 0.5);
	assert_string_equal(lane->name, "a.runs");
	assert_non_null(strstr(c->footer, "run 2, seed 1"));
}

static void test_around(void **state)
{
	static const char longest[] =
		"{\"kind\":\"panels\",\"panels\":[" RATE_PANEL
		"],\"around\":\"longest_stall\",\"margin\":2e6," AT_500 "}";
	struct fixture *f = *state;
	struct chart *c;

	assert_null(build(f, longest));
	assert_non_null(strstr(f->trouble.text, "no stall"));
	add_stall(f, 2, 13, 1, "reader", "masked", "packet");
	add_stall(f, 3, 1, 2, "writer", "never sent", "timer");
	add_stall(f, 3, 14, 6, "writer", "never sent", "timer");
	add_stall(f, 3, 15, 1, "reader", "masked", "");
	add_stall(f, 3, 25, 1, "reader", "masked", "timer");
	add_stall(f, 5, 10, 20, "another", "point", "timer");
	c = build(f, longest);
	assert_non_null(strstr(c->footer, "run 3, seed 2"));
	assert_float_equal(c->x.low, 12, 1e-9);
	assert_float_equal(c->x.high, 22, 1e-9);
	assert_int_equal(c->n_flags, 2);
	assert_string_equal(c->flags[0].text,
			    "writer, 6ms: never sent; ended by timer");
	assert_float_equal(c->flags[0].from, 14, 1e-9);
	assert_float_equal(c->flags[0].to, 20, 1e-9);
	assert_string_equal(c->flags[1].text, "reader, 1ms: masked; not ended");
	c = build(f, "{\"kind\":\"panels\",\"panels\":[" RATE_PANEL
		     "],\"around\":\"first_stall\",\"margin\":0," AT_500 "}");
	assert_non_null(strstr(c->footer, "run 2, seed 1"));
	assert_float_equal(c->x.low, 13, 1e-9);
	assert_float_equal(c->x.high, 14, 1e-9);
}

/* What began before is shaded from the edge on. */
static void test_cut_stall(void **state)
{
	struct chart *c;

	add_stall(*state, 2, 5, 10, "writer", "masked", "timer");
	add_stall(*state, 2, 24, 9, "writer", "masked", "timer");
	c = build(*state, "{\"kind\":\"panels\",\"panels\":[" RATE_PANEL
			  "],\"from\":12e6,\"to\":25e6," AT_500 "}");
	assert_float_equal(c->flags[0].from, 12, 1e-9);
	assert_float_equal(c->flags[0].to, 15, 1e-9);
	assert_non_null(strstr(c->flags[0].text, "10ms"));
	assert_float_equal(c->flags[1].to, 25, 1e-9);
}

static void test_panel_mistakes(void **state)
{
	static const char *const specs[] = {
		"{\"kind\":\"panels\"}",
		"{\"kind\":\"panels\",\"panels\":[]}",
		"{\"kind\":\"panels\",\"panels\":7}",
		"{\"kind\":\"panels\",\"panels\":[7]}",
		"{\"kind\":\"panels\",\"panels\":[{}]}",
		"{\"kind\":\"panels\",\"panels\":[{\"y\":\"no.such\"}]}",
		"{\"kind\":\"panels\",\"panels\":[" RATE_PANEL
		"],\"from\":2e7,\"to\":1e7}",
		"{\"kind\":\"panels\",\"panels\":[" RATE_PANEL
		"],\"from\":\"x\"}",
		"{\"kind\":\"panels\",\"panels\":[{\"y\":[\"app.rate\","
		"\"app.latency\"]}]}",
		"{\"kind\":\"panels\",\"panels\":[" RATE_PANEL "," RATE_PANEL
		"," RATE_PANEL "," RATE_PANEL "," RATE_PANEL "," RATE_PANEL
		"," RATE_PANEL "]}",
		"{\"kind\":\"stalls\",\"marks\":{\"a\":\"b\"}}",
	};
	struct fixture *f = *state;
	unsigned i;

	for (i = 0; i < sizeof specs / sizeof *specs; i++) {
		if (build(f, specs[i]))
			fail_msg("accepted: %s", specs[i]);
		assert_int_equal(f->trouble.exit, 2);
	}
}

/* Nobody sees ten thousand windows, but everybody the one that is different. */
static void test_thin(void **state)
{
	struct chart *c;
	const struct curve *line;
	unsigned i, spikes = 0;

	exec(*state, "WITH RECURSIVE n(i) AS (SELECT 4 UNION ALL SELECT i + 1 "
		     "FROM n WHERE i < 10000) INSERT INTO t_sample SELECT 2, "
		     "'app.rate', 1e7 * i, iif(i = 7003, 9e5, 1e5) FROM n");
	c = build(*state, "{\"kind\":\"panels\",\"panels\":[" RATE_PANEL
			  "]," AT_500 "}");
	line = &c->panels[0].curves[0];
	assert_true(line->n < 3000);
	for (i = 0; i < line->n; i++) {
		spikes += line->points[i].y > 890;
		assert_true(!i || line->points[i].x > line->points[i - 1].x);
	}
	assert_int_equal(spikes, 2); /* one is the fixture's own */
}

/* Words above the panels do not lie on each other. */
static void test_words_apart(void **state)
{
	struct fixture *f = *state;
	struct layout l;
	struct chart *c;
	unsigned i, k, shown = 0;

	for (i = 0; i < 40; i++)
		add_stall(f, 2, 10 + i / 4., 0.1 + i / 100., "a.long.name",
			  "suppressed by a stale threshold", "timer");
	c = build(f, "{\"kind\":\"panels\",\"panels\":[" RATE_PANEL "]," AT_500
		     "}");
	assert_int_equal(c->n_flags, 40);
	layout_chart(&l, c);
	for (i = 0; i < MAX_FLAGS; i++) {
		shown += l.flag[i].y > 0;
		for (k = 0; k < i; k++)
			if (l.flag[i].y > 0 && l.flag[i].y == l.flag[k].y)
				assert_true(fabs(l.flag[i].x - l.flag[k].x) >
					    6 * text_length(c->flags[i].text,
							    LAYOUT_FLAG_ROOM));
	}
	assert_true(shown >= 4);
	assert_true(l.top[0] > l.legend + 4 * 20);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_panels),    TEST(test_around),
		TEST(test_cut_stall), TEST(test_panel_mistakes),
		TEST(test_thin),      TEST(test_words_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
