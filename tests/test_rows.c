/* SPDX-License-Identifier: MIT */
/* Values as text and back, as tables. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/rows.h"

#define KIND(kind_, min_, max_)                                                \
	{                                                                      \
		.name = "x", .kind = PARAM_##kind_, .min = min_, .max = max_   \
	}

static const struct choice rests[] = {
	{"sleep", PARAM_NONE, NULL, NULL, "Sleeps."},
	{"retries", PARAM_COUNT, "1", "1000", "Looks again."},
	{"spin", PARAM_TIME, "1ns", "1s", "Looks for a time."},
	{"share", PARAM_RATIO, "0", "1", "Looks for a share."},
	{"pace", PARAM_RATE, "1pps", "1Mpps", "Looks so often."},
	{NULL, PARAM_NONE, NULL, NULL, NULL}};

static const struct param time_row = KIND(TIME, "0ns", "1000s");
static const struct param any_time_row = KIND(TIME, NULL, NULL);
static const struct param count_row = KIND(COUNT, "1", "4096");
static const struct param any_count_row = KIND(COUNT, NULL, NULL);
static const struct param power_row = KIND(POWER, "2", "32768");
static const struct param size_row = KIND(SIZE, "0B", "4GiB");
static const struct param rate_row = KIND(RATE, "1pps", "100Mpps");
static const struct param bitrate_row = KIND(BITRATE, "1kbps", "400Gbps");
static const struct param ratio_row = KIND(RATIO, "0", "2");
static const struct param switch_row = KIND(SWITCH, NULL, NULL);
static const struct param jitter_row = KIND(JITTER, NULL, NULL);
static const struct param choice_row = {
	.name = "rest", .kind = PARAM_CHOICE, .choices = rests};

union field {
	int64_t integer;
	double real;
	bool on;
	struct choice_value choice;
	struct jitter jitter;
};

static union field parse(const struct param *row, const char *text)
{
	union field f;
	char why[512] = "";

	memset(&f, 0xa5, sizeof f);
	if (!param_parse(row, text, &f, why, sizeof why))
		fail_msg("\"%s\": %s", text, why);
	return f;
}

static const char *format(const struct param *row, const union field *f)
{
	static _Thread_local char text[512];

	return param_format(row, f, text, sizeof text);
}

static void test_integers(void **state)
{
	static const struct {
		const struct param *row;
		const char *text;
		int64_t value;
		const char *canonical;
	} all[] = {
		{&time_row, "1.28us", 1280000, "1.28us"},
		{&time_row, "0.0000000012ms", 1, "1ps"},
		{&time_row, "0.5ps", 1, "1ps"},
		{&time_row, "0.49ps", 0, "0ns"},
		{&time_row, "0s", 0, "0ns"},
		{&time_row, "00000000000000000000000000000000000000000000005us",
		 5000000, "5us"},
		{&time_row, "1500ns", 1500000, "1.5us"},
		{&time_row, "1000000us", 1000000000000, "1s"},
		{&time_row, "+2.s", 2000000000000, "2s"},
		{&time_row, ".3ns", 300, "300ps"},
		/* 8.41 * 1e6 is 8409999.999999999 in binary. */
		{&time_row, "8.41us", 8410000, "8.41us"},
		{&time_row, "1000s", 1000000000000000, "1000s"},
		{&any_time_row, "9223372.036854775807s", INT64_MAX,
		 "9223372.036854775807s"},
		{&any_time_row, "-3ns", -3000, "-3ns"},
		{&count_row, "256", 256, "256"},
		{&count_row, "0256", 256, "256"},
		{&count_row, "256.0", 256, "256"},
		{&any_count_row, "-7", -7, "-7"},
		{&any_count_row, "9223372036854775807", INT64_MAX,
		 "9223372036854775807"},
		{&power_row, "256", 256, "256"},
		{&power_row, "32768", 32768, "32768"},
		{&size_row, "64KiB", 65536, "64KiB"},
		{&size_row, "1.5KiB", 1536, "1536B"},
		{&size_row, "0.5GiB", 536870912, "512MiB"},
		{&size_row, "0B", 0, "0B"},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
		union field f = parse(all[i].row, all[i].text);

		assert_int_equal(f.integer, all[i].value);
		assert_string_equal(format(all[i].row, &f), all[i].canonical);
	}
}

