/* SPDX-License-Identifier: MIT */
/* Axes that are no scale of results: lanes, and durations. */
#include <math.h>

#include "analysis/draft.h"

void draft_lanes(struct panel *p)
{
	struct axis *y = &p->y;

	y->unit = (struct unit){.base = "", .name = "", .factor = 1};
	y->log = false;
	y->named = true;
	y->low = 0;
	y->high = p->n_lanes;
}

static void include(struct axis *x, double at)
{
	if (!(at > 0) || isinf(at))
		return;
	x->low = fmin(x->low, at);
	x->high = fmax(x->high, at);
}

/* All dots and all marks; one alone has a decade. */
static void find_range(const struct chart *c, struct axis *x)
{
	const struct panel *p = &c->panels[0];
	unsigned i, k;
	bool dots;

	x->low = INFINITY;
	x->high = -INFINITY;
	for (i = 0; i < p->n_curves; i++)
		for (k = 0; k < p->curves[i].n; k++)
			include(x, p->curves[i].points[k].x);
	dots = x->low <= x->high;
	for (i = 0; i < c->n_flags; i++)
		include(x, c->flags[i].from);
	if (!dots) {
		include(x, 1e6);
		include(x, 1e9);
	}
	if (x->high < 3 * x->low) {
		x->low /= 2;
		x->high *= 2;
	}
	x->low /= 1.25;
	x->high *= 1.25;
}

/* "100us", "1ms": over so many decades one unit would not do. */
static void name_ticks(struct ticks *t)
{
	unsigned i;

	for (i = 0; i < t->n; i++)
		if (t->all[i].text[0])
			unit_text("ns", t->all[i].at, t->all[i].text,
				  sizeof t->all[i].text);
}

void draft_durations(struct draft *d)
{
	struct axis *x = &d->chart->x;

	find_range(d->chart, x);
	x->unit = (struct unit){"ns", "", 1, 0};
	ticks_log(&x->ticks, x->low, x->high, 7);
	name_ticks(&x->ticks);
}
