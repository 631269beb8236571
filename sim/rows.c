/* SPDX-License-Identifier: MIT */
#include "sim/rows.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/units.h"

#define NAME_SIZE  64
#define VALUE_SIZE 400

/* How a kind of parameter is written. */
struct notation {
	const struct unit *units; /* NULL: words, not numbers */
	bool integer, round;
	const char *unit;    /* param_unit() */
	const char *noun;    /* what a complaint calls it */
	const char *allowed; /* the units, in words */
	const char *bare;    /* what may follow a bare number: two examples */
	const char *example;
};

static const struct notation notations[] = {
	[PARAM_TIME] = {time_units, true, true, "ns", "a time",
			"ps, ns, us, ms or s", "us\0ns", "20us"},
	[PARAM_COUNT] = {count_units, true, false, "1", "a count", "no unit",
			 "\0", "20"},
	[PARAM_SIZE] = {size_units, true, false, "B", "a size",
			"B, KiB, MiB or GiB", "B\0KiB", "64KiB"},
	[PARAM_RATE] = {rate_units, false, false, "pps", "a rate of packets",
			"pps, kpps or Mpps", "kpps\0pps", "250kpps"},
	[PARAM_BITRATE] = {bitrate_units, false, false, "bps", "a bit rate",
			   "bps, kbps, Mbps or Gbps", "Mbps\0bps", "2.5Gbps"},
	[PARAM_RATIO] = {ratio_units, false, false, "1", "a ratio",
			 "no unit, or %", "\0", "0.15 or 15%"},
	[PARAM_SWITCH] = {.unit = ""},
	[PARAM_CHOICE] = {.unit = ""},
	[PARAM_JITTER] = {.unit = ""},
	[PARAM_NONE] = {.unit = ""},
};

/* A number of any kind, before it is stored in a field of that kind. */
union number {
	int64_t integer;
	double real;
};

static enum quantity_error read_number(enum param_kind kind, const char *text,
				       union number *out)
{
	const struct notation *as = &notations[kind];

	if (as->integer)
		return quantity_int(text, as->units, as->round, &out->integer);
	return quantity_double(text, as->units, &out->real);
}

/* One clause about what is wrong with a number. */
static void explain_number(enum param_kind kind, const char *text,
			   enum quantity_error error, char *why, size_t size)
{
	const struct notation *as = &notations[kind];
	const char *second = as->bare + strlen(as->bare) + 1;

	switch (error) {
	case QUANTITY_OK:
		break;
	case QUANTITY_NO_NUMBER:
		snprintf(why, size, "\"%.40s\" is not %s: write one like %s",
			 text, as->noun, as->example);
		break;
	case QUANTITY_NO_UNIT:
		snprintf(why, size,
			 "%.40s needs a unit: write %.40s%s or %.40s%s (%s)",
			 text, text, as->bare, text, second, as->allowed);
		break;
	case QUANTITY_BAD_UNIT:
		snprintf(why, size,
			 "\"%.40s\" has no place in \"%.40s\": %s has %s",
			 quantity_unit(text), text, as->noun, as->allowed);
		break;
	case QUANTITY_TOO_BIG:
		snprintf(why, size, "%.40s is more than can be simulated",
			 text);
		break;
	case QUANTITY_NOT_WHOLE:
		snprintf(why, size, "%.40s is not a whole number%s", text,
			 kind == PARAM_SIZE ? " of bytes" : "");
		break;
	}
}

/* Is it within the bounds, written as a user would? NULL: no bound. */
static bool in_range(enum param_kind kind, union number x, const char *min,
		     const char *max)
{
	union number low, high;

	if (min && read_number(kind, min, &low) == QUANTITY_OK &&
	    (notations[kind].integer ? x.integer < low.integer
				     : x.real < low.real))
		return false;
	if (max && read_number(kind, max, &high) == QUANTITY_OK &&
	    (notations[kind].integer ? x.integer > high.integer
				     : x.real > high.real))
		return false;
	return true;
}

