/* SPDX-License-Identifier: MIT */
/* The values of one swept setting: a list, or a range with steps. */
#include "sim/app/load/loader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"
#include "sim/units.h"

struct range {
	double from, to;
	unsigned points;
	bool log;
};

static const char **read_list(struct loader *l, struct setting s,
			      const struct yaml *y, unsigned *n)
{
	const char **values = mem_new(y->n, sizeof *values);
	bool good = y->n > 0;

	if (!good)
		gripe(l, y, "%s is given an empty list of values",
		      setting_key(l, s));
	for (unsigned i = 0; i < y->n; i++) {
		const struct yaml *v = y->entries[i].value;

		values[i] = setting_value(l, s, v);
		good = good && values[i];
	}
	*n = y->n;
	if (good)
		return values;
	free(values);
	return NULL;
}

/* An end of the range as a number in the setting's unit. */
static bool read_end(struct loader *l, struct setting s, const struct yaml *map,
		     const char *key, double *out)
{
	const struct param *row = setting_row(l->sc, s);
	const struct yaml *y = yaml_get(map, key);
	const char *text;
	union {
		int64_t integer;
		double real;
	} field;
	char why[512];

	if (!y) {
		gripe(l, map, "a range has from, to and points; %s is missing",
		      key);
		return false;
	}
	text = setting_value(l, s, y);
	return text && param_parse(row, text, &field, why, sizeof why) &&
	       param_number(row, &field, out);
}

static bool read_points(struct loader *l, const struct yaml *map,
			struct range *r)
{
	const struct yaml *y = yaml_get(map, "points");
	const char *text = y ? text_of(l, y, "points") : NULL;
	int64_t n;

	if (!y)
		gripe(l, map,
		      "a range has from, to and points; points is "
		      "missing");
	if (!text)
		return false;
	if (quantity_int(text, count_units, false, &n) != QUANTITY_OK ||
	    n < 1 || n > MOST_POINTS) {
		gripe(l, y,
		      "\"%.40s\" is not a number of points: it lies in 1 to %d",
		      text, MOST_POINTS);
		return false;
	}
	r->points = (unsigned)n;
	return true;
}

static bool read_scale(struct loader *l, const struct yaml *map,
		       struct range *r)
{
	const struct yaml *y = yaml_get(map, "scale");
	const char *text = y ? text_of(l, y, "scale") : "linear";

	if (!text)
		return false;
	r->log = strcmp(text, "log") == 0;
	if (r->log || strcmp(text, "linear") == 0)
		return true;
	gripe(l, y, "\"%.40s\" is not a scale: write linear or log", text);
	return false;
}

static bool check_range(struct loader *l, struct setting s,
			const struct yaml *map, const struct range *r)
{
	const char *key = setting_key(l, s);

	if (r->from == r->to && r->points > 1)
		gripe(l, map, "%s goes from a value to the same one", key);
	else if (r->from != r->to && r->points < 2)
		gripe(l, map, "a range of %s needs two or more points", key);
	else if (r->log && (r->from <= 0 || r->to <= 0))
		gripe(l, map, "on a log scale %s must be above 0", key);
	else
		return true;
	return false;
}

/* Rounded to what the eye can tell from its neighbours: a thousandth of a
 * step, so that settings stay readable. */
static double readable(const struct range *r, double x)
{
	double big = fmax(fabs(r->from), fabs(r->to));
	double step = fabs(r->to - r->from) / (r->points - 1);
	double share = step / big;
	int digits;
	char text[40];

	if (r->log)
		share = expm1(fabs(log(r->to / r->from)) / (r->points - 1));
	digits = (int)fmin(fmax(4 - floor(log10(share)), 4), 15);
	snprintf(text, sizeof text, "%.*g", digits, x);
	return strtod(text, NULL);
}

static double range_at(const struct range *r, unsigned i)
{
	double part;

	if (i == 0)
		return r->from;
	if (i == r->points - 1)
		return r->to;
	part = (double)i / (r->points - 1);
	if (r->log)
		return readable(
			r, exp(log(r->from) * (1 - part) + log(r->to) * part));
	return readable(r, r->from + (r->to - r->from) * part);
}

/* Where the setting is an integer, near steps fall together: kept once. */
static const char **make_steps(struct loader *l, struct setting s,
			       const struct range *r, unsigned *n)
{
	const struct param *row = setting_row(l->sc, s);
	const char **values = mem_new(r->points, sizeof *values);
	char text[512];
	union {
		int64_t integer;
		double real;
	} field;

	*n = 0;
	for (unsigned i = 0; i < r->points; i++) {
		if (!param_set_number(row, range_at(r, i), &field))
			continue;
		param_format(row, &field, text, sizeof text);
		values[*n] = keep_text(l, text);
		if (*n == 0 || values[*n] != values[*n - 1])
			++*n;
	}
	return values;
}

static const char **read_range(struct loader *l, struct setting s,
			       const struct yaml *map, unsigned *n)
{
	static const char *const keys[] = {"from", "to", "points", "scale"};
	struct range r = {0};
	bool good;

	check_keys(l, map, "a range", keys, COUNT(keys));
	if (strcmp(param_unit(setting_row(l->sc, s)), "") == 0) {
		gripe(l, map, "%s is not a number; give it a list of values",
		      setting_key(l, s));
		return NULL;
	}
	good = read_end(l, s, map, "from", &r.from);
	good = read_end(l, s, map, "to", &r.to) && good;
	good = read_points(l, map, &r) && good;
	good = read_scale(l, map, &r) && good;
	if (!good || !check_range(l, s, map, &r))
		return NULL;
	return make_steps(l, s, &r, n);
}

const char **read_values(struct loader *l, struct setting s,
			 const struct yaml *y, unsigned *n)
{
	switch (y->kind) {
	case YAML_LIST:
		return read_list(l, s, y, n);
	case YAML_MAP:
		return read_range(l, s, y, n);
	case YAML_TEXT:
		break;
	}
	gripe(l, y,
	      "%s is swept over a list [a, b] or a range {from: a, to: b, "
	      "points: n}, but here is %s",
	      setting_key(l, s), yaml_kind_name(y));
	return NULL;
}
