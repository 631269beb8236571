/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/units.h"

/*
 * Of one base in rising order. `from` is where the next larger unit reads
 * better: a rate up to 1100 kpps is better told in kpps than from 0.1 to 1.1
 * Mpps, a time of 1500 ns is 1.5 us to everybody.
 */
static const struct unit units[] = {
	{"ns", "ps", 1e-3, 0},
	{"ns", "ns", 1, 0.5},
	{"ns", "us", 1e3, 1e3},
	{"ns", "ms", 1e6, 1e6},
	{"ns", "s", 1e9, 2e9},
	{"pps", "pps", 1, 0},
	{"pps", "kpps", 1e3, 1e3},
	{"pps", "Mpps", 1e6, 2e6},
	{"bps", "bps", 1, 0},
	{"bps", "kbps", 1e3, 1e3},
	{"bps", "Mbps", 1e6, 1e6},
	{"bps", "Gbps", 1e9, 2e9},
	{"B", "B", 1, 0},
	{"B", "KiB", 1024, 2048},
	{"B", "MiB", 1048576, 2097152},
	{"B", "GiB", 1073741824, 2147483648.},
	{"1/s", "1/s", 1, 0},
	{"1/s", "1000/s", 1e3, 2e3},
	{"1/s", "million/s", 1e6, 2e6},
};

#define NUM_UNITS (sizeof units / sizeof *units)

struct unit unit_for(const char *base, double largest)
{
	struct unit best = {base, base, 1, 0};
	size_t i;

	for (i = 0; i < NUM_UNITS; i++)
		if (!strcmp(units[i].base, base) && largest >= units[i].from)
			best = units[i];
	return best;
}

const char *unit_label(const struct unit *u)
{
	if (!strcmp(u->name, "1") || !strcmp(u->name, "ratio"))
		return "";
	return u->name;
}

/* The largest unit in which the value is at least 1, as people write it. */
static struct unit unit_of_value(const char *base, double value)
{
	struct unit best = {base, unit_label(&(struct unit){.name = base}), 1,
			    0};
	size_t i;

	for (i = 0; i < NUM_UNITS; i++)
		if (!strcmp(units[i].base, base) &&
		    (units[i].factor <= 1 || fabs(value) >= units[i].factor))
			best = units[i];
	return best;
}

char *unit_text(const char *base, double value, char *out, unsigned size)
{
	struct unit u = unit_of_value(base, value);
	const char *gap = strchr(u.name, '/') ? " " : "";

	if (value == 0)
		u = unit_for(base, 1);
	value /= u.factor;
	snprintf(out, size, value == floor(value) ? "%.9g%s%s" : "%.4g%s%s",
		 value, gap, unit_label(&u));
	return out;
}

bool unit_parse(const char *base, const char *text, double *value)
{
	char *end;
	double number = strtod(text, &end);
	size_t i;

	if (end == text)
		return false;
	while (isspace((unsigned char)*end))
		end++;
	if (!*end) {
		*value = number;
		return true;
	}
	for (i = 0; i < NUM_UNITS; i++)
		if (!strcmp(units[i].base, base) && !strcmp(units[i].name, end))
			break;
	if (i == NUM_UNITS)
		return false;
	*value = number * units[i].factor;
	return true;
}
