/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/lanes.h"

#define MAX_LANES 12

/* A column of v_stall that makes lanes. */
static const char *const columns[] = {"cause", "waiter", "rescued_by",
				      "awaited"};

#define NUM_COLUMNS (sizeof columns / sizeof *columns)

static const char *column_named(const char *name)
{
	size_t i;

	for (i = 0; i < NUM_COLUMNS; i++)
		if (!strcmp(columns[i], name))
			return columns[i];
	return NULL;
}

/* Takes the column out of the series, which are otherwise settings. Where
 * nothing is said, lanes are causes. */
static bool take_column(struct draft *d, const char **column)
{
	struct names all = d->spec.series, settings = {0};
	unsigned i;

	*column = all.n ? NULL : columns[0];
	for (i = 0; i < all.n; i++) {
		const char *found = column_named(all.all[i]);

		if (found && *column && found != *column)
			return trouble_user(d->t,
					    "stalls are told apart by %s or by "
					    "%s, not by both",
					    *column, found);
		if (found)
			*column = found;
		else
			names_add(d->pool, &settings, all.all[i]);
	}
	d->spec.series = settings;
	return true;
}

static struct lane *lane_for(struct draft *d, struct lanes *ls, unsigned series,
			     const char *name)
{
	unsigned i;

	for (i = 0; i < ls->n; i++)
		if (ls->all[i].series == series &&
		    !strcmp(ls->all[i].name, name))
			return &ls->all[i];
	ls->all = pool_grow(d->pool, ls->all, ls->n, sizeof *ls->all);
	ls->all[ls->n] = (struct lane){.series = series,
				       .name = pool_text(d->pool, "%s", name)};
	return &ls->all[ls->n++];
}

static void add_stall(struct draft *d, struct lanes *ls, unsigned series,
		      sqlite3_stmt *row)
{
	double duration = sqlite3_column_double(row, 0);
	bool open = !*database_column(row, 1);
	const char *name = database_column(row, 2);
	struct lane *l;
	struct stalls *s;

	if (duration < d->spec.from || duration <= 0) {
		ls->short_ones++;
		return;
	}
	if (duration > d->spec.to) {
		ls->long_ones++;
		return;
	}
	if (!*name && sqlite3_column_count(row) > 3)
		name = "nothing";
	l = lane_for(d, ls, series, name);
	s = open ? &l->open : &l->ended;
	s->all = pool_grow(d->pool, s->all, s->n, sizeof *s->all);
	s->all[s->n++] = duration;
	l->total += duration;
}

/* The oracle has counted all stalls, and the longest were kept. */
static bool count_lost(struct draft *d, struct lanes *ls, const char *run)
{
	sqlite3_stmt *row = database_prepare(
		d->db, d->t,
		"SELECT max(value) - (SELECT count(*) FROM v_stall WHERE "
		"run = ?1) FROM v_result WHERE run = ?1 AND "
		"metric = 'run.stalls'",
		run, NULL);

	if (!row)
		return false;
	if (database_step(d->db, row, d->t))
		ls->lost += fmax(sqlite3_column_double(row, 0), 0);
	sqlite3_finalize(row);
	return !d->t->text[0];
}

static bool read_run(struct draft *d, struct lanes *ls, const char *column,
		     unsigned series, const char *run)
{
	sqlite3_stmt *row = database_prepare(
		d->db, d->t,
		pool_text(d->pool,
			  "SELECT duration_ns, rescued_by, %s FROM v_stall "
			  "WHERE run = ?1",
			  column ? pool_text(d->pool, "%s, 1", column) : "''"),
		run, NULL);

	if (!row)
		return false;
	while (database_step(d->db, row, d->t))
		add_stall(d, ls, series, row);
	sqlite3_finalize(row);
	return !d->t->text[0] && count_lost(d, ls, run);
}

/* A series without stalls has an empty lane: that there are none is what the
 * figure says of it. */
static bool read_series(struct draft *d, struct lanes *ls, const char *column,
			unsigned series)
{
	unsigned i, k, before = ls->n;

	for (i = 0; i < d->n_groups; i++) {
		const struct group *g = &d->groups[i];

		for (k = 0; g->series == series && k < g->n; k++)
			if (!read_run(d, ls, column, series,
				      d->lines.all[g->first + k].run))
				return false;
	}
	if (ls->n == before)
		lane_for(d, ls, series, "");
	return true;
}

/* Series as the sweep has them; within, what cost most time first. */
static int compare_lanes(const void *a, const void *b)
{
	const struct lane *x = a, *y = b;

	if (x->series != y->series)
		return x->series < y->series ? -1 : 1;
	if (x->total != y->total)
		return x->total > y->total ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int compare_doubles(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void sort(struct stalls *s)
{
	if (s->n)
		qsort(s->all, s->n, sizeof *s->all, compare_doubles);
}

static char *left_out(struct draft *d, const struct lanes *ls)
{
	char *text = "", length[64];

	if (ls->short_ones)
		text = pool_text(d->pool, ", %u shorter than %s",
				 ls->short_ones,
				 unit_text("ns", fmax(d->spec.from, 0), length,
					   sizeof length));
	if (ls->long_ones)
		text = pool_text(
			d->pool, "%s, %u longer than %s", text, ls->long_ones,
			unit_text("ns", d->spec.to, length, sizeof length));
	return text;
}

static void say_the_rest(struct draft *d, const struct lanes *ls, unsigned all)
{
	unsigned i, open = 0;

	d->said = left_out(d, ls);
	for (i = 0; i < ls->n; i++)
		open += ls->all[i].open.n;
	if (open)
		d->said = pool_text(d->pool,
				    "%s, %u until the end of the run (hollow)",
				    d->said, open);
	if (ls->lost > 0)
		d->said = pool_text(d->pool, "%s, %.0f shorter ones not kept",
				    d->said, ls->lost);
	if (all > ls->n)
		d->said = pool_text(d->pool, "%s, %u of %u lanes", d->said,
				    ls->n, all);
}

bool lanes_read(struct draft *d, struct lanes *ls)
{
	struct names numbers = {0};
	const char *column;
	unsigned i, all;

	if (!take_column(d, &column) || !draft_series(d, NULL) ||
	    !draft_read(d, &numbers))
		return false;
	for (i = 0; i < d->n_series; i++)
		if (!read_series(d, ls, column, i))
			return false;
	qsort(ls->all, ls->n, sizeof *ls->all, compare_lanes);
	all = ls->n;
	if (ls->n > MAX_LANES)
		ls->n = MAX_LANES;
	for (i = 0; i < ls->n; i++) {
		sort(&ls->all[i].ended);
		sort(&ls->all[i].open);
	}
	say_the_rest(d, ls, all);
	d->column = column;
	return true;
}
