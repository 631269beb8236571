/* SPDX-License-Identifier: MIT */
/* Lost wakeups of an experiment, by what tells them apart. */
#ifndef ANALYSIS_LANES_H
#define ANALYSIS_LANES_H

#include "analysis/draft.h"

/* Sorted. */
struct stalls {
	double *all; /* how long, in ns */
	unsigned n;
};

struct lane {
	unsigned series;
	char *name; /* the column's value; "" where there is no column */
	struct stalls ended, open; /* open: until the end of the run */
	double total;
};

struct lanes {
	struct lane *all;
	unsigned n;
	unsigned short_ones, long_ones; /* than the figure shows */
	double lost; /* shorter ones that the database has not kept */
};

/* Reads the lanes the figure asks for, and settles what is said of those left
 * out. */
bool lanes_read(struct draft *d, struct lanes *ls);

#endif
