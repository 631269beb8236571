/* SPDX-License-Identifier: MIT */
/*
 * A chart: what a figure shows, with every number computed and every text
 * chosen, and nothing said about how it is drawn. It is read from the database
 * (chart.c and its helpers) and handed to gnuplot (gnuplot.c).
 *
 * A chart has one x axis and one panel per unit on the y axis, one above the
 * other; a chart of windowed rates over time has one panel per series instead,
 * all with the same scale. A series is one combination of settings: it has one
 * look (colour and mark) in all panels. Where a panel shows several metrics
 * these differ by their dashes.
 *
 * Some panels have lanes instead of a scale: a lane is 1 high, the first is
 * the uppermost.
 */
#ifndef ANALYSIS_CHART_H
#define ANALYSIS_CHART_H

#include <stdint.h>

#include "analysis/database.h"
#include "analysis/figure.h"
#include "analysis/ticks.h"
#include "analysis/units.h"

/* All in the units of their axes. */
struct point {
	double x, y;
	double low, high; /* 95 % confidence; NAN: one seed, no interval */
};

struct curve {
	unsigned look; /* of its series */
	unsigned dash; /* of its metric; 0 where there is one */
	bool theory;   /* a formula: no marks, no interval */
	bool dressed;  /* theory that differs from series to series */
	bool hollow;   /* dots that are told from the others of their look */
	char *name;    /* stands beside the panel; NULL: see the legend */
	struct point *points;
	unsigned n;
};

/* A documented range. An open end is -INFINITY or INFINITY. */
struct band {
	char *id, *kind; /* "S1.bh", "fitted" */
	char *words;	 /* "250–300 kpps, fitted" */
	double low, high;
};

/* What is documented of the bar at a place of the x axis. */
struct range_box {
	double x, low, high; /* an open end is infinite */
};

/*
 * Words above the panels, and what they are about: a stretch of the x axis,
 * which is shaded in all panels; or, where `to` is `from`, a line through all.
 */
struct flag {
	char *text;
	double from, to;
};

struct axis {
	char *label; /* with the unit */
	struct unit unit;
	bool log;
	bool named; /* the ticks name things that have no order of their own */
	double low, high;
	struct ticks ticks;
};

struct panel {
	struct axis y;
	enum panel_kind kind;
	unsigned n_lanes; /* 0: it has a scale */
	bool tight;	  /* its scale need not begin at zero */
	struct curve *curves;
	unsigned n_curves;
	struct band *bands;
	unsigned n_bands;
	struct range_box *ranges;
	unsigned n_ranges;
	char *name;	/* of its only series; NULL: see the legend */
	char *notes[3]; /* beside the panel; NULL: none */
};

enum entry_kind {
	ENTRY_SERIES, /* a look, and its dash if dashes are not metrics' */
	ENTRY_METRIC, /* a dash */
	ENTRY_THEORY,
	ENTRY_RANGE /* what is documented of each bar */
};

struct entry {
	enum entry_kind kind;
	char *name;
	unsigned number; /* of the look, of the dash */
};

/*
 * How a series is told from the others. Few series have a hue each. Of many,
 * those of one family ("spin(5us)", "spin(10us)") share a hue and differ by
 * its shade.
 */
struct look {
	unsigned hue, mark, dash;
	double shade; /* 1: full, 0: white */
};

#define MAX_SERIES 24
#define MAX_PANELS 6
/* More words than these nobody reads; the rest is only shaded. */
#define MAX_FLAGS 12

struct chart {
	struct pool pool; /* owns everything below */
	enum figure_kind kind;
	char *title, *subtitle; /* subtitle may be "" */
	char *footer, *command;
	struct axis x;
	struct panel panels[MAX_PANELS];
	unsigned n_panels;
	struct flag *flags; /* the first MAX_FLAGS of them have their words */
	unsigned n_flags;
	char *legend;	       /* what the series are: "host.rest" */
	struct entry *entries; /* none: a legend would say nothing */
	unsigned n_entries;
	unsigned n_series;
	struct look
		looks[MAX_SERIES]; /* of series; of metrics if n_series is 1 */
	bool alone;		   /* of bars: each has its place for itself */
	bool stacked;		   /* bars, each curve upon the one before */
	bool intervals; /* shown; of many series they would hide each other */
	bool zeros;	/* are not shown, on a logarithmic axis */
	bool metrics_dashed; /* dashes tell metrics apart, not series */
};

/*
 * Reads the chart of a figure. NULL: the figure asks for something the
 * database does not have; `t` says what. Freed with chart_free().
 */
struct chart *chart_build(struct database *db, const struct figure *f,
			  struct trouble *t);
void chart_free(struct chart *c);

#endif
