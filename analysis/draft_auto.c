/* SPDX-License-Identifier: MIT */
/*
 * The figure of an experiment that asks for none: its first rate against the
 * first setting that is a number; other settings become series by themselves.
 */
#include <string.h>

#include "analysis/draft.h"

static const struct column *first_setting(const struct wide *w, bool number)
{
	unsigned i;

	for (i = 0; i < w->n_columns; i++) {
		const struct column *c = &w->columns[i];

		if (c->setting && c->distinct > 1 && c->number == number)
			return c;
	}
	return NULL;
}

/* Packets before notifications, any rate before anything else. */
static const struct column *first_metric(const struct wide *w)
{
	const struct column *best = NULL;
	unsigned i, rank, best_rank = 0;

	for (i = 0; i < w->n_columns; i++) {
		const struct column *c = &w->columns[i];
		const char *end = strrchr(c->name, '.');
		bool rate = end && !strcmp(end, ".rate");

		rank = 1 + rate + (rate && !strcmp(c->unit, "pps"));
		if (c->setting || rank <= best_rank)
			continue;
		best = c;
		best_rank = rank;
	}
	return best;
}

/* Over a decade and more a sweep is meant by its factors. */
static bool wants_log(const struct column *x)
{
	return x->number && x->least > 0 && x->most / x->least >= 10;
}

/* The ranges the scenario expects of the metric, if they are few. */
static bool add_ranges(struct draft *d, const char *metric)
{
	sqlite3_stmt *row = database_prepare(
		d->db, d->t,
		"SELECT DISTINCT id FROM v_expect WHERE experiment = ?1 "
		"AND metric = ?2 AND coalesce(low, high) IS NOT NULL LIMIT 4",
		d->figure->experiment, metric, NULL);

	if (!row)
		return false;
	while (database_step(d->db, row, d->t))
		names_add(d->pool, &d->spec.bands,
			  pool_text(d->pool, "%s", database_column(row, 0)));
	sqlite3_finalize(row);
	return !d->t->text[0];
}

bool spec_automatic(struct draft *d)
{
	const struct column *x = first_setting(&d->wide, true);
	const struct column *y = first_metric(&d->wide);
	struct spec *s = &d->spec;

	*s = (struct spec){.kind = x ? FIGURE_LINES : FIGURE_BARS};
	if (!y)
		return trouble_user(d->t, "%s has no metrics",
				    d->figure->scenario);
	if (!x)
		x = first_setting(&d->wide, false);
	if (x) {
		s->x = x->name;
		s->log_x = wants_log(x);
	}
	names_add(d->pool, &s->y, y->name);
	s->title =
		x ? pool_text(d->pool, "%s: %s against %s", d->figure->scenario,
			      y->name, x->name)
		  : pool_text(d->pool, "%s: %s", d->figure->scenario, y->name);
	return add_ranges(d, y->name);
}
