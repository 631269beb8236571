/* SPDX-License-Identifier: MIT */
/*
 * Metrics against a setting: lines where the setting is a number, bars where
 * it is a text.
 */
#include <math.h>
#include <string.h>

#include "analysis/draft.h"

static bool add_ideals(struct draft *d, struct names *numbers)
{
	unsigned i;

	for (i = 0; i < d->spec.n_ideals; i++) {
		char *sql = d->spec.ideals[i].sql;

		if (!database_sql_is_plain(sql))
			return trouble_user(d->t, "`ideal` may not use WITH");
		names_add(d->pool, numbers, sql);
	}
	return true;
}

/* The means of number `number`, along x. */
static void fill_curve(struct draft *d, struct curve *c, unsigned series,
		       unsigned number, const struct places *ps)
{
	unsigned i;

	for (i = 0; i < d->n_groups; i++) {
		const struct group *g = &d->groups[i];
		struct point pt;

		if (g->series != series || !group_estimate(d, g, number, &pt))
			continue;
		pt.x = place_of(d, ps, g);
		if (isfinite(pt.x))
			curve_point(d, c, pt);
	}
}

const char *metric_unit(const struct draft *d, unsigned metric)
{
	return wide_column(&d->wide, d->spec.y.all[metric])->unit;
}

static unsigned metrics_with_unit(const struct draft *d, const char *unit)
{
	unsigned i, n = 0;

	for (i = 0; i < d->spec.y.n; i++)
		n += !strcmp(metric_unit(d, i), unit);
	return n;
}

/* How many letters the metrics of a unit have in common, whole words only:
 * "app.latency." of app.latency.p50 and app.latency.p99. */
static size_t common_words(const struct draft *d, const char *unit)
{
	const char *first = NULL;
	size_t n = 0;
	unsigned i;

	for (i = 0; i < d->spec.y.n; i++) {
		const char *name = d->spec.y.all[i];
		size_t k = 0;

		if (strcmp(metric_unit(d, i), unit))
			continue;
		if (!first) {
			first = name;
			n = strlen(name);
		}
		while (k < n && name[k] == first[k])
			k++;
		n = k;
	}
	while (n && first[n - 1] != '.')
		n--;
	return n;
}

/* What they have in common names the axis; else all of them do. */
static char *panel_label(struct draft *d, const char *unit)
{
	size_t common = common_words(d, unit);
	bool shared = metrics_with_unit(d, unit) > 1 && common;
	char *all = NULL;
	unsigned i;

	for (i = 0; i < d->spec.y.n; i++) {
		char *name = d->spec.y.all[i];

		if (strcmp(metric_unit(d, i), unit))
			continue;
		if (shared)
			return pool_text(d->pool, "%.*s", (int)common - 1,
					 name);
		all = all ? pool_text(d->pool, "%s, %s", all, name) : name;
	}
	return all;
}

/* The dash of a metric that shares its panel: metrics with the same last word
 * have the same. */
static unsigned dash_of(struct draft *d, unsigned metric)
{
	struct chart *c = d->chart;
	const char *unit = metric_unit(d, metric);
	char *name = d->chart->stacked
			     ? stack_name(d, metric, common_words(d, unit))
			     : d->spec.y.all[metric] + common_words(d, unit);
	enum entry_kind kind = c->metrics_dashed ? ENTRY_METRIC : ENTRY_SERIES;
	unsigned i, dash = 0;

	if (metrics_with_unit(d, unit) < 2)
		return 0;
	for (i = 0; i < c->n_entries; i++) {
		if (c->entries[i].kind != kind)
			continue;
		if (!strcmp(c->entries[i].name, name))
			return c->entries[i].number;
		dash++;
	}
	entry_add(d, kind, name, dash);
	return dash;
}

