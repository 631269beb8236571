/* SPDX-License-Identifier: MIT */
#include "sim/units.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct unit time_units[] = {{"ps", 0, 0}, {"ns", 3, 0}, {"us", 6, 0},
				  {"ms", 9, 0}, {"s", 12, 0}, {NULL, 0, 0}};
const struct unit size_units[] = {{"B", 0, 0},
				  {"KiB", 0, 10},
				  {"MiB", 0, 20},
				  {"GiB", 0, 30},
				  {NULL, 0, 0}};
const struct unit rate_units[] = {
	{"pps", 0, 0}, {"kpps", 3, 0}, {"Mpps", 6, 0}, {NULL, 0, 0}};
const struct unit bitrate_units[] = {{"bps", 0, 0},
				     {"kbps", 3, 0},
				     {"Mbps", 6, 0},
				     {"Gbps", 9, 0},
				     {NULL, 0, 0}};
const struct unit ratio_units[] = {{"", 0, 0}, {"%", -2, 0}, {NULL, 0, 0}};
const struct unit count_units[] = {{"", 0, 0}, {NULL, 0, 0}};

/* One digit more of d; false: too many to be meant. */
static bool decimal_push(struct decimal *d, char digit)
{
	size_t n = strlen(d->digits);

	if (n == 0 && digit == '0')
		return true;
	if (n == DECIMAL_DIGITS)
		return false;
	d->digits[n] = digit;
	d->digits[n + 1] = '\0';
	return true;
}

/* Reads `-12.50`; *rest is what follows. False: no number, or a monster. */
static bool decimal_read(const char *text, struct decimal *d, const char **rest)
{
	const char *p = text;
	bool any = false, point = false;

	*d = (struct decimal){.negative = *p == '-'};
	if (*p == '-' || *p == '+')
		p++;
	for (; isdigit((unsigned char)*p) || (*p == '.' && !point); p++) {
		if (*p == '.') {
			point = true;
			continue;
		}
		any = true;
		if (!decimal_push(d, *p))
			return false;
		d->exponent -= point;
		if (d->exponent < -DECIMAL_DIGITS)
			return false;
	}
	*rest = p;
	return any;
}

const char *quantity_unit(const char *text)
{
	struct decimal d;
	const char *rest;

	return decimal_read(text, &d, &rest) ? rest : text + strlen(text);
}

static enum quantity_error split(const char *text, const struct unit *units,
				 struct decimal *d, const struct unit **unit)
{
	const char *name;

	if (!decimal_read(text, d, &name))
		return QUANTITY_NO_NUMBER;
	for (; units->name; units++) {
		if (strcmp(units->name, name) == 0) {
			*unit = units;
			return QUANTITY_OK;
		}
	}
	return *name ? QUANTITY_BAD_UNIT : QUANTITY_NO_UNIT;
}

/* Wide enough for a number before its unit and its bounds are known. */
__extension__ typedef unsigned __int128 wide;

/* |d| * 2^two as an integer; false: above 2^63 whatever the exponent. */
static bool decimal_mantissa(const struct decimal *d, int two, wide *out)
{
	wide m = 0;

	for (const char *p = d->digits; *p; p++) {
		if (m >> 120)
			return false;
		m = m * 10 + (unsigned)(*p - '0');
	}
	if (two && m >> (127 - two))
		return false;
	*out = m << two;
	return true;
}

enum quantity_error quantity_int(const char *text, const struct unit *units,
				 bool round, int64_t *out)
{
	const struct unit *unit;
	struct decimal d;
	wide m;
	unsigned dropped = 0;
	bool whole = true;
	enum quantity_error error = split(text, units, &d, &unit);
	int ten;

	if (error)
		return error;
	if (!decimal_mantissa(&d, unit->two, &m))
		return QUANTITY_TOO_BIG;
	for (ten = d.exponent + unit->ten; ten > 0 && m; ten--) {
		if (m > INT64_MAX)
			return QUANTITY_TOO_BIG;
		m *= 10;
	}
	for (; ten < 0; ten++) {
		dropped = (unsigned)(m % 10);
		whole = whole && dropped == 0;
		m /= 10;
	}
	if (!whole && !round)
		return QUANTITY_NOT_WHOLE;
	m += dropped >= 5;
	if (m > INT64_MAX)
		return QUANTITY_TOO_BIG;
	*out = d.negative ? -(int64_t)m : (int64_t)m;
	return QUANTITY_OK;
}

