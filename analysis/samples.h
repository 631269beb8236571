/* SPDX-License-Identifier: MIT */
/* Series over time, of the run that panels show. */
#ifndef ANALYSIS_SAMPLES_H
#define ANALYSIS_SAMPLES_H

#include "analysis/draft.h"

/* A stretch of simulated time, in ns; an open end is NAN. */
struct stretch {
	double from, to;
};

/* Fills the panel's last curve, as its kind wants it. */
bool samples_read(struct draft *d, const struct panel *p, const char *probe,
		  const struct stretch *s, struct curve *c);

#endif