static void test_reals(void **state)
{
	static const struct {
		const struct param *row;
		const char *text;
		double value;
		const char *canonical;
	} all[] = {
		{&rate_row, "250kpps", 250e3, "250kpps"},
		{&rate_row, "0.25Mpps", 250e3, "250kpps"},
		{&rate_row, "1234567pps", 1234567, "1.234567Mpps"},
		{&rate_row, "100.1kpps", 100.1e3, "100.1kpps"},
		{&bitrate_row, "2.5Gbps", 2.5e9, "2.5Gbps"},
		{&bitrate_row, "400Gbps", 400e9, "400Gbps"},
		{&ratio_row, "15%", 0.15, "0.15"},
		{&ratio_row, "0.15", 0.15, "0.15"},
		{&ratio_row, "0", 0, "0"},
		{&ratio_row, "2", 2, "2"},
		{&ratio_row, "0.000001", 1e-6, "0.000001"},
		{&ratio_row, "33.3333333333333%", 0.333333333333333,
		 "0.333333333333333"},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
		union field f = parse(all[i].row, all[i].text);

		assert_true(f.real == all[i].value);
		assert_string_equal(format(all[i].row, &f), all[i].canonical);
	}
}

static void test_words(void **state)
{
	static const struct {
		const struct param *row;
		const char *text, *canonical;
	} all[] = {
		{&switch_row, "on", "on"},
		{&switch_row, "off", "off"},
		{&choice_row, "sleep", "sleep"},
		{&choice_row, "retries(20)", "retries(20)"},
		{&choice_row, "spin(0.5us)", "spin(500ns)"},
		{&choice_row, "share(20%)", "share(0.2)"},
		{&choice_row, "pace(3kpps)", "pace(3kpps)"},
		{&jitter_row, "none", "none"},
		{&jitter_row, "gamma(15%)", "gamma(15%)"},
		{&jitter_row, "gamma(0.15)", "gamma(15%)"},
		{&jitter_row, "normal(0.2us)", "normal(200ns)"},
		{&jitter_row, "lognormal(200%)", "lognormal(200%)"},
		{&jitter_row, "uniform(1.5%)", "uniform(1.5%)"},
		{&jitter_row, "exponential(0.2us)", "exponential(200ns)"},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
		union field f = parse(all[i].row, all[i].text);

		assert_string_equal(format(all[i].row, &f), all[i].canonical);
	}
}

static void test_arguments(void **state)
{
	union field f = parse(&choice_row, "spin(2us)");

	(void)state;
	assert_int_equal(f.choice.which, 2);
	assert_int_equal(f.choice.arg.time, 2000000);
	f = parse(&jitter_row, "exponential(0.2us)");
	assert_int_equal(f.jitter.kind, JITTER_EXPONENTIAL);
	assert_int_equal(f.jitter.absolute, 200000);
	f = parse(&jitter_row, "gamma(15%)");
	assert_int_equal(f.jitter.absolute, 0);
	assert_true(f.jitter.share == 0.15);
}

