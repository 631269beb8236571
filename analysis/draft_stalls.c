/* SPDX-License-Identifier: MIT */
/*
 * How long lost wakeups lasted, before something ended them. What ends them is
 * mostly a timer, so they gather at certain lengths; the figure is there to
 * show whether they do. Above, each stall is a dot, in a lane for each cause;
 * below, the share of them that is shorter. Runs that differ only in their
 * seeds are taken together.
 */
#include <math.h>

#include "analysis/lanes.h"

/* How much of its lane the dots take. */
#define STRIP_SHARE 0.7

/* More dots than these in a lane are one blot. */
#define MANY_DOTS 1500

static char *lane_name(struct draft *d, const struct lane *l)
{
	char *series = d->series.n ? series_name(d, l->series) : "";

	return pool_text(d->pool, "%s%s%s", l->name,
			 *series && *l->name ? ", " : "", series);
}

/* "312 stalls, 12.3s" */
static char *lane_words(struct draft *d, const struct lane *l)
{
	unsigned n = l->ended.n + l->open.n;
	char total[64];

	if (!n)
		return "no stalls";
	return pool_text(d->pool, "%u stall%s, %s", n, n > 1 ? "s" : "",
			 unit_text("ns", l->total, total, sizeof total));
}

/* Of many dots, the shortest and the longest are all kept. */
static bool is_shown(unsigned i, unsigned n)
{
	unsigned every = n / MANY_DOTS + 1;

	return i % every == 0 || i < MANY_DOTS / 10 || n - i <= MANY_DOTS / 10;
}

/*
 * Dots of one length would lie on each other, so each has a height of its own
 * in the lane. Multiples of the golden ratio fill it evenly, however many there
 * are.
 */
static void add_dots(struct draft *d, struct panel *p, unsigned lane,
		     const struct stalls *s, bool hollow)
{
	static const double golden = 0.6180339887498949;
	struct curve *c = curve_add(d, p, lane, 0);
	double middle = p->n_lanes - lane - 0.5, whole;
	unsigned i;

	c->hollow = hollow;
	for (i = 0; i < s->n; i++) {
		double place = modf(golden * (c->n + 1), &whole) - 0.5;
		struct point pt = {s->all[i], middle + STRIP_SHARE * place, NAN,
				   NAN};

		if (is_shown(i, s->n))
			curve_point(d, c, pt);
	}
}

static void add_strip(struct draft *d, struct lanes *ls)
{
	struct panel *p = &d->chart->panels[d->chart->n_panels++];
	unsigned i;

	*p = (struct panel){.kind = PANEL_STRIP,
			    .n_lanes = ls->n,
			    .y = {.label = "", .named = true, .unit.base = ""}};
	for (i = 0; i < ls->n; i++) {
		const struct lane *l = &ls->all[i];

		ticks_add(&p->y.ticks, ls->n - i - 0.5, lane_name(d, l));
		add_dots(d, p, i, &l->ended, false);
		p->curves[p->n_curves - 1].name = lane_words(d, l);
		add_dots(d, p, i, &l->open, true);
	}
}

/* Both kinds of stalls in one, by length. */
static struct stalls merged(struct draft *d, const struct lane *l)
{
	struct stalls all = {.n = l->ended.n + l->open.n};
	unsigned a = 0, b = 0, i;

	all.all = pool_alloc(d->pool, (all.n + 1) * sizeof *all.all);
	for (i = 0; i < all.n; i++) {
		bool ended =
			b == l->open.n ||
			(a < l->ended.n && l->ended.all[a] <= l->open.all[b]);

		all.all[i] = ended ? l->ended.all[a++] : l->open.all[b++];
	}
	return all;
}

/* A stair to 100 %, of at most some hundred steps. */
static void add_shares(struct draft *d, struct panel *p, unsigned lane,
		       const struct lane *l)
{
	struct stalls all = merged(d, l);
	struct curve *c = curve_add(d, p, lane, 0);
	unsigned every = all.n / 800 + 1, i;
	double share = 0;

	for (i = 0; i < all.n; i++) {
		if (i % every && i + 1 < all.n)
			continue;
		curve_point(d, c, (struct point){all.all[i], share, NAN, NAN});
		share = 100. * (i + 1) / all.n;
		curve_point(d, c, (struct point){all.all[i], share, NAN, NAN});
	}
}

static void add_distribution(struct draft *d, struct lanes *ls)
{
	struct panel *p = &d->chart->panels[d->chart->n_panels++];
	unsigned i;

	*p = (struct panel){
		.kind = PANEL_LINES,
		.y = {.label = "stalls up to this long", .unit.base = "%"}};
	for (i = 0; i < ls->n; i++)
		add_shares(d, p, i, &ls->all[i]);
}

bool draft_stalls(struct draft *d)
{
	struct lanes ls = {0};
	unsigned i;

	if (!lanes_read(d, &ls))
		return false;
	d->chart->x.unit.base = "ns";
	d->chart->x.log = true;
	d->chart->n_series = 1;
	add_strip(d, &ls);
	add_distribution(d, &ls);
	for (i = 0; i < d->spec.n_marks; i++)
		flag_add(d, d->spec.marks[i].name, d->spec.marks[i].ns,
			 d->spec.marks[i].ns);
	return true;
}