enum quantity_error quantity_double(const char *text, const struct unit *units,
				    double *out)
{
	char number[DECIMAL_DIGITS + 32];
	const struct unit *unit;
	struct decimal d;
	enum quantity_error error = split(text, units, &d, &unit);

	if (error)
		return error;
	/* The library rounds a decimal once, and correctly. */
	snprintf(number, sizeof number, "%s%se%d", d.negative ? "-" : "",
		 *d.digits ? d.digits : "0", d.exponent + unit->ten);
	*out = strtod(number, NULL);
	return QUANTITY_OK;
}

/* digits * 10^exponent as `0.15`, `128` or `1200`, then the unit. */
static char *put_decimal(bool negative, const char *digits, int exponent,
			 const char *unit, char *out, size_t size)
{
	int point = (int)strlen(digits) + exponent;
	const char *sign = negative ? "-" : "";
	int n;

	/* "%.*d" of 0 writes that many zeros, and may write none. */
	if (exponent >= 0)
		n = snprintf(out, size, "%s%s%.*d%s", sign, digits, exponent, 0,
			     unit);
	else if (point > 0)
		n = snprintf(out, size, "%s%.*s.%s%s", sign, point, digits,
			     digits + point, unit);
	else
		n = snprintf(out, size, "%s0.%.*d%s%s", sign, -point, 0, digits,
			     unit);
	assert(n >= 0 && (size_t)n < size);
	return out;
}

/* Trailing zeros go into the exponent. */
static void trim(char *digits, int *exponent)
{
	size_t n = strlen(digits);

	for (; n > 1 && digits[n - 1] == '0'; n--)
		++*exponent;
	digits[n] = '\0';
}

/* The largest unit of which there is at least one; `lead` is the power of ten
 * of the first digit. */
static const struct unit *unit_for(const struct unit *units, int lead)
{
	const struct unit *best = units;

	for (; units->name; units++)
		if (units->ten >= 0 && units->ten <= lead)
			best = units;
	return best;
}

static char *format_binary(int64_t n, const struct unit *units, char *out,
			   size_t size)
{
	const struct unit *best = units;

	for (; units->name; units++)
		if (n && n % ((int64_t)1 << units->two) == 0)
			best = units;
	snprintf(out, size, "%lld%s", (long long)(n >> best->two), best->name);
	return out;
}

char *quantity_format_int(int64_t n, const struct unit *units, char *out,
			  size_t size)
{
	const struct unit *unit;
	char digits[DECIMAL_DIGITS];
	int exponent = 0;

	if (units == size_units)
		return format_binary(n, units, out, size);
	if (n == 0) { /* 0ns reads better than 0ps */
		unit = units == time_units ? &units[1] : units;
		snprintf(out, size, "0%s", unit->name);
		return out;
	}
	snprintf(digits, sizeof digits, "%llu",
		 n < 0 ? 0ull - (unsigned long long)n : (unsigned long long)n);
	unit = unit_for(units, (int)strlen(digits) - 1);
	trim(digits, &exponent);
	return put_decimal(n < 0, digits, exponent - unit->ten, unit->name, out,
			   size);
}

/* The fewest digits that read back as x > 0: x = digits * 10^exponent. */
static void shortest(double x, char *digits, size_t size, int *exponent)
{
	char text[40];
	char *e;

	for (int precision = 0; precision <= 16; precision++) {
		snprintf(text, sizeof text, "%.*e", precision, x);
		if (strtod(text, NULL) == x)
			break;
	}
	e = strchr(text, 'e');
	*exponent = atoi(e + 1);
	*e = '\0';
	snprintf(digits, size, "%c%s", text[0], text[1] ? text + 2 : "");
	*exponent -= (int)strlen(digits) - 1;
	trim(digits, exponent);
}

char *quantity_format_double(double x, const struct unit *units, char *out,
			     size_t size)
{
	const struct unit *unit = units;
	char digits[DECIMAL_DIGITS];
	int exponent;

	assert(isfinite(x));
	if (x == 0) {
		snprintf(out, size, "0%s", units->name);
		return out;
	}
	shortest(fabs(x), digits, sizeof digits, &exponent);
	unit = unit_for(units, exponent + (int)strlen(digits) - 1);
	return put_decimal(x < 0, digits, exponent - unit->ten, unit->name, out,
			   size);
}