static void test_refusals(void **state)
{
	static const struct {
		const struct param *row;
		const char *text, *why;
	} all[] = {
		{&time_row, "20",
		 "20 needs a unit: write 20us or 20ns (ps, ns, us, ms or s)"},
		{&size_row, "60",
		 "60 needs a unit: write 60B or 60KiB (B, KiB, MiB or GiB)"},
		{&time_row, "20 us",
		 "\" us\" has no place in \"20 us\": a time has ps, ns, us, ms "
		 "or s"},
		{&time_row, "20kg",
		 "\"kg\" has no place in \"20kg\": a time has ps, ns, us, ms "
		 "or s"},
		{&time_row, "1e3us",
		 "\"e3us\" has no place in \"1e3us\": a time has ps, ns, us, "
		 "ms or s"},
		{&time_row, "0x10us",
		 "\"x10us\" has no place in \"0x10us\": a time has ps, ns, us, "
		 "ms or s"},
		{&time_row, "", "\"\" is not a time: write one like 20us"},
		{&time_row, "us", "\"us\" is not a time: write one like 20us"},
		{&time_row, "nan",
		 "\"nan\" is not a time: write one like 20us"},
		{&time_row, "-", "\"-\" is not a time: write one like 20us"},
		{&time_row, ".", "\".\" is not a time: write one like 20us"},
		{&time_row, "-1ns",
		 "-1ns is out of range: it lies in 0ns to 1000s"},
		{&time_row, "1000.000000000001s",
		 "1000.000000000001s is out of range: it lies in 0ns to 1000s"},
		{&any_time_row, "9223372.036854775808s",
		 "9223372.036854775808s is more than can be simulated"},
		{&any_time_row, "99999999999999999999999999999999999999s",
		 "99999999999999999999999999999999999999s is more than can be "
		 "simulated"},
		{&count_row, "1.5", "1.5 is not a whole number"},
		{&count_row, "20us",
		 "\"us\" has no place in \"20us\": a count has no unit"},
		{&count_row, "0", "0 is out of range: it lies in 1 to 4096"},
		{&count_row, "4097",
		 "4097 is out of range: it lies in 1 to 4096"},
		{&power_row, "100",
		 "100 is not a power of two: write 64 or 128"},
		{&power_row, "32767",
		 "32767 is not a power of two: write 16384 or 32768"},
		{&power_row, "3", "3 is not a power of two: write 2 or 4"},
		{&power_row, "1", "1 is out of range: it lies in 2 to 32768"},
		{&power_row, "-4", "-4 is out of range: it lies in 2 to 32768"},
		{&power_row, "two",
		 "\"two\" is not a power of two: write one like 64"},
		{&any_count_row, "9223372036854775808",
		 "9223372036854775808 is more than can be simulated"},
		{&size_row, "0.3B", "0.3B is not a whole number of bytes"},
		{&size_row, "64KB",
		 "\"KB\" has no place in \"64KB\": a size has B, KiB, MiB or "
		 "GiB"},
		{&rate_row, "250",
		 "250 needs a unit: write 250kpps or 250pps (pps, kpps or "
		 "Mpps)"},
		{&rate_row, "inf",
		 "\"inf\" is not a rate of packets: write one like 250kpps"},
		{&rate_row, "0pps",
		 "0pps is out of range: it lies in 1pps to 100Mpps"},
		{&ratio_row, "200.1%",
		 "200.1% is out of range: it lies in 0 to 2"},
		{&switch_row, "true", "\"true\" is neither on nor off"},
		{&choice_row, "snore",
		 "\"snore\" is not a choice here: write sleep, retries(…), "
		 "spin(…), share(…) or pace(…)"},
		{&choice_row, "retries",
		 "retries needs an argument: write one from retries(1) to "
		 "retries(1000)"},
		{&choice_row, "retries()",
		 "\"retries()\" is not a choice here: write sleep, "
		 "retries(…), spin(…), share(…) or pace(…)"},
		{&choice_row, "retries(0)",
		 "0 is out of range: it lies in 1 to 1000"},
		{&choice_row, "retries(20us)",
		 "\"us\" has no place in \"20us\": a count has no unit"},
		{&choice_row, "sleep(1)", "sleep takes no argument"},
		{&jitter_row, "gamma",
		 "gamma needs a standard deviation: write gamma(15%) or "
		 "gamma(0.1us)"},
		{&jitter_row, "none(1%)", "none takes no standard deviation"},
		{&jitter_row, "gamma(-1%)",
		 "-1% is out of range: it lies in 0 to 10"},
		{&jitter_row, "cauchy(1%)",
		 "\"cauchy(1%)\" is not a jitter: write none, or normal, "
		 "lognormal, gamma, uniform or exponential with a standard "
		 "deviation, like gamma(15%)"},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
		union field f, before;
		char why[512] = "";

		memset(&f, 0x5a, sizeof f);
		before = f;
		assert_false(param_parse(all[i].row, all[i].text, &f, why,
					 sizeof why));
		assert_string_equal(why, all[i].why);
		assert_memory_equal(&f, &before, sizeof f);
	}
}

/* A small generator; the values only have to be many and odd. */
static uint64_t next(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x;
}

static void test_round_trip(void **state)
{
	static const struct param any_rate = KIND(RATE, NULL, NULL);
	static const struct param any_ratio = KIND(RATIO, NULL, NULL);
	static const struct param any_size = KIND(SIZE, NULL, NULL);
	uint64_t x = 88172645463325252u;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		int shift = (int)(next(&x) % 63);
		union field f = {.integer = (int64_t)(next(&x) >> 1 >> shift)};
		union field r = {.real = ldexp((double)next(&x),
					       (int)(next(&x) % 140) - 120)};

		assert_int_equal(
			parse(&any_time_row, format(&any_time_row, &f)).integer,
			f.integer);
		assert_int_equal(
			parse(&any_size, format(&any_size, &f)).integer,
			f.integer);
		assert_true(parse(&any_rate, format(&any_rate, &r)).real ==
			    r.real);
		assert_true(parse(&any_ratio, format(&any_ratio, &r)).real ==
			    r.real);
		f.jitter = (struct jitter){JITTER_GAMMA,
					   (double)(x % 10000) / 1000, 0};
		assert_true(parse(&jitter_row, format(&jitter_row, &f))
				    .jitter.share == f.jitter.share);
	}
}

