/* SPDX-License-Identifier: MIT */
/* The documented ranges behind the curves, from the experiment's verdicts. */
#include <math.h>
#include <string.h>

#include "analysis/draft.h"

/* Open ends are NULL in the database. */
static double end_of(sqlite3_stmt *row, int column, double open)
{
	return sqlite3_column_type(row, column) == SQLITE_NULL
		       ? open
		       : sqlite3_column_double(row, column);
}

static bool add_band(struct draft *d, const char *id, sqlite3_stmt *row)
{
	const char *unit = database_column(row, 1);
	struct chart *c = d->chart;
	struct panel *p = c->panels;
	struct band *b;

	while (p < c->panels + c->n_panels && strcmp(p->y.unit.base, unit))
		p++;
	if (p == c->panels + c->n_panels)
		return trouble_user(d->t,
				    "the range of %s is in %s; none of its "
				    "axes is",
				    id, unit);
	for (; p < c->panels + c->n_panels; p++) {
		if (strcmp(p->y.unit.base, unit))
			continue;
		p->bands = pool_grow(d->pool, p->bands, p->n_bands,
				     sizeof *p->bands);
		b = &p->bands[p->n_bands++];
		b->id = pool_text(d->pool, "%s", id);
		b->kind = pool_text(d->pool, "%s", database_column(row, 0));
		b->low = end_of(row, 2, -INFINITY);
		b->high = end_of(row, 3, INFINITY);
	}
	return true;
}

static bool read_band(struct draft *d, const char *id)
{
	sqlite3_stmt *row =
		database_prepare(d->db, d->t,
				 "SELECT kind, unit, low, high FROM v_expect "
				 "WHERE experiment = ?1 AND id = ?2",
				 d->figure->experiment, id, NULL);
	bool good;

	if (!row)
		return false;
	if (database_step(d->db, row, d->t))
		good = add_band(d, id, row);
	else
		good = !d->t->text[0] && trouble_user(d->t, "%s expects no %s",
						      d->figure->scenario, id);
	sqlite3_finalize(row);
	return good;
}

bool draft_bands(struct draft *d)
{
	unsigned i;

	for (i = 0; i < d->spec.bands.n; i++)
		if (!read_band(d, d->spec.bands.all[i]))
			return false;
	return true;
}
