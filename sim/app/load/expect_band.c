/* SPDX-License-Identifier: MIT */
/* The ends of a band, in the unit of what is compared with it. */
#include "sim/app/load/loader.h"

#include <math.h>
#include <string.h>

#include "sim/units.h"

/* Events that are no packets: bare, or per second. */
static const struct unit per_second[] = {
	{"", 0, 0}, {"/s", 0, 0}, {"k/s", 3, 0}, {"M/s", 6, 0}, {NULL, 0, 0}};
static const struct unit percent[] = {{"", 0, 0}, {"%", 0, 0}, {NULL, 0, 0}};
/* In ns, as results have it. */
static const struct unit time_in_ns[] = {{"ps", -3, 0}, {"ns", 0, 0},
					 {"us", 3, 0},	{"ms", 6, 0},
					 {"s", 9, 0},	{NULL, 0, 0}};
static const struct unit size_as_real[] = {{"B", 0, 0}, {NULL, 0, 0}};

static const struct {
	const char *unit;
	const struct unit *units;
	const char *example;
} notations[] = {
	{"ns", time_in_ns, "20us"},
	{"pps", rate_units, "250kpps"},
	{"bps", bitrate_units, "2.5Gbps"},
	{"B", size_as_real, "1500B"},
	{"1", ratio_units, "0.15 or 15%"},
	{"ratio", ratio_units, "1.8"},
	{"1/s", per_second, "2500 or 2.5k/s"},
	{"percent", percent, "15%"},
};

static enum quantity_error read_in(const char *text, const char *unit,
				   double *out, const char **example)
{
	const struct unit own[] = {{"", 0, 0}, {unit, 0, 0}, {NULL, 0, 0}};

	for (unsigned i = 0; i < COUNT(notations); i++) {
		if (strcmp(notations[i].unit, unit) != 0)
			continue;
		*example = notations[i].example;
		return quantity_double(text, notations[i].units, out);
	}
	*example = "20";
	return quantity_double(text, own, out);
}

bool read_bound(struct loader *l, const struct yaml *y, const char *unit,
		double open, double *out)
{
	const char *text, *example;

	*out = open;
	if (y->kind == YAML_TEXT && !y->text)
		return true;
	text = text_of(l, y, "an end of between");
	if (!text)
		return false;
	switch (read_in(text, unit, out, &example)) {
	case QUANTITY_OK:
		return true;
	case QUANTITY_NO_UNIT:
		gripe(l, y, "%.40s needs a unit: write it like %s", text,
		      example);
		return false;
	case QUANTITY_NO_NUMBER:
	case QUANTITY_BAD_UNIT:
	case QUANTITY_TOO_BIG:
	case QUANTITY_NOT_WHOLE:
		break;
	}
	gripe(l, y,
	      "\"%.40s\" cannot be compared with a value in %s: write "
	      "it like %s, or ~ for an open end",
	      text, strcmp(unit, "1") == 0 ? "no unit" : unit, example);
	return false;
}
