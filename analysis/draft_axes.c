/* SPDX-License-Identifier: MIT */
/*
 * Units, ranges and ticks. Linear axes of results begin at zero, so that a
 * length is an amount; logarithmic ones fit tightly.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/draft.h"

/* Beyond it nothing is measured, and arithmetic about it overflows. */
#define ABSURD 1e100

struct range {
	double low, high; /* low > high: nothing is in it */
};

static void range_add(struct range *r, double value, bool log)
{
	/* Written so that NAN is left out as well. */
	if (!(fabs(value) < ABSURD) || (log && value <= 1 / ABSURD))
		return;
	r->low = fmin(r->low, value);
	r->high = fmax(r->high, value);
}

/* Is nothing measured below zero? Intervals may reach there, being symmetric;
 * they are cut. What is far from zero all the time, as the bytes of an old
 * connection are, need not show it where panels are tight. */
static bool starts_at_zero(const struct panel *p, struct range r)
{
	unsigned i, k;

	if (p->tight && r.low > r.high / 3)
		return false;

	for (i = 0; i < p->n_curves; i++)
		for (k = 0; k < p->curves[i].n; k++)
			if (p->curves[i].points[k].y < 0)
				return false;
	return true;
}

static void range_of_curves(const struct panel *p, struct range *values,
			    struct range *intervals)
{
	unsigned i, k;

	for (i = 0; i < p->n_curves; i++) {
		const struct curve *c = &p->curves[i];

		for (k = 0; !c->theory && k < c->n; k++) {
			range_add(values, c->points[k].y, p->y.log);
			range_add(intervals, c->points[k].low, p->y.log);
			range_add(intervals, c->points[k].high, p->y.log);
		}
	}
}

/*
 * Theory is clipped where it leaves what was measured; intervals of two or
 * three seeds may be far wider than what they are about, and are clipped too.
 */
static struct range range_y(const struct panel *p)
{
	struct range r = {INFINITY, -INFINITY}, intervals = r;
	unsigned i;

	range_of_curves(p, &r, &intervals);
	if (intervals.low < intervals.high && r.high > 0)
		intervals.high = fmin(intervals.high, 1.6 * r.high);
	if (p->y.log)
		intervals.low = fmax(intervals.low, r.low / 3);
	range_add(&r, intervals.low, p->y.log);
	range_add(&r, intervals.high, p->y.log);
	for (i = 0; i < p->n_bands; i++) {
		range_add(&r, p->bands[i].low, p->y.log);
		range_add(&r, p->bands[i].high, p->y.log);
	}
	for (i = 0; i < p->n_ranges; i++) {
		range_add(&r, p->ranges[i].low, p->y.log);
		range_add(&r, p->ranges[i].high, p->y.log);
	}
	return r;
}

static struct range range_x(const struct chart *c)
{
	struct range r = {INFINITY, -INFINITY};
	unsigned p, i, k;

	for (p = 0; p < c->n_panels; p++)
		for (i = 0; i < c->panels[p].n_curves; i++)
			for (k = 0; k < c->panels[p].curves[i].n; k++)
				range_add(&r,
					  c->panels[p].curves[i].points[k].x,
					  c->x.log);
	return r;
}

/* A unit is chosen by the largest value, but on a logarithmic axis not so
 * large that the smallest would be told in hundredths. */
static void choose_unit(struct axis *a, struct range *r)
{
	double largest = fmax(fabs(r->low), fabs(r->high));

	if (r->low > r->high) /* nothing was measured */
		*r = a->log ? (struct range){1, 10} : (struct range){0, 1};
	if (!strcmp(a->unit.base, "%")) /* of all there are */
		*r = (struct range){0, 100};
	a->unit = unit_for(a->unit.base, largest);
	while (a->log && r->low < 0.05 * a->unit.factor && a->unit.from > 0)
		a->unit = unit_for(a->unit.base, 0.999 * a->unit.from);
	a->low = r->low / a->unit.factor;
	a->high = r->high / a->unit.factor;
}

/* One value alone still needs an axis. */
static void widen(struct axis *a, double share)
{
	double gap = (a->high - a->low) * share;
	double factor = a->low > 0 ? pow(a->high / a->low, share) : 1;

	if (a->log) {
		if (factor < 1.01)
			factor = 1.01;
		a->low /= factor;
		a->high *= factor;
		return;
	}
	if (gap <= 1e-9 * fabs(a->high))
		gap = a->high ? fabs(a->high) * 0.1 : 1;
	a->low -= gap;
	a->high += gap;
}

