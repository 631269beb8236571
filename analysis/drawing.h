/* SPDX-License-Identifier: MIT */
/* What the files that draw on paper share. */
#ifndef ANALYSIS_DRAWING_H
#define ANALYSIS_DRAWING_H

#include "analysis/gnuplot.h"
#include "analysis/layout.h"

#define GREY  "#666666"
#define BLACK "#000000"

struct drawing {
	const struct chart *chart;
	struct layout at;
	FILE *to;
};

/* The command `plot` of a panel; the first one's has the legend with it. */
void drawing_plot(const struct drawing *d, unsigned panel);

#endif
