/* SPDX-License-Identifier: MIT */
/*
 * Quantities as people write them, `1.28us`, and back.
 *
 * A number is kept in decimal until its unit is known: 1.28us is 1280000 ps,
 * not what 1.28 * 1e6 happens to be in binary. What is formatted from a field
 * reads back as the same field.
 */
#ifndef SIM_UNITS_H
#define SIM_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DECIMAL_DIGITS 40 /* nobody means more */

/* digits * 10^exponent; no leading zeros in digits, "" is zero. */
struct decimal {
	bool negative;
	char digits[DECIMAL_DIGITS + 1];
	int exponent;
};

/* 10^ten * 2^two of the base unit. Lists end with a NULL name. */
struct unit {
	const char *name;
	int ten, two;
};

enum quantity_error {
	QUANTITY_OK,
	QUANTITY_NO_NUMBER, /* it does not begin with a decimal number */
	QUANTITY_NO_UNIT,   /* a bare number, and there is no unit "" */
	QUANTITY_BAD_UNIT,
	QUANTITY_TOO_BIG,  /* does not fit 64 bits */
	QUANTITY_NOT_WHOLE /* a part of something that has no parts */
};

extern const struct unit time_units[]; /* of ps */
extern const struct unit size_units[]; /* of B */
extern const struct unit rate_units[];
extern const struct unit bitrate_units[];
extern const struct unit ratio_units[]; /* "" and % */
extern const struct unit count_units[]; /* "" */

/* Reads the whole text in base units. `round`: parts of a base unit are
 * rounded, half up, instead of refused. *out is left alone on errors. */
enum quantity_error quantity_int(const char *text, const struct unit *units,
				 bool round, int64_t *out);
enum quantity_error quantity_double(const char *text, const struct unit *units,
				    double *out);

/* What stands behind the number in the text; "" if nothing. */
const char *quantity_unit(const char *text);

/* The texts that read back as n or x, in the unit that makes them short.
 * Return out. The largest need 48 and 400 bytes. */
char *quantity_format_int(int64_t n, const struct unit *units, char *out,
			  size_t size);
char *quantity_format_double(double x, const struct unit *units, char *out,
			     size_t size);

#endif