static void label_unit(struct draft *d, struct axis *a)
{
	const char *unit = unit_label(&a->unit);

	if (*unit && !a->named) /* names have their units with them */
		a->label = pool_text(d->pool, "%s (%s)", a->label, unit);
}

static void fit_y(struct draft *d, struct panel *p, struct range r,
		  unsigned wanted)
{
	bool from_zero = starts_at_zero(p, r);
	struct axis *y = &p->y;

	if (p->n_lanes) {
		draft_lanes(p);
		return;
	}
	choose_unit(y, &r);
	if (y->log) {
		widen(y, 0.06);
		ticks_log(&y->ticks, y->low, y->high, wanted);
	} else {
		if (from_zero)
			y->low = 0;
		widen(y, 0.06);
		if (from_zero)
			y->low = 0;
		ticks_linear(&y->ticks, y->low, y->high, wanted);
	}
	label_unit(d, y);
}

/* Ring sizes are better marked where they are than at 50, 100, 200. */
static bool short_number(double value)
{
	char text[32];

	snprintf(text, sizeof text, "%.4g", value);
	return strlen(text) <= 4;
}

static bool ticks_at_points(struct axis *x, const struct curve *c)
{
	unsigned i;
	char text[32];

	if (c->n < 2 || c->n > 12)
		return false;
	for (i = 0; i < c->n; i++)
		if (!short_number(c->points[i].x / x->unit.factor))
			return false;
	for (i = 0; i < c->n; i++) {
		double at = c->points[i].x / x->unit.factor;

		snprintf(text, sizeof text, "%.4g", at);
		ticks_add(&x->ticks, at, text);
	}
	return true;
}

static bool over_time(const struct chart *c)
{
	return c->kind == FIGURE_TIME || c->kind == FIGURE_PANELS;
}

static void fit_x(struct draft *d)
{
	struct chart *c = d->chart;
	struct axis *x = &c->x;
	struct range r = range_x(c);

	if (c->kind == FIGURE_STALLS) {
		draft_durations(d);
		return;
	}
	if (c->kind == FIGURE_PANELS) /* what was asked for */
		r = (struct range){x->low, x->high};
	choose_unit(x, &r);
	if (x->named) {
		/* A bar alone is not as wide as the page. */
		x->low = x->ticks.n < 2 ? -1.5 : -0.5;
		x->high = x->ticks.n < 2 ? 1.5 : x->ticks.n - 0.5;
		return;
	}
	if (x->log) {
		widen(x, 0.03);
		if (!ticks_at_points(x, &c->panels[0].curves[0]))
			ticks_log(&x->ticks, x->low, x->high, 10);
	} else {
		if (x->low > 0 && x->low < x->high / 4 && !over_time(c))
			x->low = 0;
		if (!over_time(c))
			widen(x, 0.02);
		if (r.low >= 0 && x->low < 0)
			x->low = 0;
		ticks_linear(&x->ticks, x->low, x->high, 10);
	}
}

/* Panels over time are to be compared: one scale for all of one unit. */
static struct range range_alike(const struct chart *c, const struct panel *p)
{
	struct range r = range_y(p), other;
	unsigned i;

	for (i = 0; c->kind == FIGURE_TIME && i < c->n_panels; i++) {
		if (strcmp(c->panels[i].y.unit.base, p->y.unit.base))
			continue;
		other = range_y(&c->panels[i]);
		r.low = fmin(r.low, other.low);
		r.high = fmax(r.high, other.high);
	}
	return r;
}

static void name_axes(struct draft *d)
{
	struct chart *c = d->chart;

	c->x.label = d->spec.label_x;
	if (!c->x.label)
		c->x.label = over_time(c)		     ? "time"
			     : c->kind == FIGURE_STALLS	     ? "duration"
			     : c->kind == FIGURE_PERCENTILES ? "percentile"
			     : c->stacked		     ? stack_axis(d)
			     : d->spec.x		     ? d->spec.x
							     : "";
	if (d->spec.label_y)
		c->panels[0].y.label = d->spec.label_y;
}

static unsigned ticks_wanted(const struct chart *c)
{
	if (over_time(c))
		return c->n_panels > 2 ? 4 : 5;
	return c->n_panels > 2 ? 4 : c->n_panels > 1 ? 6 : 7;
}

void draft_axes(struct draft *d)
{
	struct chart *c = d->chart;
	unsigned i;

	name_axes(d);
	for (i = 0; i < c->n_panels; i++)
		fit_y(d, &c->panels[i], range_alike(c, &c->panels[i]),
		      ticks_wanted(c));
	fit_x(d);
	label_unit(d, &c->x);
	draft_scale(d);
}
