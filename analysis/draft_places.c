/* SPDX-License-Identifier: MIT */
/*
 * Where the bars stand: at a place for each text of x; of stacks, which have
 * no room beside them, at a place for each text of x and each series.
 */
#include "analysis/draft.h"

/* NULL: there is no x. */
static const struct cell *group_x(const struct draft *d, const struct group *g)
{
	return d->x_is_setting ? &d->lines.all[g->first].settings[d->series.n]
			       : NULL;
}

static struct place place_for(const struct draft *d, const struct group *g)
{
	return (struct place){group_x(d, g), d->chart->stacked ? g->series : 0};
}

static int compare(const struct place *a, const struct place *b)
{
	int x = a->x ? cell_compare(a->x, b->x) : 0;

	return x ? x : (a->series > b->series) - (a->series < b->series);
}

static void add_place(struct draft *d, struct places *ps, struct place new)
{
	unsigned i, at = 0;

	while (at < ps->n && compare(&ps->all[at], &new) < 0)
		at++;
	if (at < ps->n && !compare(&ps->all[at], &new))
		return;
	ps->all = pool_grow(d->pool, ps->all, ps->n, sizeof *ps->all);
	for (i = ps->n++; i > at; i--)
		ps->all[i] = ps->all[i - 1];
	ps->all[at] = new;
}

static char *place_name(struct draft *d, const struct place *at)
{
	const struct column *x =
		at->x ? wide_column(&d->wide, d->spec.x) : NULL;
	char *name = x ? cell_text(d->pool, x, at->x) : "";

	if (!d->chart->stacked || !d->series.n)
		return name;
	return pool_text(d->pool, "%s%s%s", name, x ? ", " : "",
			 series_name(d, at->series));
}

void find_places(struct draft *d, struct places *ps)
{
	struct axis *x = &d->chart->x;
	unsigned i;

	x->named = true;
	for (i = 0; i < d->n_groups; i++)
		if (d->groups[i].series < d->chart->n_series)
			add_place(d, ps, place_for(d, &d->groups[i]));
	for (i = 0; i < ps->n; i++)
		ticks_add(&x->ticks, i, place_name(d, &ps->all[i]));
}

double place_of(const struct draft *d, const struct places *ps,
		const struct group *g)
{
	const struct place at = place_for(d, g);
	unsigned i = 0;

	if (!d->chart->x.named)
		return at.x->number;
	while (i < ps->n && compare(&ps->all[i], &at))
		i++;
	return i;
}
