/* SPDX-License-Identifier: MIT */
/* What stands in the table of an experiment's means: as much as a terminal has
 * room for, what tells most first. */
#ifndef APP_REPORT_COLUMNS_H
#define APP_REPORT_COLUMNS_H

#include "sim/app/verb/report.h"

#define MAX_METRICS 6

struct report_columns {
	/* Indices into scenario.swept. A setting that at every point has the
	 * value of an earlier one has no column: report_alike() tells of it. */
	unsigned *swept, n_swept;
	/* Indices into experiment.columns. */
	unsigned metrics[MAX_METRICS], n_metrics;
};

/* For the first `n` points, whose reports these are. Free with
 * report_columns_free(). */
struct report_columns report_columns_choose(const struct experiment *exp,
					    const struct point_report *reports,
					    unsigned n);
void report_columns_free(struct report_columns *c);

/* A line for each swept setting that others always equal: "back2.weight: as
 * back1.weight". */
void report_alike(const struct scenario *sc);

#endif
