/* SPDX-License-Identifier: MIT */
/*
 * Bars that are sums: what a total consists of, one part on the other. A
 * stack says two things, how much it all is and what most of it is; parts but
 * the lowest begin at different heights, so they are compared only roughly.
 *
 * Each part's point is its upper end, so it begins at the point of the curve
 * before. Intervals belong to the sum: parts of one total go up and down
 * together, and theirs do not add up.
 */
#include <math.h>
#include <string.h>

#include "analysis/draft.h"
#include "analysis/estimate.h"

bool stack_begin(struct draft *d)
{
	if (d->chart->kind != FIGURE_BARS)
		return trouble_user(d->t, "only bars are `stacked`");
	if (d->spec.log_y)
		return trouble_user(d->t, "lengths of parts mean nothing on a "
					  "logarithmic axis; it is `stacked`");
	d->chart->stacked = true;
	d->chart->alone = true;
	return true;
}

static bool same_stack(const struct draft *d, unsigned a, unsigned b)
{
	return !strcmp(metric_unit(d, a), metric_unit(d, b));
}

static const char *tail_of(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot ? dot : "";
}

/* ".rate" is not said of each part if all end so. */
char *stack_name(struct draft *d, unsigned metric, size_t common)
{
	const char *name = d->spec.y.all[metric] + common;
	const char *tail = tail_of(name);
	unsigned i;

	for (i = 0; i < d->spec.y.n; i++)
		if (same_stack(d, i, metric) &&
		    strcmp(tail_of(d->spec.y.all[i] + common), tail))
			tail = "";
	return pool_text(d->pool, "%.*s", (int)(strlen(name) - strlen(tail)),
			 name);
}

static bool is_top(const struct draft *d, unsigned metric)
{
	unsigned i;

	for (i = metric + 1; i < d->spec.y.n; i++)
		if (same_stack(d, metric, i))
			return false;
	return true;
}

/* Of a run, with all below it; what a run does not have adds nothing. */
static double height_of(const struct draft *d, const struct line *run,
			unsigned metric)
{
	double sum = 0;
	unsigned i;

	for (i = 0; i <= metric; i++)
		if (same_stack(d, metric, i) && isfinite(run->numbers[i]))
			sum += run->numbers[i];
	return sum;
}

static struct point part_of(const struct draft *d, const struct group *g,
			    unsigned metric)
{
	double *tops = pool_alloc(d->pool, g->n * sizeof *tops);
	struct estimate e;
	unsigned i;

	for (i = 0; i < g->n; i++)
		tops[i] = height_of(d, &d->lines.all[g->first + i], metric);
	e = estimate_of(tops, g->n);
	if (!is_top(d, metric))
		e.half = NAN;
	return (struct point){
		.y = e.mean, .low = e.mean - e.half, .high = e.mean + e.half};
}

void stack_add(struct draft *d, struct panel *p, unsigned metric, unsigned look,
	       const struct places *ps)
{
	struct curve *c = curve_add(d, p, look, 0);
	unsigned i;

	for (i = 0; i < d->n_groups; i++) {
		const struct group *g = &d->groups[i];
		struct point pt;

		if (g->series >= d->chart->n_series)
			continue;
		pt = part_of(d, g, metric);
		pt.x = place_of(d, ps, g);
		curve_point(d, c, pt);
	}
}

/* A stack's name is all that tells it from the others. */
char *stack_axis(struct draft *d)
{
	char *all = d->spec.x ? d->spec.x : "";
	unsigned i;

	for (i = 0; i < d->series.n; i++)
		all = pool_text(d->pool, "%s%s%s", all, *all ? ", " : "",
				d->series.all[i]);
	return all;
}
