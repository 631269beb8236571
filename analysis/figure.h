/* SPDX-License-Identifier: MIT */
/*
 * Figures: which there are in a database, and what each asks for.
 *
 * A scenario describes its figures (`figures:`); they are kept as JSON beside
 * the results. An experiment without any has one that is called `auto`: its
 * first rate against its first numeric setting.
 */
#ifndef ANALYSIS_FIGURE_H
#define ANALYSIS_FIGURE_H

#include "analysis/database.h"
#include "analysis/pool.h"

enum figure_kind {
	FIGURE_LINES,
	FIGURE_TIME,
	FIGURE_PERCENTILES,
	FIGURE_BARS,
	FIGURE_EXPECTED, /* bars of expectations */
	FIGURE_STALLS,	 /* how long lost wakeups lasted */
	FIGURE_PANELS	 /* several things over one stretch of time */
};

/* How a panel shows what it has. */
enum panel_kind {
	PANEL_LINES,
	PANEL_STEPS,
	PANEL_STATES, /* a lane each, filled while it holds */
	PANEL_STRIP   /* a lane each, a dot for each value */
};

/* As listed. All texts as they stand in the database; none is NULL. */
struct figure {
	char *experiment, *scenario, *name, *title, *question, *source;
	char *spec; /* JSON; "": automatic */
};

struct figures {
	struct pool pool;
	struct figure *all;
	unsigned n;
};

#define FIGURE_AUTO "auto"

/* All of them, scenario by scenario. False: `t` says why. In either case free
 * with figures_free(). */
bool figures_read(struct figures *fs, struct database *db, struct trouble *t);
void figures_free(struct figures *fs);

/* A list of names, as YAML lets one write it: one text or several. */
struct names {
	char **all;
	unsigned n;
};

void names_add(struct pool *p, struct names *names, char *name);
bool names_has(const struct names *names, const char *name);

/* A line to compare with. */
struct ideal {
	char *label, *sql; /* an expression over the wide table's columns */
};

/* Only runs with this setting. */
struct pin {
	char *setting, *text;
};

/* A duration worth knowing: {"RTO", 1e9}. */
struct named_time {
	char *name;
	double ns;
};

/* What is documented of the bar that stands at a value of x. */
struct range_spec {
	char *value;
	char *id;	  /* of an expectation, which knows; else NULL */
	double low, high; /* in the unit of results; an open end is infinite */
};

struct panel_spec {
	enum panel_kind kind;
	char *title;
	struct names y; /* probes */
	bool log_y;
};

/* What a figure asks for. Texts that were not given are NULL, times NAN. */
struct spec {
	enum figure_kind kind;
	char *title, *x, *label_x, *label_y;
	struct names y, series, bands;
	bool log_x, log_y, stacked;
	struct ideal *ideals;
	unsigned n_ideals;
	struct pin *pins;
	unsigned n_pins;
	struct named_time *marks;
	unsigned n_marks;
	struct range_spec *ranges;
	unsigned n_ranges;
	struct panel_spec *panels;
	unsigned n_panels;
	double from, to, margin; /* ns */
	char *around;		 /* "longest_stall", "first_stall" */
};

/* Reads f->spec; everything lies in the pool. */
bool spec_read(struct spec *s, struct pool *p, const struct figure *f,
	       struct trouble *t);

#endif