static bool parse_number(enum param_kind kind, const char *min, const char *max,
			 const char *text, union number *out, char *why,
			 size_t size)
{
	enum quantity_error error = read_number(kind, text, out);

	if (error) {
		explain_number(kind, text, error, why, size);
		return false;
	}
	if (!in_range(kind, *out, min, max)) {
		snprintf(why, size,
			 "%.40s is out of range: it lies in %s to %s", text,
			 min ? min : "any", max ? max : "any");
		return false;
	}
	return true;
}

/* Splits `retries(20)`; *argument is "" if there is none. False: neither
 * `name` nor `name(argument)`. */
static bool split_call(const char *text, char name[NAME_SIZE],
		       char argument[NAME_SIZE])
{
	size_t n = strcspn(text, "()");
	size_t m;

	if (n == 0 || n >= NAME_SIZE)
		return false;
	memcpy(name, text, n);
	name[n] = argument[0] = '\0';
	if (text[n] == '\0')
		return true;
	m = strcspn(text + n + 1, "()");
	if (text[n] != '(' || m == 0 || m >= NAME_SIZE ||
	    strcmp(text + n + 1 + m, ")") != 0)
		return false;
	memcpy(argument, text + n + 1, m);
	argument[m] = '\0';
	return true;
}

static const char *const jitter_names[] = {
	[JITTER_NONE] = "none",		  [JITTER_NORMAL] = "normal",
	[JITTER_LOGNORMAL] = "lognormal", [JITTER_GAMMA] = "gamma",
	[JITTER_UNIFORM] = "uniform",	  [JITTER_EXPONENTIAL] = "exponential",
};

static bool jitter_named(const char *name, enum jitter_kind *kind)
{
	for (unsigned i = 0; i < sizeof jitter_names / sizeof *jitter_names;
	     i++) {
		if (strcmp(name, jitter_names[i]) == 0) {
			*kind = (enum jitter_kind)i;
			return true;
		}
	}
	return false;
}

static bool parse_deviation(const char *text, struct jitter *j, char *why,
			    size_t size)
{
	union number x;
	bool time = read_number(PARAM_TIME, text, &x) == QUANTITY_OK;

	if (time) {
		if (!parse_number(PARAM_TIME, "0ns", "1s", text, &x, why, size))
			return false;
		j->absolute = x.integer;
		return true;
	}
	if (!parse_number(PARAM_RATIO, "0", "10", text, &x, why, size))
		return false;
	j->share = x.real;
	return true;
}

static bool parse_jitter(const char *text, struct jitter *field, char *why,
			 size_t size)
{
	char name[NAME_SIZE], argument[NAME_SIZE];
	struct jitter j = {0};

	if (!split_call(text, name, argument) || !jitter_named(name, &j.kind)) {
		snprintf(why, size,
			 "\"%.40s\" is not a jitter: write none, or normal, "
			 "lognormal, gamma, uniform or exponential with a "
			 "standard deviation, like gamma(15%%)",
			 text);
		return false;
	}
	if ((j.kind == JITTER_NONE) != (*argument == '\0')) {
		snprintf(why, size,
			 *argument ? "%s takes no standard deviation"
				   : "%s needs a standard deviation: write "
				     "%s(15%%) or %s(0.1us)",
			 name, name, name);
		return false;
	}
	if (*argument && !parse_deviation(argument, &j, why, size))
		return false;
	*field = j;
	return true;
}

/* `sleep, retries(20) or spin(20us)`: the choices, with arguments' limits. */
static void list_choices(const struct choice *c, char *out, size_t size)
{
	size_t n = 0;

	out[0] = '\0';
	for (; c->name && n < size; c++) {
		n += (size_t)snprintf(out + n, size - n, "%s%s", c->name,
				      c->argument == PARAM_NONE ? "" : "(…)");
		if (c[1].name && n < size)
			n += (size_t)snprintf(out + n, size - n, "%s",
					      c[2].name ? ", " : " or ");
	}
}

