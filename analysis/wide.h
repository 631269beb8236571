/* SPDX-License-Identifier: MIT */
/*
 * The wide table of an experiment: a row per run, a column per swept setting
 * and per metric. Here it is asked for the columns a figure needs.
 */
#ifndef ANALYSIS_WIDE_H
#define ANALYSIS_WIDE_H

#include "analysis/figure.h"

struct column {
	char *name, *unit;  /* "": not known */
	bool setting;	    /* swept; otherwise a metric */
	bool number;	    /* all its values are; meaningful for settings */
	unsigned distinct;  /* how many values; meaningful for settings */
	double least, most; /* meaningful for settings that are numbers */
};

struct wide {
	struct pool *pool;
	const struct figure *figure;
	struct column *columns;
	unsigned n_columns;
};

/* A value as it stands in the table. */
struct cell {
	const char *text; /* NULL: it is a number */
	double number;	  /* NAN: there is none; of a text: its rank */
};

/* One run: the settings asked for, then the numbers. */
struct line {
	const char *run;
	double seed;
	struct cell *settings;
	double *numbers;
};

struct lines {
	const struct column **settings;
	struct names *known; /* the texts of each setting, by rank */
	unsigned n_settings, n_numbers;
	struct line *all;
	unsigned n;
};

/* Which columns there are. From now on `db` admits this wide table. */
bool wide_open(struct wide *w, struct pool *pool, struct database *db,
	       const struct figure *f, struct trouble *t);

/* NULL: there is none. */
const struct column *wide_column(const struct wide *w, const char *name);

/* Adds to `settings` those that differ between runs which agree in what is
 * listed so far and are not pinned. */
bool wide_add_varied(struct wide *w, struct database *db, const struct spec *s,
		     struct names *settings, struct trouble *t);

/*
 * Reads the runs that the figure's pins let through: `settings` are columns,
 * `numbers` SQL expressions over the table, which they may call `this`, as
 * expectations do. In the order of the settings (numbers before
 * texts, texts as the sweep has them), then of seeds.
 */
bool wide_read(struct wide *w, struct database *db, const struct spec *s,
	       const struct names *settings, const struct names *numbers,
	       struct lines *out, struct trouble *t);

/* For both: the figure's pins, and a list after a 1, as SQL. */
char *wide_conditions(struct wide *w, const struct spec *s);
char *wide_joined(struct pool *p, const struct names *names, bool quote);

/* By number, or by rank. */
int cell_compare(const struct cell *a, const struct cell *b);

/* The name of a column as SQL: in double quotes. */
char *sql_name(struct pool *p, const char *name);

#endif
