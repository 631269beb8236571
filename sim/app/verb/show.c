/* SPDX-License-Identifier: MIT */
#include "sim/app/verb/show.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* From large to small; the last is for everything below. */
static const struct {
	const char *unit;
	struct scale scales[5];
} known[] = {
	{"ns", {{"s", 1e-9}, {"ms", 1e-6}, {"us", 1e-3}, {"ns", 1}}},
	{"pps", {{"Mpps", 1e-6}, {"kpps", 1e-3}, {"pps", 1}}},
	{"bps", {{"Gbps", 1e-9}, {"Mbps", 1e-6}, {"kbps", 1e-3}, {"bps", 1}}},
	{"1/s", {{"M/s", 1e-6}, {"k/s", 1e-3}, {"/s", 1}}},
	{"B",
	 {{"GiB", 1. / (1 << 30)},
	  {"MiB", 1. / (1 << 20)},
	  {"KiB", 1. / (1 << 10)},
	  {"B", 1}}},
	{"1", {{"", 1}}},
	{"ratio", {{"", 1}}},
};

struct scale scale_for(const char *unit, double largest)
{
	for (unsigned i = 0; i < sizeof known / sizeof *known; i++) {
		const struct scale *s = known[i].scales;

		if (strcmp(known[i].unit, unit) != 0)
			continue;
		while (s[1].name && !(fabs(largest) * s->factor >= 1))
			s++;
		return *s;
	}
	return (struct scale){unit, 1};
}

/* The decimals that show `digits` digits of x. */
static int decimals(double x, int digits)
{
	x = fabs(x);
	if (!(x > 0) || isinf(x))
		return 0;
	return digits - 1 - (int)floor(log10(x) + 1e-12);
}

static int clamp(int x, int least, int most)
{
	return x < least ? least : x > most ? most : x;
}

/* How many decimals a number deserves whose error is h: three digits, more if
 * the first digit of the error lies behind them, five at most. */
static int deserved(double x, double h)
{
	int n = decimals(x, 3);

	if (h > 0 && decimals(h, 1) > n)
		n = clamp(decimals(h, 1), n, decimals(x, 5));
	return clamp(n, 0, 9);
}

char *show_number(double value, struct scale scale, double half_width,
		  char *out)
{
	double x = value * scale.factor;

	if (isnan(value))
		strcpy(out, "-");
	else if (fabs(x) >= 1e15 || (x != 0 && fabs(x) < 1e-4))
		snprintf(out, SHOWN, "%.3g", x);
	else
		snprintf(out, SHOWN, "%.*f",
			 deserved(x, half_width * scale.factor), x);
	return out;
}

static double half_width(const struct estimate *e)
{
	return isnan(e->low) ? 0 : (e->high - e->low) / 2;
}

static char *append_unit(char *out, struct scale scale)
{
	size_t n = strlen(out);

	if (*scale.name)
		snprintf(out + n, SHOWN - n, " %s", scale.name);
	return out;
}

char *show_value(const struct estimate *e, const char *unit, char *out)
{
	struct scale scale = scale_for(unit, e->value);

	show_number(e->value, scale, half_width(e), out);
	return isnan(e->value) ? out : append_unit(out, scale);
}

char *show_mean(const struct estimate *e, struct scale scale, char *out)
{
	double h = half_width(e) * scale.factor;
	size_t n;

	show_number(e->value, scale, half_width(e), out);
	n = strlen(out);
	if (isnan(e->low))
		return out;
	if (strchr(out, 'e'))
		snprintf(out + n, SHOWN - n, " ±%.2g", h);
	else
		snprintf(out + n, SHOWN - n, " ±%.*f",
			 h > 0 ? deserved(e->value * scale.factor, h) : 0, h);
	return out;
}

char *show_interval(const struct estimate *e, const char *unit, char *out)
{
	struct scale scale = scale_for(unit, e->value);
	char low[SHOWN], high[SHOWN];

	*out = '\0';
	if (isnan(e->low))
		return out;
	show_number(e->low, scale, half_width(e), low);
	show_number(e->high, scale, half_width(e), high);
	snprintf(out, SHOWN, "%.24s – %.24s", low, high);
	return out;
}

char *show_band(double low, double high, const char *unit, char *out)
{
	double largest = isinf(high) ? low : high;
	struct scale scale = scale_for(unit, largest);
	double a = low * scale.factor, b = high * scale.factor;

	if (isinf(low) && isinf(high)) {
		*out = '\0';
		return out;
	}
	if (isinf(low))
		snprintf(out, SHOWN, "≤ %.4g", b);
	else if (isinf(high))
		snprintf(out, SHOWN, "≥ %.4g", a);
	else
		snprintf(out, SHOWN, "%.4g – %.4g", a, b);
	return append_unit(out, scale);
}