static bool add_metric(struct draft *d, unsigned metric,
		       const struct places *ps)
{
	struct chart *c = d->chart;
	struct panel *p = panel_for(d, metric_unit(d, metric));
	unsigned dash = dash_of(d, metric), i;

	if (!p)
		return trouble_user(d->t, "its metrics have more than %d units",
				    MAX_PANELS);
	p->y.label = panel_label(d, p->y.unit.base);
	if (c->stacked)
		stack_add(d, p, metric, dash, ps);
	for (i = 0; i < c->n_series && !c->stacked; i++) {
		bool dashed = c->metrics_dashed;
		struct curve *new = curve_add(d, p, c->n_series > 1 ? i : dash,
					      dashed ? dash : 0);

		fill_curve(d, new, i, metric, ps);
	}
	return true;
}

static bool same_curve(const struct curve *a, const struct curve *b)
{
	unsigned i;

	if (a->n != b->n)
		return false;
	for (i = 0; i < a->n; i++)
		if (a->points[i].x != b->points[i].x ||
		    fabs(a->points[i].y - b->points[i].y) >
			    1e-9 * fabs(a->points[i].y))
			return false;
	return true;
}

/* One line where the formula says the same of all series, else one each. */
static void add_theory(struct draft *d, unsigned ideal, const struct places *ps)
{
	struct panel *p = panel_for(d, metric_unit(d, 0));
	unsigned first = p->n_curves, i;
	bool all_same = true;

	for (i = 0; i < d->chart->n_series; i++) {
		struct curve *new = curve_add(d, p, i, ideal);

		fill_curve(d, new, i, d->spec.y.n + ideal, ps);
		new->theory = true;
		all_same &= same_curve(&p->curves[first], new);
	}
	if (all_same)
		p->n_curves = first + 1;
	for (i = first; i < p->n_curves; i++)
		p->curves[i].dressed = !all_same && !d->chart->stacked;
	entry_add(d, ENTRY_THEORY, d->spec.ideals[ideal].label, ideal);
}

static void add_series_entries(struct draft *d)
{
	struct chart *c = d->chart;
	unsigned i;

	if (c->n_series < 2 || c->stacked)
		return;
	for (i = 0; i < c->n_series; i++)
		entry_add(d, ENTRY_SERIES, series_name(d, i), i);
}

static bool read_runs(struct draft *d)
{
	struct names numbers = {0};

	return draft_metrics(d, &numbers) && add_ideals(d, &numbers) &&
	       draft_series(d, d->spec.x) && draft_read(d, &numbers);
}

/* Dashes are the metrics' where several share a panel and colours are taken. */
static bool dashes_needed(const struct draft *d)
{
	unsigned i;

	if (d->chart->stacked)
		return false;
	for (i = 0; d->chart->n_series > 1 && i < d->spec.y.n; i++)
		if (metrics_with_unit(d, metric_unit(d, i)) > 1)
			return true;
	return false;
}

bool draft_lines(struct draft *d)
{
	const struct column *x;
	struct places ps = {0};
	unsigned i;

	if (!d->spec.x && d->spec.kind == FIGURE_LINES)
		return trouble_user(d->t, "it names no setting as `x`");
	if (!read_runs(d))
		return false;
	x = d->spec.x ? wide_column(&d->wide, d->spec.x) : NULL;
	if (!x || !x->number)
		d->chart->kind = FIGURE_BARS;
	if (d->spec.stacked && !stack_begin(d))
		return false;
	if (d->chart->kind == FIGURE_BARS)
		find_places(d, &ps);
	d->chart->x.log = d->spec.log_x && !d->chart->x.named && x->least > 0;
	d->chart->x.unit.base = x && x->number ? x->unit : "";
	d->chart->metrics_dashed = dashes_needed(d);
	add_series_entries(d);
	for (i = 0; i < d->spec.y.n; i++)
		if (!add_metric(d, i, &ps))
			return false;
	for (i = 0; i < d->spec.n_ideals; i++)
		add_theory(d, i, &ps);
	return draft_ranges(d, &ps);
}
