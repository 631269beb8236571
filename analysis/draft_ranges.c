/* SPDX-License-Identifier: MIT */
/*
 * Bars and what is documented of each: a range of its own, from the figure or
 * from an expectation. And bars that are expectations: what was expected
 * beside what came out.
 */
#include <math.h>
#include <string.h>

#include "analysis/draft.h"

static void add_box(struct draft *d, struct panel *p, struct range_box box)
{
	p->ranges =
		pool_grow(d->pool, p->ranges, p->n_ranges, sizeof *p->ranges);
	p->ranges[p->n_ranges++] = box;
}

/* The last of the legend. */
static void name_ranges(struct draft *d)
{
	const struct chart *c = d->chart;
	unsigned i, n = 0;

	for (i = 0; i < c->n_panels; i++)
		n += c->panels[i].n_ranges;
	if (n)
		entry_add(d, ENTRY_RANGE, "documented", 0);
}

/* Open ends are NULL in the database. */
static double end_of(sqlite3_stmt *row, int column, double open)
{
	return sqlite3_column_type(row, column) == SQLITE_NULL
		       ? open
		       : sqlite3_column_double(row, column);
}

/* --- ranges of the figure's own ------------------------------------------- */

static bool read_range(struct draft *d, struct range_spec *r, const char *unit)
{
	sqlite3_stmt *row = database_prepare(
		d->db, d->t,
		"SELECT low, high FROM v_expect WHERE experiment = ?1 AND "
		"id = ?2 AND unit = ?3 AND coalesce(low, high) IS NOT NULL",
		d->figure->experiment, r->id, unit, NULL);
	bool found;

	if (!row)
		return false;
	found = database_step(d->db, row, d->t);
	if (found) {
		r->low = end_of(row, 0, -INFINITY);
		r->high = end_of(row, 1, INFINITY);
	}
	sqlite3_finalize(row);
	return found || (!d->t->text[0] &&
			 trouble_user(d->t, "%s expects nothing of %s in %s",
				      d->figure->scenario, r->id, unit));
}

static bool is_value(const struct column *x, const struct cell *at,
		     const char *text)
{
	double value;

	if (at->text)
		return !strcmp(at->text, text);
	return unit_parse(x->unit, text, &value) &&
	       fabs(at->number - value) <= 1e-9 * fabs(value);
}

/* A value that the figure's pins leave out has no bar, and needs no range. */
static void place_range(struct draft *d, const struct range_spec *r,
			const struct places *ps)
{
	const struct column *x = wide_column(&d->wide, d->spec.x);
	unsigned i;

	for (i = 0; i < ps->n; i++)
		if (is_value(x, ps->all[i].x, r->value))
			add_box(d, &d->chart->panels[0],
				(struct range_box){i, r->low, r->high});
}

bool draft_ranges(struct draft *d, const struct places *ps)
{
	unsigned i;

	if (d->spec.n_ranges && d->chart->kind != FIGURE_BARS)
		return trouble_user(d->t, "only bars have `ranges`");
	for (i = 0; i < d->spec.n_ranges; i++) {
		struct range_spec *r = &d->spec.ranges[i];

		if (r->id && !read_range(d, r, d->chart->panels[0].y.unit.base))
			return false;
		place_range(d, r, ps);
	}
	name_ranges(d);
	return true;
}

/* --- expectations --------------------------------------------------------- */

/* The bars of a kind (fitted, predicted, observed) are a series. */
static struct curve *curve_of(struct draft *d, struct panel *p,
			      const char *kind)
{
	struct chart *c = d->chart;
	unsigned look = 0, i;

	for (i = 0; i < c->n_entries; i++) {
		if (c->entries[i].kind != ENTRY_SERIES)
			continue;
		if (!strcmp(c->entries[i].name, kind))
			break;
		look++;
	}
	if (i == c->n_entries)
		entry_add(d, ENTRY_SERIES, pool_text(d->pool, "%s", kind),
			  look);
	for (i = 0; i < p->n_curves; i++)
		if (p->curves[i].look == look)
			return &p->curves[i];
	return curve_add(d, p, look, 0);
}

static void name_expected(struct draft *d, struct panel *p, const char *metric)
{
	if (!p->y.label)
		p->y.label = pool_text(d->pool, "%s", metric);
	else if (strcmp(p->y.label, metric))
		p->y.label = "value";
}

static void add_expected(struct draft *d, sqlite3_stmt *row, const char *id)
{
	struct ticks *ticks = &d->chart->x.ticks;
	struct panel *p =
		panel_for(d, pool_text(d->pool, "%s", database_column(row, 1)));
	struct point pt = {ticks->n, end_of(row, 4, NAN), end_of(row, 5, NAN),
			   end_of(row, 6, NAN)};
	struct range_box box = {ticks->n, end_of(row, 2, -INFINITY),
				end_of(row, 3, INFINITY)};

	name_expected(d, p, database_column(row, 7));
	if (!isnan(pt.y))
		curve_point(d, curve_of(d, p, database_column(row, 0)), pt);
	if (isfinite(box.low) || isfinite(box.high))
		add_box(d, p, box);
	ticks_add(ticks, ticks->n, id);
}

/* An id may stand for several numbers, of which one, mostly, has the unit of
 * the first. */
static bool read_expected(struct draft *d, const char *id)
{
	const struct chart *c = d->chart;
	unsigned places = c->x.ticks.n;
	sqlite3_stmt *row = database_prepare(
		d->db, d->t,
		"SELECT kind, unit, low, high, value, ci_low, ci_high, "
		"coalesce(metric, 'value') FROM v_expect "
		"WHERE experiment = ?1 AND id = ?2",
		d->figure->experiment, id, NULL);

	if (!row)
		return false;
	while (database_step(d->db, row, d->t))
		if (!c->n_panels ||
		    !strcmp(c->panels[0].y.unit.base, database_column(row, 1)))
			add_expected(d, row, id);
	sqlite3_finalize(row);
	if (d->t->text[0])
		return false;
	return c->x.ticks.n > places ||
	       trouble_user(d->t, "%s expects nothing of %s in the unit of %s",
			    d->figure->scenario, id, d->spec.bands.all[0]);
}

bool draft_expected(struct draft *d)
{
	unsigned i;

	d->chart->kind = FIGURE_BARS;
	d->chart->x.named = true;
	d->chart->x.unit.base = "";
	d->chart->n_series = 1;
	d->chart->alone = true;
	for (i = 0; i < d->spec.bands.n; i++)
		if (!read_expected(d, d->spec.bands.all[i]))
			return false;
	name_ranges(d);
	return d->chart->n_panels ||
	       trouble_user(d->t, "it names no expectations as `band`");
}
