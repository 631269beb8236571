/* SPDX-License-Identifier: MIT */
/* How a series looks on paper, in gnuplot's words. */
#ifndef ANALYSIS_STYLE_H
#define ANALYSIS_STYLE_H

#include "analysis/chart.h"

struct colour {
	char text[8]; /* "#0072b2" */
};

struct colour style_colour(const struct chart *c, unsigned look);
unsigned style_mark(const struct chart *c, unsigned look);
const char *style_dash(const struct chart *c, unsigned look, unsigned dash);
/* Of a metric that shares its panel with others. */
const char *style_metric_dash(unsigned dash);

#endif
