/* SPDX-License-Identifier: MIT */
/* The runs of a figure, in the order of its series, x and seeds. */
#define _GNU_SOURCE /* qsort_r */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/wide.h"

/* Texts are ranked as they come: runs are numbered along the sweep, so the
 * first text of the scenario's list is met first. */
static void rank_text(struct wide *w, struct names *known, struct cell *c)
{
	unsigned i;

	for (i = 0; i < known->n; i++)
		if (!strcmp(known->all[i], c->text))
			break;
	if (i == known->n)
		names_add(w->pool, known, (char *)c->text);
	c->number = i;
}

static struct cell cell_read(struct pool *p, sqlite3_stmt *row, int column)
{
	struct cell c = {.number = NAN};

	switch (sqlite3_column_type(row, column)) {
	case SQLITE_INTEGER:
	case SQLITE_FLOAT:
		c.number = sqlite3_column_double(row, column);
		break;
	case SQLITE_TEXT:
		c.text = pool_text(p, "%s", database_column(row, column));
		break;
	}
	return c;
}

static void add_line(struct wide *w, struct lines *ls, sqlite3_stmt *row)
{
	struct line *l;
	unsigned i;
	int at = 2;

	ls->all = pool_grow(w->pool, ls->all, ls->n, sizeof *ls->all);
	l = &ls->all[ls->n++];
	l->run = pool_text(w->pool, "%s", database_column(row, 0));
	l->seed = sqlite3_column_double(row, 1);
	l->settings = pool_alloc(w->pool, ls->n_settings * sizeof *l->settings);
	l->numbers = pool_alloc(w->pool, ls->n_numbers * sizeof *l->numbers);
	for (i = 0; i < ls->n_settings; i++) {
		l->settings[i] = cell_read(w->pool, row, ++at);
		if (l->settings[i].text)
			rank_text(w, &ls->known[i], &l->settings[i]);
	}
	for (i = 0, at++; i < ls->n_numbers; i++)
		l->numbers[i] = cell_read(w->pool, row, ++at).number;
}

static int number_compare(double a, double b)
{
	return (a > b) - (a < b);
}

int cell_compare(const struct cell *a, const struct cell *b)
{
	if (!a->text != !b->text)
		return a->text ? 1 : -1;
	if (isnan(a->number) || isnan(b->number))
		return isnan(b->number) - isnan(a->number);
	return number_compare(a->number, b->number);
}

static int line_compare(const void *a, const void *b, void *lines)
{
	const struct line *x = a, *y = b;
	const struct lines *ls = lines;
	int order = 0;
	unsigned i;

	for (i = 0; !order && i < ls->n_settings; i++)
		order = cell_compare(&x->settings[i], &y->settings[i]);
	if (!order)
		order = number_compare(x->seed, y->seed);
	return order ? order : strcmp(x->run, y->run);
}

static void name_settings(struct wide *w, const struct names *settings,
			  struct lines *out)
{
	unsigned i;

	out->settings =
		pool_alloc(w->pool, (settings->n + 1) * sizeof *out->settings);
	out->known =
		pool_alloc(w->pool, (settings->n + 1) * sizeof *out->known);
	for (i = 0; i < settings->n; i++)
		out->settings[i] = wide_column(w, settings->all[i]);
}

bool wide_read(struct wide *w, struct database *db, const struct spec *s,
	       const struct names *settings, const struct names *numbers,
	       struct lines *out, struct trouble *t)
{
	char *sql = pool_text(w->pool,
			      "WITH this AS (SELECT * FROM %s) "
			      "SELECT run, seed, %s, %s FROM this "
			      "WHERE %s ORDER BY run",
			      sql_name(w->pool, db->wide),
			      wide_joined(w->pool, settings, true),
			      wide_joined(w->pool, numbers, false),
			      wide_conditions(w, s));
	sqlite3_stmt *row = database_prepare(db, t, sql, NULL);

	*out = (struct lines){.n_settings = settings->n,
			      .n_numbers = numbers->n};
	name_settings(w, settings, out);
	if (!row)
		return false;
	if (sqlite3_column_count(row) != (int)(4 + settings->n + numbers->n)) {
		sqlite3_finalize(row);
		return trouble_user(t, "an expression is one value");
	}
	while (database_step(db, row, t))
		add_line(w, out, row);
	sqlite3_finalize(row);
	if (t->text[0])
		return false;
	if (out->n)
		qsort_r(out->all, out->n, sizeof *out->all, line_compare, out);
	return true;
}
