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

/* NULL: the metric has no such percentile. */
static const struct column *same_percentile(const struct percentiles *ps,
					    double percent)
{
	unsigned i;

	for (i = 0; i < ps->n; i++)
		if (ps->all[i].percent == percent)
			return ps->all[i].column;
	return NULL;
}

static void fill(struct draft *d, struct curve *c, unsigned series,
		 unsigned first, unsigned n)
{
	unsigned i = 0, k;

	while (d->groups[i].series != series)
		i++;
	for (k = 0; k < n; k++) {
		struct point pt = {.x = k};

		if (group_estimate(d, &d->groups[i], first + k, &pt))
			curve_point(d, c, pt);
	}
}

/* `first`: where the metric's numbers begin. */
static void draw(struct draft *d, const char *metric, const char *unit,
		 unsigned first, unsigned n)
{
	struct panel *p = &d->chart->panels[d->chart->n_panels++];
	unsigned i;

	p->y = (struct axis){.label = pool_text(d->pool, "%s", metric),
			     .unit.base = unit,
			     .log = d->spec.log_y};
	for (i = 0; i < d->chart->n_series; i++)
		fill(d, curve_add(d, p, i, 0), i, first, n);
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

/* The numbers of one metric, as many as the first metric has. */
static bool ask_for(struct draft *d, char *metric, struct percentiles *first,
		    struct names *numbers)
{
	struct percentiles ps = {0};
	unsigned i;

	find(d, metric, &ps);
	if (ps.n < 2)
		return trouble_user(d->t, "%s has no percentiles in %s", metric,
				    d->figure->scenario);
	if (!first->n)
		*first = ps;
	for (i = 0; i < first->n; i++) {
		const struct column *c =
			same_percentile(&ps, first->all[i].percent);

		names_add(d->pool, numbers,
			  c ? sql_name(d->pool, c->name) : "NULL");
	}
	return true;
}

static bool ask_for_all(struct draft *d, struct percentiles *first,
			struct names *metrics, struct names *numbers)
{
	unsigned i;

	for (i = 0; i < d->spec.y.n; i++) {
		char *metric = metric_of(d, d->spec.y.all[i]);

		if (names_has(metrics, metric) || metrics->n == MAX_PANELS)
			continue;
		names_add(d->pool, metrics, metric);
		if (!ask_for(d, metric, first, numbers))
			return false;
	}
	return metrics->n || trouble_user(d->t, "it names no metric as `y`");
}

bool draft_percentiles(struct draft *d)
{
	struct names numbers = {0}, metrics = {0};
	struct percentiles first = {0};
	unsigned i;

	if (!ask_for_all(d, &first, &metrics, &numbers) ||
	    !draft_series(d, NULL) || !draft_read(d, &numbers))
		return false;
	name_places(d, &first);
	for (i = 0; i < metrics.n; i++)
		draw(d, metrics.all[i], first.all[0].column->unit, i * first.n,
		     first.n);
	for (i = 0; d->chart->n_series > 1 && i < d->chart->n_series; i++)
		entry_add(d, ENTRY_SERIES, series_name(d, i), i);
	return true;
}