static bool parse_argument(const struct choice *c, const char *argument,
			   struct choice_value *v, char *why, size_t size)
{
	union number x;

	if (c->argument == PARAM_NONE) {
		if (*argument)
			snprintf(why, size, "%s takes no argument", c->name);
		return *argument == '\0';
	}
	if (*argument == '\0') {
		snprintf(why, size, "%s needs an argument: write %s(%s)",
			 c->name, c->name,
			 c->min ? c->min : notations[c->argument].example);
		return false;
	}
	if (!parse_number(c->argument, c->min, c->max, argument, &x, why, size))
		return false;
	if (c->argument == PARAM_TIME)
		v->arg.time = x.integer;
	else if (c->argument == PARAM_COUNT)
		v->arg.count = x.integer;
	else
		v->arg.number = x.real;
	return true;
}

static bool parse_choice(const struct param *row, const char *text,
			 struct choice_value *field, char *why, size_t size)
{
	char name[NAME_SIZE], argument[NAME_SIZE], all[VALUE_SIZE];
	struct choice_value v = {0};

	if (split_call(text, name, argument)) {
		for (const struct choice *c = row->choices; c->name; c++) {
			if (strcmp(c->name, name) != 0)
				continue;
			v.which = (int)(c - row->choices);
			if (!parse_argument(c, argument, &v, why, size))
				return false;
			*field = v;
			return true;
		}
	}
	list_choices(row->choices, all, sizeof all);
	snprintf(why, size, "\"%.40s\" is not a choice here: write %s", text,
		 all);
	return false;
}

static bool parse_switch(const char *text, bool *field, char *why, size_t size)
{
	bool on = strcmp(text, "on") == 0;

	if (!on && strcmp(text, "off") != 0) {
		snprintf(why, size, "\"%.40s\" is neither on nor off", text);
		return false;
	}
	*field = on;
	return true;
}

static void store(enum param_kind kind, union number x, void *field)
{
	if (notations[kind].integer)
		memcpy(field, &x.integer, sizeof x.integer);
	else
		memcpy(field, &x.real, sizeof x.real);
}

bool param_parse(const struct param *row, const char *text, void *field,
		 char *why, size_t why_size)
{
	union number x;

	if (notations[row->kind].units) {
		if (!parse_number(row->kind, row->min, row->max, text, &x, why,
				  why_size))
			return false;
		store(row->kind, x, field);
		return true;
	}
	if (row->kind == PARAM_SWITCH)
		return parse_switch(text, field, why, why_size);
	if (row->kind == PARAM_JITTER)
		return parse_jitter(text, field, why, why_size);
	assert(row->kind == PARAM_CHOICE && "a row has a value");
	return parse_choice(row, text, field, why, why_size);
}

static char *format_number(enum param_kind kind, union number x, char *out,
			   size_t size)
{
	const struct notation *as = &notations[kind];

	if (as->integer)
		return quantity_format_int(x.integer, as->units, out, size);
	return quantity_format_double(x.real, as->units, out, size);
}

static char *format_jitter(const struct jitter *j, char *out, size_t size)
{
	static const struct unit percent[] = {{"%", -2, 0}, {NULL, 0, 0}};
	char deviation[VALUE_SIZE];

	if (j->absolute)
		quantity_format_int(j->absolute, time_units, deviation,
				    sizeof deviation);
	else
		quantity_format_double(j->share, percent, deviation,
				       sizeof deviation);
	if (j->kind == JITTER_NONE)
		snprintf(out, size, "none");
	else
		snprintf(out, size, "%s(%s)", jitter_names[j->kind], deviation);
	return out;
}

static char *format_choice(const struct param *row,
			   const struct choice_value *v, char *out, size_t size)
{
	const struct choice *c = &row->choices[v->which];
	char argument[VALUE_SIZE];
	union number x;

	if (c->argument == PARAM_NONE) {
		snprintf(out, size, "%s", c->name);
		return out;
	}
	if (c->argument == PARAM_TIME)
		x.integer = v->arg.time;
	else if (c->argument == PARAM_COUNT)
		x.integer = v->arg.count;
	else
		x.real = v->arg.number;
	format_number(c->argument, x, argument, sizeof argument);
	snprintf(out, size, "%s(%s)", c->name, argument);
	return out;
}

