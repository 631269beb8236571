/* SPDX-License-Identifier: MIT */
/* Numbers and tables as people read them, and the statistics behind them. */
#define _GNU_SOURCE
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/app/verb/show.h"
#include "sim/app/verb/stalls.h"
#include "sim/app/verb/table.h"

static void values(void **state)
{
	static const struct {
		struct estimate e;
		const char *unit, *value, *interval;
	} all[] = {
		{{287123, NAN, NAN, 1}, "pps", "287 kpps", ""},
		{{287123, 286900, 287346, 9},
		 "pps",
		 "287.1 kpps",
		 "286.9 – 287.3"},
		{{281000, 273000, 290000, 9}, "pps", "281 kpps", "273 – 290"},
		{{3204, NAN, NAN, 1}, "ns", "3.20 us", ""},
		{{0.5, NAN, NAN, 1}, "ns", "0.500 ns", ""},
		{{2.5e9, NAN, NAN, 1}, "ns", "2.50 s", ""},
		{{1.8437, NAN, NAN, 1}, "ratio", "1.84", ""},
		{{1.8437, 1.8430, 1.8444, 3}, "1", "1.8437", "1.8430 – 1.8444"},
		{{0, 0, 0, 3}, "1", "0", "0 – 0"},
		{{-3204, NAN, NAN, 1}, "ns", "-3.20 us", ""},
		{{2.6e9, NAN, NAN, 1}, "bps", "2.60 Gbps", ""},
		{{1536, NAN, NAN, 1}, "B", "1.50 KiB", ""},
		{{65000, NAN, NAN, 1}, "1/s", "65.0 k/s", ""},
		{{12, NAN, NAN, 1}, "apples", "12.0 apples", ""},
		{{NAN, NAN, NAN, 0}, "pps", "-", ""},
		{{3e20, NAN, NAN, 1}, "1", "3e+20", ""},
	};
	char text[SHOWN];

	(void)state;
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
		assert_string_equal(show_value(&all[i].e, all[i].unit, text),
				    all[i].value);
		assert_string_equal(show_interval(&all[i].e, all[i].unit, text),
				    all[i].interval);
	}
}

static void means(void **state)
{
	struct estimate e = {350500, 349810, 351190, 3};
	char text[SHOWN];

	(void)state;
	assert_string_equal(show_mean(&e, scale_for("pps", e.value), text),
			    "350.5 ±0.7");
	e = (struct estimate){350500, NAN, NAN, 1};
	assert_string_equal(show_mean(&e, scale_for("pps", e.value), text),
			    "350"); /* half to even, as printf does */
	e = (struct estimate){200, 200, 200, 3};
	assert_string_equal(show_mean(&e, scale_for("pps", 5000), text),
			    "0.200 ±0");
	e = (struct estimate){6.99e-5, 3.63e-5, 10.35e-5, 3};
	assert_string_equal(show_mean(&e, scale_for("1", 1), text),
			    "6.99e-05 ±3.4e-05");
}

static void bands(void **state)
{
	char text[SHOWN];

	(void)state;
	assert_string_equal(show_band(250000, 300000, "pps", text),
			    "250 – 300 kpps");
	assert_string_equal(show_band(1.8, INFINITY, "ratio", text), "≥ 1.8");
	assert_string_equal(show_band(-INFINITY, 5000, "ns", text), "≤ 5 us");
	assert_string_equal(show_band(0, 0.03, "1", text), "0 – 0.03");
	assert_string_equal(show_band(-INFINITY, INFINITY, "1", text), "");
}

/* The numbers of the book: 5, 7, 9 have mean 7 and standard error 2/sqrt(3);
 * t(0.975, 2) is 4.3027. */
static void estimates(void **state)
{
	const double x[] = {5, NAN, 7, 9};
	struct estimate e = estimate_mean(x, 4);

	(void)state;
	assert_true(e.n == 3 && e.value == 7);
	assert_true(fabs(e.high - 7 - 4.30265 * 2 / sqrt(3)) < 1e-4);
	assert_true(fabs(e.low + e.high - 14) < 1e-9);
	e = estimate_mean(x, 2);
	assert_true(e.n == 1 && e.value == 5 && isnan(e.low) && isnan(e.high));
	e = estimate_mean(x, 0);
	assert_true(e.n == 0 && isnan(e.value) && isnan(e.low));
	e = estimate_jackknife(7, x, 4); /* one of them is not defined */
	assert_true(e.value == 7 && isnan(e.low));
}

static char *printed(const struct table *t, unsigned width)
{
	char *text;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	table_print(t, width, to);
	fclose(to);
	return text;
}

static void tables(void **state)
{
	static const char *const heads[] = {"id", "words", ">n"};
	struct table *t = table_new(heads, 3, 1);
	char *text;

	(void)state;
	table_add(t, "a");
	table_add(t, "one two three four five six seven");
	table_add(t, "1");
	table_note(t, "a note that is told below it");
	table_title(t, "Next");
	table_add(t, "b");
	table_add(t, "");
	table_add(t, "±23");
	text = printed(t, 100);
	assert_string_equal(text,
			    "id  words                                n\n"
			    "a   one two three four five six seven    1\n"
			    "    a note that is told below it\n"
			    "\nNext\n"
			    "b                                      ±23\n");
	free(text);
	text = printed(t, 34); /* the words have 34 - 4 - 5 = 25 of it */
	assert_string_equal(text, "id  words                        n\n"
				  "a   one two three four five      1\n"
				  "    six seven\n"
				  "    a note that is told below it\n"
				  "\nNext\n"
				  "b                              ±23\n");
	free(text);
	table_free(t);
}

static void events(void **state)
{
	char out[160];

	(void)state;
	assert_string_equal(event_words("put", 84, out, sizeof out),
			    "puts entries, up to 84");
	assert_string_equal(event_words("sleep", 84, out, sizeof out),
			    "sleeps");
	assert_string_equal(event_words("drop", 2, out, sizeof out),
			    "drops a packet: no_buffer");
	assert_string_equal(event_words("drop", 99, out, sizeof out),
			    "drops a packet: ?");
	assert_string_equal(event_words("dances", 2, out, sizeof out),
			    "dances");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values), cmocka_unit_test(means),
		cmocka_unit_test(bands),  cmocka_unit_test(estimates),
		cmocka_unit_test(tables), cmocka_unit_test(events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