static void test_numbers(void **state)
{
	union field f = parse(&time_row, "1.28us");
	double number;

	(void)state;
	assert_true(param_number(&time_row, &f, &number));
	assert_true(number == 1280);
	assert_string_equal(param_unit(&time_row), "ns");
	assert_true(param_set_number(&time_row, 0.0006, &f));
	assert_int_equal(f.integer, 1);
	assert_false(param_set_number(&time_row, -1, &f));
	assert_false(param_set_number(&time_row, 1e30, &f));
	assert_false(param_set_number(&time_row, NAN, &f));
	assert_false(param_set_number(&rate_row, INFINITY, &f));
	assert_int_equal(f.integer, 1);
	assert_true(param_set_number(&count_row, 2.5, &f));
	assert_int_equal(f.integer, 3);
	assert_true(param_set_number(&power_row, 100, &f));
	assert_int_equal(f.integer, 128);
	assert_true(param_set_number(&power_row, 90, &f));
	assert_int_equal(f.integer, 64);
	assert_true(param_set_number(&power_row, 32768, &f));
	assert_int_equal(f.integer, 32768);
	assert_false(param_set_number(&power_row, 60000, &f));
	assert_false(param_set_number(&power_row, 1, &f));
	assert_false(param_set_number(&power_row, -8, &f));
	assert_true(param_set_number(&rate_row, 2.5, &f));
	assert_true(f.real == 2.5);
	assert_false(param_set_number(&choice_row, 1, &f));
	assert_false(param_number(&jitter_row, &f, &number));
	assert_string_equal(param_unit(&choice_row), "");
	assert_string_equal(param_unit(&count_row), "1");
	assert_string_equal(param_unit(&bitrate_row), "bps");
}

#define DRIVER_PARAMS(P)                                                       \
	P(COST, packet_cost, "0.7us", "0ns", "1ms", "guess", "A packet.")      \
	P(COUNT, burst, "256", "1", "4096", "guess", "A burst.")               \
	P(SWITCH, lazy, "on", 0, 0, "guess", "Is it lazy?")                    \
	P(CHOICE, rest, "retries(3)", rests, 0, "guess", "What it does.")

struct driver_params {
	DRIVER_PARAMS(PARAM_FIELD)
};

#define SELF struct driver_params
static const struct param driver_rows[] = {DRIVER_PARAMS(PARAM_ROW)};

static void test_defaults(void **state)
{
	struct driver_params p;

	(void)state;
	memset(&p, 0xff, sizeof p);
	assert_int_equal(sizeof driver_rows / sizeof *driver_rows, 7);
	params_default(ROWS(driver_rows), &p);
	assert_int_equal(p.packet_cost.mean, 700000);
	assert_int_equal(p.packet_cost.jitter.kind, JITTER_NONE);
	assert_true(p.packet_cost.noise == 0);
	assert_int_equal(p.packet_cost.noise_time, 100 * SIM_MS);
	assert_int_equal(p.burst, 256);
	assert_true(p.lazy);
	assert_int_equal(p.rest.which, 1);
	assert_int_equal(p.rest.arg.count, 3);
	assert_string_equal(driver_rows[1].name, "packet_cost.jitter");
}

static void test_statistics(void **state)
{
	static const struct {
		enum metric_kind kind;
		unsigned n;
		const char *first, *last;
	} all[] = {
		{METRIC_COUNTER, 2, "", ".rate"},
		{METRIC_LEVEL, 2, ".mean", ".max"},
		{METRIC_SPAN, 5, ".mean", ".max"},
		{METRIC_WINDOWED, 5, "", ".cv"},
		{METRIC_NUMBER, 1, "", ""},
	};
	unsigned n;

	(void)state;
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
		const struct statistic *s = metric_statistics(all[i].kind, &n);

		assert_int_equal(n, all[i].n);
		assert_string_equal(s[0].suffix, all[i].first);
		assert_string_equal(s[n - 1].suffix, all[i].last);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_reals),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_statistics),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