char *param_format(const struct param *row, const void *field, char *out,
		   size_t out_size)
{
	char text[VALUE_SIZE + 2 * NAME_SIZE];
	union number x;

	text[0] = '\0';
	if (notations[row->kind].units) {
		memcpy(&x, field, sizeof x);
		format_number(row->kind, x, text, sizeof text);
	} else if (row->kind == PARAM_SWITCH) {
		snprintf(text, sizeof text, "%s",
			 *(const bool *)field ? "on" : "off");
	} else if (row->kind == PARAM_JITTER) {
		format_jitter(field, text, sizeof text);
	} else if (row->kind == PARAM_CHOICE) {
		format_choice(row, field, text, sizeof text);
	}
	snprintf(out, out_size, "%s", text);
	return out;
}

bool param_number(const struct param *row, const void *field, double *out)
{
	union number x;

	if (!notations[row->kind].units)
		return false;
	memcpy(&x, field, sizeof x);
	if (row->kind == PARAM_TIME)
		*out = (double)x.integer / (double)SIM_NS;
	else
		*out = notations[row->kind].integer ? (double)x.integer
						    : x.real;
	return true;
}

const char *param_unit(const struct param *row)
{
	return notations[row->kind].unit;
}

bool param_set_number(const struct param *row, double number, void *field)
{
	const struct notation *as = &notations[row->kind];
	double base =
		row->kind == PARAM_TIME ? number * (double)SIM_NS : number;
	union number x;

	if (!as->units || !isfinite(base))
		return false;
	if (as->integer && fabs(base) > 9.2e18)
		return false;
	if (as->integer)
		x.integer = llround(base);
	else
		x.real = base;
	if (!in_range(row->kind, x, row->min, row->max))
		return false;
	store(row->kind, x, field);
	return true;
}

void params_default(const struct param *rows, unsigned n, void *params)
{
	char why[512];

	for (unsigned i = 0; i < n; i++) {
		bool valid = param_parse(&rows[i], rows[i].def,
					 param_field(&rows[i], params), why,
					 sizeof why);

		assert(valid && "a default parses and lies in its range");
		(void)valid;
	}
}

static const struct statistic counter_statistics[] = {
	{"", NULL, "how many, after the warm-up"},
	{".rate", "1/s", "how many per second"},
};
static const struct statistic level_statistics[] = {
	{".mean", NULL, "mean over time"},
	{".max", NULL, "largest value"},
};
static const struct statistic span_statistics[] = {
	{".mean", "ns", "mean"},
	{".p50", "ns", "median"},
	{".p99", "ns", "99th percentile"},
	{".p99.9", "ns", "99.9th percentile"},
	{".max", "ns", "longest"},
};
static const struct statistic windowed_statistics[] = {
	{"", NULL, "over the whole measurement"},
	{".p1", NULL, "1st percentile over windows"},
	{".p50", NULL, "median over windows"},
	{".p99", NULL, "99th percentile over windows"},
	{".cv", "1", "standard deviation over windows, divided by the mean"},
};
static const struct statistic number_statistics[] = {
	{"", NULL, "at the end of the run"},
};

const struct statistic *metric_statistics(enum metric_kind kind, unsigned *n)
{
	static const struct {
		const struct statistic *all;
		unsigned n;
	} by_kind[] = {
		[METRIC_COUNTER] = {ROWS(counter_statistics)},
		[METRIC_LEVEL] = {ROWS(level_statistics)},
		[METRIC_SPAN] = {ROWS(span_statistics)},
		[METRIC_WINDOWED] = {ROWS(windowed_statistics)},
		[METRIC_NUMBER] = {ROWS(number_statistics)},
	};

	*n = by_kind[kind].n;
	return by_kind[kind].all;
}
