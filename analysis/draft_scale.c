/* SPDX-License-Identifier: MIT */
/* Brings what was read into the units that were chosen. */
#include <math.h>

#include "analysis/draft.h"

static void scale_point(struct point *pt, const struct axis *x,
			const struct axis *y)
{
	pt->x /= x->unit.factor;
	pt->y /= y->unit.factor;
	pt->low /= y->unit.factor;
	pt->high /= y->unit.factor;
	if (y->log && pt->y <= 0)
		pt->y = NAN;
	/* Intervals are symmetric and may reach where the axis does not. */
	if (pt->low < y->low)
		pt->low = y->low;
}

/* What a logarithmic axis cannot show has to be said. */
static void scale_curve(struct chart *c, struct curve *curve,
			const struct axis *y)
{
	unsigned i;

	for (i = 0; i < curve->n; i++) {
		c->zeros |= y->log && curve->points[i].y <= 0;
		scale_point(&curve->points[i], &c->x, y);
	}
}

/* "250–300 kpps, fitted" */
static char *range_text(struct draft *d, const struct band *b,
			const struct unit *u)
{
	const char *unit = unit_label(u), *gap = *unit ? " " : "";

	if (isinf(b->high))
		return pool_text(d->pool, "from %.4g%s%s, %s", b->low, gap,
				 unit, b->kind);
	if (isinf(b->low))
		return pool_text(d->pool, "up to %.4g%s%s, %s", b->high, gap,
				 unit, b->kind);
	return pool_text(d->pool, "%.4g–%.4g%s%s, %s", b->low, b->high, gap,
			 unit, b->kind);
}

static void scale_panel(struct draft *d, struct panel *p)
{
	unsigned i;

	for (i = 0; i < p->n_curves; i++)
		scale_curve(d->chart, &p->curves[i], &p->y);
	for (i = 0; i < p->n_ranges; i++) {
		p->ranges[i].low /= p->y.unit.factor;
		p->ranges[i].high /= p->y.unit.factor;
	}
	for (i = 0; i < p->n_bands; i++) {
		p->bands[i].low /= p->y.unit.factor;
		p->bands[i].high /= p->y.unit.factor;
		p->bands[i].words = range_text(d, &p->bands[i], &p->y.unit);
	}
}

void draft_scale(struct draft *d)
{
	unsigned i;

	for (i = 0; i < d->chart->n_panels; i++)
		scale_panel(d, &d->chart->panels[i]);
	for (i = 0; i < d->chart->n_flags; i++) {
		d->chart->flags[i].from /= d->chart->x.unit.factor;
		d->chart->flags[i].to /= d->chart->x.unit.factor;
	}
}
