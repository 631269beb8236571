/* SPDX-License-Identifier: MIT */
/*
 * A chart on its way: what the parts of chart.c hand to each other. The lines
 * of the wide table are sorted by series, then by x; runs that differ only in
 * their seed stand together and are one point.
 */
#ifndef ANALYSIS_DRAFT_H
#define ANALYSIS_DRAFT_H

#include "analysis/chart.h"
#include "analysis/wide.h"

/* The seeds of one point: lines[first] and the n - 1 behind it. */
struct group {
	unsigned first, n;
	unsigned series;
};

struct draft {
	struct chart *chart;
	struct pool *pool; /* the chart's */
	struct database *db;
	const struct figure *figure;
	struct spec spec;
	struct wide wide;
	struct trouble *t;
	struct names series; /* the settings that make a series */
	bool x_is_setting;   /* the last of lines.settings is x */
	struct lines lines;
	struct group *groups;
	unsigned n_groups;
	unsigned *first_line;	  /* of each series */
	unsigned n_series;	  /* all there are, drawn or not */
	unsigned seeds;		  /* the most a point has */
	const struct line *shown; /* the run of panels over time */
	const char *column;	  /* of v_stall that makes lanes; NULL */
	char *said;		  /* in the footer: what is counted, left out */
};

/* Where a bar stands. `x` is NULL where there is none. */
struct place {
	const struct cell *x;
	unsigned series; /* of a stack; else 0 */
};

struct places {
	struct place *all;
	unsigned n;
};

/* What an experiment without figures gets. */
bool spec_automatic(struct draft *d);

/* Settles which settings make series. `x`: a setting, or NULL. */
bool draft_series(struct draft *d, const char *x);
/* Reads `numbers` (metrics and expressions) and groups the runs. */
bool draft_read(struct draft *d, const struct names *numbers);
/* The columns of y, all known, quoted as SQL; false: one is unknown. */
bool draft_metrics(struct draft *d, struct names *sql);

/* "retries(20), 64KiB" */
char *series_name(struct draft *d, unsigned series);
/* "host.rest retries(20), guest.slots 256" */
char *series_long_name(struct draft *d, unsigned series);
/* How a setting's value is written: "150us", "retries(20)". */
char *cell_text(struct pool *p, const struct column *c, const struct cell *x);

/* Mean and interval of number `number` over a group. False: no seed has it. */
bool group_estimate(const struct draft *d, const struct group *g,
		    unsigned number, struct point *out);

/* Adds a panel for values in `unit`, or gives the one there is. */
struct panel *panel_for(struct draft *d, const char *unit);
struct curve *curve_add(struct draft *d, struct panel *p, unsigned look,
			unsigned dash);
void curve_point(struct draft *d, struct curve *c, struct point pt);
void entry_add(struct draft *d, enum entry_kind kind, char *name,
	       unsigned number);

/* The kinds of chart. */
bool draft_lines(struct draft *d);
bool draft_time(struct draft *d);
bool draft_percentiles(struct draft *d);
bool draft_expected(struct draft *d);
bool draft_stalls(struct draft *d);
bool draft_panels(struct draft *d);

/* The unit of what is sampled under a name. */
const char *probe_unit(struct draft *d, const char *probe);

/* The bars' places, and the x axis with their names. */
void find_places(struct draft *d, struct places *ps);
/* x of a group: its place, or the setting's number where x is one. */
double place_of(const struct draft *d, const struct places *ps,
		const struct group *g);
const char *metric_unit(const struct draft *d, unsigned metric);

/* Bars that are stacked. False: they cannot be. */
bool stack_begin(struct draft *d);
/* What tells a part from the others, behind `common` letters. */
char *stack_name(struct draft *d, unsigned metric, size_t common);
void stack_add(struct draft *d, struct panel *p, unsigned metric, unsigned look,
	       const struct places *ps);
char *stack_axis(struct draft *d);

/* What is documented of each bar. */
bool draft_ranges(struct draft *d, const struct places *ps);

void flag_add(struct draft *d, char *text, double from, double to);
/* Empties the curve as far as nobody would see the difference. */
void curve_thin(struct curve *c, bool means);

/* Documented ranges, from v_expect; wants the panels. */
bool draft_bands(struct draft *d);

/* Which series looks how. */
void draft_looks(struct draft *d);

/* Chooses units, ranges and ticks, and brings all numbers into them. */
void draft_axes(struct draft *d);
void draft_lanes(struct panel *p);     /* the axis of a panel of lanes */
void draft_durations(struct draft *d); /* the x axis of stalls */
void draft_scale(struct draft *d);     /* its last step */

/* Title, subtitle, footer, command. */
void draft_words(struct draft *d);

#endif
