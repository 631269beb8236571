/* SPDX-License-Identifier: MIT */
/* Parameters that are words: jitters and choices, some with an argument. */
#include "sim/row_kinds.h"

#include <stdio.h>
#include <string.h>

#define NAME_SIZE 64

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
	bool time = number_read(PARAM_TIME, text, &x) == QUANTITY_OK;

	if (time) {
		if (!number_parse(PARAM_TIME, "0ns", "1s", text, &x, why, size))
			return false;
		j->absolute = x.integer;
		return true;
	}
	if (!number_parse(PARAM_RATIO, "0", "10", text, &x, why, size))
		return false;
	j->share = x.real;
	return true;
}

bool jitter_parse(const char *text, struct jitter *field, char *why,
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
		if (c->min && c->max)
			snprintf(why, size,
				 "%s needs an argument: write one from %s(%s) "
				 "to %s(%s)",
				 c->name, c->name, c->min, c->name, c->max);
		else
			snprintf(why, size,
				 "%s needs an argument: write %s(%s)", c->name,
				 c->name, notations[c->argument].example);
		return false;
	}
	if (!number_parse(c->argument, c->min, c->max, argument, &x, why, size))
		return false;
	if (c->argument == PARAM_TIME)
		v->arg.time = x.integer;
	else if (c->argument == PARAM_COUNT)
		v->arg.count = x.integer;
	else
		v->arg.number = x.real;
	return true;
}

bool choice_parse(const struct param *row, const char *text,
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

char *jitter_format(const struct jitter *j, char *out, size_t size)
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

char *choice_format(const struct param *row, const struct choice_value *v,
		    char *out, size_t size)
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
	number_format(c->argument, x, argument, sizeof argument);
	snprintf(out, size, "%s(%s)", c->name, argument);
	return out;
}
