/* SPDX-License-Identifier: MIT */
/*
 * Units as the database has them (ns, pps, bps, B, 1, 1/s …) and as people
 * read them (us, kpps, Gbps, KiB). The words are those of scenario files.
 */
#ifndef ANALYSIS_UNITS_H
#define ANALYSIS_UNITS_H

#include <stdbool.h>

/* One `name` is `factor` times the database's unit `base`. */
struct unit {
	const char *base, *name;
	double factor;
	double from; /* the least value, in `base`, it is chosen for */
};

/*
 * The unit in which values up to `largest` (in `base`) read best. A base that
 * is not in the table stays as it is: then name == base, factor 1.
 */
struct unit unit_for(const char *base, double largest);

/*
 * The name beside an axis: "us"; "" for a plain number, a ratio, or a count.
 */
const char *unit_label(const struct unit *u);

/* `value`, in `base`, as a scenario would write it: "150us", "256", "64KiB".
 * Four digits, all of them of a whole number. Returns out. */
char *unit_text(const char *base, double value, char *out, unsigned size);

/* Reads "150us", "64KiB" or "0.15" into a number in `base`. False: it is
 * something else, or another base's unit. */
bool unit_parse(const char *base, const char *text, double *value);

#endif
