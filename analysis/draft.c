/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/draft.h"
#include "analysis/estimate.h"

static bool setting_known(struct draft *d, const char *name)
{
	const struct column *c = wide_column(&d->wide, name);

	if (c && c->setting)
		return true;
	return trouble_user(d->t, "%s is not swept in %s", name,
			    d->figure->scenario);
}

/* Settings that differ and are neither x nor named would be averaged over
 * without a word; they make series too. */
bool draft_series(struct draft *d, const char *x)
{
	struct names all = {0};
	unsigned i;

	for (i = 0; i < d->spec.series.n; i++) {
		if (!setting_known(d, d->spec.series.all[i]))
			return false;
		if (!names_has(&all, d->spec.series.all[i]))
			names_add(d->pool, &all, d->spec.series.all[i]);
	}
	if (x && !setting_known(d, x))
		return false;
	d->x_is_setting = x != NULL;
	if (x && !names_has(&all, x))
		names_add(d->pool, &all, (char *)x);
	if (!wide_add_varied(&d->wide, d->db, &d->spec, &all, d->t))
		return false;
	for (i = 0; i < all.n; i++)
		if (!x || strcmp(all.all[i], x))
			names_add(d->pool, &d->series, all.all[i]);
	return true;
}

static bool same_settings(const struct draft *d, unsigned a, unsigned b,
			  unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++)
		if (cell_compare(&d->lines.all[a].settings[i],
				 &d->lines.all[b].settings[i]))
			return false;
	return true;
}

static void add_series(struct draft *d, unsigned line)
{
	d->first_line = pool_grow(d->pool, d->first_line, d->n_series,
				  sizeof *d->first_line);
	d->first_line[d->n_series++] = line;
}

static void add_group(struct draft *d, unsigned line)
{
	d->groups =
		pool_grow(d->pool, d->groups, d->n_groups, sizeof *d->groups);
	d->groups[d->n_groups++] =
		(struct group){.first = line, .series = d->n_series - 1};
}

static void group_lines(struct draft *d)
{
	unsigned i;

	for (i = 0; i < d->lines.n; i++) {
		struct group *g;

		if (!i || !same_settings(d, i - 1, i, d->series.n))
			add_series(d, i);
		if (!i || !same_settings(d, i - 1, i, d->lines.n_settings))
			add_group(d, i);
		g = &d->groups[d->n_groups - 1];
		if (++g->n > d->seeds)
			d->seeds = g->n;
	}
}

bool draft_read(struct draft *d, const struct names *numbers)
{
	struct names settings = {0};
	unsigned i;

	for (i = 0; i < d->series.n; i++)
		names_add(d->pool, &settings, d->series.all[i]);
	if (d->x_is_setting)
		names_add(d->pool, &settings, d->spec.x);
	if (!wide_read(&d->wide, d->db, &d->spec, &settings, numbers, &d->lines,
		       d->t))
		return false;
	group_lines(d);
	d->chart->n_series =
		d->n_series < MAX_SERIES ? d->n_series : MAX_SERIES;
	if (d->lines.n)
		return true;
	return trouble_user(d->t, "no run of %s has the settings it asks for",
			    d->figure->scenario);
}

bool draft_metrics(struct draft *d, struct names *sql)
{
	unsigned i;

	for (i = 0; i < d->spec.y.n; i++) {
		const char *name = d->spec.y.all[i];
		const struct column *c = wide_column(&d->wide, name);

		if (!c || c->setting)
			return trouble_user(d->t, "%s is no metric of %s", name,
					    d->figure->scenario);
		names_add(d->pool, sql, sql_name(d->pool, name));
	}
	return d->spec.y.n || trouble_user(d->t, "it names no metric as `y`");
}

/* "adaptive(0.2)" is stored; people write adaptive(20%). A bare number below
 * one that a choice takes is a share: times and sizes have their units. */
static char *choice_text(struct pool *p, const char *text)
{
	const char *open = strchr(text, '(');
	char *end;
	double share = open ? strtod(open + 1, &end) : 0;

	if (share <= 0 || share >= 1 || strcmp(end, ")"))
		return pool_text(p, "%s", text);
	return pool_text(p, "%.*s(%.9g%%)", (int)(open - text), text,
			 100 * share);
}

char *cell_text(struct pool *p, const struct column *c, const struct cell *x)
{
	char text[64];

	if (x->text)
		return choice_text(p, x->text);
	if (isnan(x->number))
		return "none";
	return pool_text(p, "%s",
			 unit_text(c->unit, x->number, text, sizeof text));
}

char *series_name(struct draft *d, unsigned series)
{
	const struct line *l = &d->lines.all[d->first_line[series]];
	char *name = "";
	unsigned i;

	for (i = 0; i < d->series.n; i++)
		name = pool_text(d->pool, "%s%s%s", name, i ? ", " : "",
				 cell_text(d->pool, d->lines.settings[i],
					   &l->settings[i]));
	return name;
}

char *series_long_name(struct draft *d, unsigned series)
{
	const struct line *l = &d->lines.all[d->first_line[series]];
	char *name = "";
	unsigned i;

	for (i = 0; i < d->series.n; i++)
		name = pool_text(d->pool, "%s%s%s %s", name, i ? ", " : "",
				 d->series.all[i],
				 cell_text(d->pool, d->lines.settings[i],
					   &l->settings[i]));
	return name;
}

bool group_estimate(const struct draft *d, const struct group *g,
		    unsigned number, struct point *out)
{
	double *values = pool_alloc(d->pool, g->n * sizeof *values);
	struct estimate e;
	unsigned i, n = 0;

	for (i = 0; i < g->n; i++) {
		values[n] = d->lines.all[g->first + i].numbers[number];
		n += isfinite(values[n]);
	}
	if (!n)
		return false;
	e = estimate_of(values, n);
	out->y = e.mean;
	out->low = e.mean - e.half;
	out->high = e.mean + e.half;
	return true;
}

struct panel *panel_for(struct draft *d, const char *unit)
{
	struct chart *c = d->chart;
	struct panel *p = c->panels;

	for (; p < c->panels + c->n_panels; p++)
		if (!strcmp(p->y.unit.base, unit))
			return p;
	if (c->n_panels == MAX_PANELS)
		return NULL;
	c->n_panels++;
	p->y.unit.base = unit;
	p->y.log = d->spec.log_y;
	return p;
}

struct curve *curve_add(struct draft *d, struct panel *p, unsigned look,
			unsigned dash)
{
	p->curves =
		pool_grow(d->pool, p->curves, p->n_curves, sizeof *p->curves);
	p->curves[p->n_curves] = (struct curve){.look = look, .dash = dash};
	return &p->curves[p->n_curves++];
}

void curve_point(struct draft *d, struct curve *c, struct point pt)
{
	c->points = pool_grow(d->pool, c->points, c->n, sizeof *c->points);
	c->points[c->n++] = pt;
}

void flag_add(struct draft *d, char *text, double from, double to)
{
	struct chart *c = d->chart;

	c->flags = pool_grow(d->pool, c->flags, c->n_flags, sizeof *c->flags);
	c->flags[c->n_flags++] = (struct flag){text, from, to};
}

void entry_add(struct draft *d, enum entry_kind kind, char *name,
	       unsigned number)
{
	struct chart *c = d->chart;

	c->entries = pool_grow(d->pool, c->entries, c->n_entries,
			       sizeof *c->entries);
	c->entries[c->n_entries++] = (struct entry){kind, name, number};
}
