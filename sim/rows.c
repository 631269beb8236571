/* SPDX-License-Identifier: MIT */
#include "sim/row_kinds.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

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
		if (!number_parse(row->kind, row->min, row->max, text, &x, why,
				  why_size))
			return false;
		store(row->kind, x, field);
		return true;
	}
	if (row->kind == PARAM_SWITCH)
		return parse_switch(text, field, why, why_size);
	if (row->kind == PARAM_JITTER)
		return jitter_parse(text, field, why, why_size);
	assert(row->kind == PARAM_CHOICE && "a row has a value");
	return choice_parse(row, text, field, why, why_size);
}

char *param_format(const struct param *row, const void *field, char *out,
		   size_t out_size)
{
	char text[VALUE_SIZE];
	union number x;

	text[0] = '\0';
	if (notations[row->kind].units) {
		memcpy(&x, field, sizeof x);
		number_format(row->kind, x, text, sizeof text);
	} else if (row->kind == PARAM_SWITCH) {
		snprintf(text, sizeof text, "%s",
			 *(const bool *)field ? "on" : "off");
	} else if (row->kind == PARAM_JITTER) {
		jitter_format(field, text, sizeof text);
	} else if (row->kind == PARAM_CHOICE) {
		choice_format(row, field, text, sizeof text);
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
	if (row->kind == PARAM_POWER)
		base = base < 1 ? 0 : exp2(round(log2(base)));
	if (as->integer && fabs(base) > 9.2e18)
		return false;
	if (as->integer)
		x.integer = llround(base);
	else
		x.real = base;
	if (!number_in_range(row->kind, x, row->min, row->max))
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
