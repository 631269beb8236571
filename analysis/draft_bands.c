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

static void add_band(struct draft *d, struct panel *p, const char *id,
		     sqlite3_stmt *row)
{
	struct band *b;

	p->bands = pool_grow(d->pool, p->bands, p->n_bands, sizeof *p->bands);
	b = &p->bands[p->n_bands++];
	b->id = pool_text(d->pool, "%s", id);
	b->kind = pool_text(d->pool, "%s", database_column(row, 0));
	b->low = end_of(row, 2, -INFINITY);
	b->high = end_of(row, 3, INFINITY);
}

/* In all panels of its unit; false: there is none. */
static bool add_bands(struct draft *d, const char *id, sqlite3_stmt *row)
{
	const char *unit = database_column(row, 1);
	bool added = false;
	unsigned i;

	for (i = 0; i < d->chart->n_panels; i++) {
		struct panel *p = &d->chart->panels[i];

		if (strcmp(p->y.unit.base, unit))
			continue;
		add_band(d, p, id, row);
		added = true;
	}
	return added;
}

/* An id may stand for several numbers, of which one can be drawn here. */
static bool read_band(struct draft *d, const char *id)
{
	sqlite3_stmt *row =
		database_prepare(d->db, d->t,
				 "SELECT kind, unit, low, high FROM v_expect "
				 "WHERE experiment = ?1 AND id = ?2 "
				 "AND coalesce(low, high) IS NOT NULL",
				 d->figure->experiment, id, NULL);
	bool added = false;

	if (!row)
		return false;
	while (database_step(d->db, row, d->t))
		added |= add_bands(d, id, row);
	sqlite3_finalize(row);
	if (d->t->text[0])
		return false;
	return added || trouble_user(d->t,
				     "%s expects nothing of %s in the unit of "
				     "one of its axes",
				     d->figure->scenario, id);
}

bool draft_bands(struct draft *d)
{
	unsigned i;

	for (i = 0; i < d->spec.bands.n; i++)
		if (!read_band(d, d->spec.bands.all[i]))
			return false;
	return true;
}
