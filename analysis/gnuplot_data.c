/* SPDX-License-Identifier: MIT */
/* The parts of a script that do not depend on where it is drawn. */
#include <math.h>

#include "analysis/gnuplot.h"
#include "analysis/layout.h"
#include "analysis/text.h"

/* Bars of one place stand side by side; narrower where the documented range
 * behind them is to be seen. */
static double cluster(const struct panel *p)
{
	return p->n_ranges ? 0.56 : 0.8;
}

static unsigned bars_of(const struct chart *c, const struct panel *p)
{
	unsigned i, n = 0;

	if (c->alone)
		return 1;
	for (i = 0; i < p->n_curves; i++)
		n += !p->curves[i].theory;
	return n ? n : 1;
}

static double shift_of(const struct chart *c, const struct panel *p,
		       unsigned curve)
{
	double width = cluster(p) / bars_of(c, p);

	if (c->kind != FIGURE_BARS || c->alone || p->curves[curve].theory)
		return 0;
	return (curve - (bars_of(c, p) - 1) / 2.) * width;
}

/* gnuplot reads "NaN" as a gap. */
static void print_number(double value, FILE *to)
{
	if (isnan(value))
		fputs(" NaN", to);
	else
		fprintf(to, " %.9g", value);
}

/* Of a stack the part below, which ends where this one begins; else NULL. */
static const struct curve *below(const struct chart *c, const struct panel *p,
				 unsigned curve)
{
	if (!c->stacked || !curve || p->curves[curve].theory)
		return NULL;
	return &p->curves[curve - 1];
}

static void print_curve(const struct curve *c, double shift, double width,
			const struct curve *under, FILE *to)
{
	unsigned i;

	for (i = 0; i < c->n; i++) {
		const struct point *pt = &c->points[i];

		print_number(pt->x + shift, to);
		print_number(pt->y, to);
		print_number(isnan(pt->low) ? pt->y : pt->low, to);
		print_number(isnan(pt->high) ? pt->y : pt->high, to);
		print_number(width, to);
		print_number(under ? under->points[i].y : 0, to);
		fputc('\n', to);
	}
}

/* A row of data begins with a blank and holds numbers alone, so none of them
 * ends the block. */
void gnuplot_print_data(const struct chart *c, FILE *to)
{
	unsigned p, i;

	for (p = 0; p < c->n_panels; p++) {
		const struct panel *panel = &c->panels[p];
		double width = cluster(panel) / bars_of(c, panel) * 0.92;

		for (i = 0; i < panel->n_curves; i++) {
			fprintf(to, "$panel%u_curve%u << END\n", p, i);
			print_curve(&panel->curves[i], shift_of(c, panel, i),
				    width, below(c, panel, i), to);
			fputs("END\n", to);
		}
	}
}

void gnuplot_print_axis(const struct axis *a, char which, bool texts, FILE *to)
{
	unsigned room = which == 'y' ? LAYOUT_LANE_ROOM : LAYOUT_TICK_ROOM, i;

	if (a->log)
		fprintf(to, "set logscale %c\n", which);
	else
		fprintf(to, "unset logscale %c\n", which);
	fprintf(to, "set %crange [%.9g:%.9g]\n", which, a->low, a->high);
	fprintf(to, "set %ctics (", which);
	for (i = 0; i < a->ticks.n; i++) {
		const struct tick *tick = &a->ticks.all[i];

		fputs(i ? ", " : "", to);
		text_quote_tick(to, texts ? tick->text : "", room);
		fprintf(to, " %.9g %d", tick->at, !tick->text[0] && !a->named);
	}
	if (!a->ticks.n) /* an empty list would mean gnuplot's own */
		fprintf(to, "'' %.9g", a->low);
	fputs(")\n", to);
}
