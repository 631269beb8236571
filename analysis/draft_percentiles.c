/* SPDX-License-Identifier: MIT */
/*
 * The percentiles a span has: p50, p99, p99.9, the largest. They stand at
 * equal distances, since what they say grows rare by factors.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/draft.h"

#define MAX_PERCENTILES 8

struct percentile {
	double percent; /* 100: the largest value */
	const struct column *column;
};

struct percentiles {
	struct percentile all[MAX_PERCENTILES];
	unsigned n;
};

/* What stands behind the metric's name: ".p99.9", ".max". */
static bool percent_of(const char *suffix, double *percent)
{
	char *end;

	*percent = 100;
	if (!strcmp(suffix, ".max"))
		return true;
	if (strncmp(suffix, ".p", 2) || !suffix[2])
		return false;
	*percent = strtod(suffix + 2, &end);
	return !*end && *percent > 0 && *percent < 100;
}

static void insert(struct percentiles *ps, struct percentile p)
{
	unsigned at = ps->n;

	if (ps->n == MAX_PERCENTILES)
		return;
	while (at && ps->all[at - 1].percent > p.percent) {
		ps->all[at] = ps->all[at - 1];
		at--;
	}
	ps->all[at] = p;
	ps->n++;
}

static void find(struct draft *d, const char *metric, struct percentiles *ps)
{
	size_t length = strlen(metric);
	unsigned i;

	for (i = 0; i < d->wide.n_columns; i++) {
		struct percentile p = {.column = &d->wide.columns[i]};

		if (!strncmp(p.column->name, metric, length) &&
		    percent_of(p.column->name + length, &p.percent))
			insert(ps, p);
	}
}

/* y may name the metric, app.latency, or one of its columns. */
static char *metric_of(struct draft *d, char *name)
{
	const char *word = name;
	double percent;

	for (; (word = strstr(word, ".")); word++)
		if (percent_of(word, &percent))
			return pool_text(d->pool, "%.*s", (int)(word - name),
					 name);
	return name;
}

static void fill(struct draft *d, struct curve *c, unsigned series,
		 unsigned n_percentiles)
{
	unsigned i = 0, k;

	while (d->groups[i].series != series)
		i++;
	for (k = 0; k < n_percentiles; k++) {
		struct point pt = {.x = k};

		if (group_estimate(d, &d->groups[i], k, &pt))
			curve_point(d, c, pt);
	}
}

static void draw(struct draft *d, const char *metric,
		 const struct percentiles *ps)
{
	struct panel *p = panel_for(d, ps->all[0].column->unit);
	unsigned i;

	p->y.label = pool_text(d->pool, "%s", metric);
	for (i = 0; i < d->chart->n_series; i++) {
		struct curve *new = curve_add(d, p, i, 0);

		fill(d, new, i, ps->n);
		if (d->chart->n_series > 1)
			entry_add(d, ENTRY_SERIES, series_name(d, i), i);
	}
}

static void name_places(struct draft *d, const struct percentiles *ps)
{
	struct axis *x = &d->chart->x;
	unsigned i;

	x->named = true;
	x->unit.base = "";
	for (i = 0; i < ps->n; i++)
		ticks_add(&x->ticks, i,
			  ps->all[i].percent == 100
				  ? "max"
				  : pool_text(d->pool, "p%g",
					      ps->all[i].percent));
}

bool draft_percentiles(struct draft *d)
{
	struct percentiles ps = {0};
	struct names numbers = {0};
	char *metric;
	unsigned i;

	if (!d->spec.y.n)
		return trouble_user(d->t, "it names no metric as `y`");
	metric = metric_of(d, d->spec.y.all[0]);
	find(d, metric, &ps);
	if (ps.n < 2)
		return trouble_user(d->t, "%s has no percentiles in %s", metric,
				    d->figure->scenario);
	for (i = 0; i < ps.n; i++)
		names_add(d->pool, &numbers,
			  sql_name(d->pool, ps.all[i].column->name));
	if (!draft_series(d, NULL) || !draft_read(d, &numbers))
		return false;
	name_places(d, &ps);
	draw(d, metric, &ps);
	return true;
}
