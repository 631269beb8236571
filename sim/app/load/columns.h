/* SPDX-License-Identifier: MIT */
/* What a scenario's runs will give: a number per statistic of each metric. */
#ifndef APP_COLUMNS_H
#define APP_COLUMNS_H

#include "sim/app/load/scenario.h"

/* One number of every run: `app.rate.p99`, its unit, a sentence. */
struct column {
	char *name;
	const char *unit, *doc;
	unsigned stage, metric, statistic;
};

/* The columns of a scenario, the same for all its points. malloc'ed, as are
 * the names; *n of them. Free with columns_free(). */
struct column *columns_of(const struct scenario *sc, unsigned *n);
void columns_free(struct column *columns, unsigned n);

#endif
