/* SPDX-License-Identifier: MIT */
/* Numbers as people read them: 287 kpps, 3.2 us. */
#ifndef APP_SHOW_H
#define APP_SHOW_H

#include <stddef.h>

#include "sim/app/store/estimate.h"

#define SHOWN 64 /* bytes that any of these needs */

/* How numbers of a size are best written: number * factor, then the name. */
struct scale {
	const char *name;
	double factor;
};

/* The scale for numbers in `unit` up to `largest` in size. */
struct scale scale_for(const char *unit, double largest);

/* Three digits, more if the interval is narrow. "-" for NAN. No unit. */
char *show_number(double value, struct scale scale, double half_width,
		  char *out);
/* `287.1 kpps`; the unit goes with a number that has one. */
char *show_value(const struct estimate *e, const char *unit, char *out);
/* `287.1 ±0.4`, without its unit. */
char *show_mean(const struct estimate *e, struct scale scale, char *out);
/* `286.7 – 287.5`, in the scale of the value; "" without an interval. */
char *show_interval(const struct estimate *e, const char *unit, char *out);
/* `250 – 300 kpps`, `≥ 1.8`, "" if both ends are open (infinite). */
char *show_band(double low, double high, const char *unit, char *out);

#endif
