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

/* Pixels as gnuplot has them: shares of the page, from the lower left. */
double drawing_across(const struct drawing *d, double x);
double drawing_up(const struct drawing *d, double y);

/* A label at pixels; `how` is the rest of the command. */
void drawing_label(const struct drawing *d, double x, double y,
		   const char *text, unsigned room, const char *how);

/* Shaded stretches of the x axis, in the panel that is being drawn. */
void drawing_stretches(const struct drawing *d);
/* The words above the panels, and the lines down from them. */
void drawing_flags(const struct drawing *d);
void drawing_lines(const struct drawing *d, unsigned panel);
/* What is documented of each bar. */
void drawing_ranges(const struct drawing *d, unsigned panel);
/* The names of a panel's curves, right of it. */
void drawing_names(const struct drawing *d, unsigned panel);

/* The command `plot` of a panel; the first one's has the legend with it. */
void drawing_plot(const struct drawing *d, unsigned panel);

#endif
