/* SPDX-License-Identifier: MIT */
/*
 * What lies behind or across the panels: stretches of the x axis, lines at
 * certain values of it, what is documented of each bar.
 */
#include <math.h>

#include "analysis/drawing.h"
#include "analysis/text.h"

/* The yellow of the palette, which no line has; darker where it is thin. */
#define STALL	   "#f0e442"
#define STALL_EDGE "#b8a800"

/* A stretch that is narrower than a line is drawn as one. */
static double least_width(const struct drawing *d)
{
	const struct axis *x = &d->chart->x;

	return x->log ? 0 : (x->high - x->low) / (d->at.right - d->at.left);
}

static void print_stretch(const struct drawing *d, const struct flag *f)
{
	double lacks = least_width(d) - (f->to - f->from);
	double more = lacks > 0 ? lacks / 2 : 0;

	fprintf(d->to,
		"set object rectangle from first %.12g, graph 0 to first "
		"%.12g, graph 1 behind fillcolor rgb '" STALL
		"' fillstyle transparent solid 0.40 noborder\n",
		f->from - more, f->to + more);
}

void drawing_stretches(const struct drawing *d)
{
	unsigned i;

	for (i = 0; i < d->chart->n_flags; i++)
		if (d->chart->flags[i].from < d->chart->flags[i].to)
			print_stretch(d, &d->chart->flags[i]);
}

/* Down to the panel's end, from that of the panel above, which has drawn its
 * own part, or from the words. */
static void print_line(const struct drawing *d, unsigned panel, unsigned flag)
{
	const struct layout *at = &d->at;
	double y = at->flag[flag].y > 0 ? at->flag[flag].y + 9 : at->top[0];
	double x = d->chart->flags[flag].from;

	fprintf(d->to,
		"set arrow from first %.12g, screen %.5f to first %.12g, "
		"screen %.5f nohead back lw 1.3 dt (8,4) lc rgb '" GREY "'\n",
		x, drawing_up(d, panel ? at->bottom[panel - 1] : y), x,
		drawing_up(d, at->bottom[panel]));
}

void drawing_lines(const struct drawing *d, unsigned panel)
{
	const struct chart *c = d->chart;
	unsigned i;

	for (i = 0; i < c->n_flags && i < MAX_FLAGS; i++)
		if (c->flags[i].from >= c->flags[i].to)
			print_line(d, panel, i);
}

/* How long it is, below its words. */
static void print_extent(const struct drawing *d, const struct flag *f,
			 double y)
{
	double from = layout_x(&d->at, d->chart, f->from);
	double to = layout_x(&d->at, d->chart, f->to);

	fprintf(d->to,
		"set arrow from screen %.5f,%.5f to screen %.5f,%.5f nohead "
		"lw 3 lc rgb '" STALL_EDGE "'\n",
		drawing_across(d, from), drawing_up(d, y + 9),
		drawing_across(d, fmax(to, from + 2)), drawing_up(d, y + 9));
}

/* Another's line may pass behind the words. */
void drawing_flags(const struct drawing *d)
{
	const struct chart *c = d->chart;
	unsigned i;

	if (c->n_flags)
		fputs("set style textbox opaque noborder margins 0.5,0\n",
		      d->to);
	for (i = 0; i < c->n_flags && i < MAX_FLAGS; i++) {
		const struct flag *f = &c->flags[i];
		double y = d->at.flag[i].y;

		if (y <= 0)
			continue;
		drawing_label(d, d->at.flag[i].x, y, f->text, LAYOUT_FLAG_ROOM,
			      "center front boxed font ',9' tc rgb '" BLACK
			      "'");
		if (f->from < f->to)
			print_extent(d, f, y);
	}
}

static void print_edge(const struct drawing *d, double x, double y)
{
	fprintf(d->to,
		"set arrow from first %.9g, first %.9g to first %.9g, "
		"first %.9g nohead front lw 1.4 lc rgb '" BLACK "'\n",
		x - 0.46, y, x + 0.46, y);
}

/* Behind the bar, and wider than it; its ends are drawn across. */
void drawing_ranges(const struct drawing *d, unsigned panel)
{
	const struct panel *p = &d->chart->panels[panel];
	unsigned i;

	for (i = 0; i < p->n_ranges; i++) {
		const struct range_box *r = &p->ranges[i];
		double low = fmax(r->low, p->y.low);
		double high = fmin(r->high, p->y.high);

		fprintf(d->to,
			"set object rectangle from first %.9g, first %.9g to "
			"first %.9g, first %.9g behind fillcolor rgb '" BLACK
			"' fillstyle transparent solid 0.16 noborder\n",
			r->x - 0.46, low, r->x + 0.46, high);
		if (low == r->low)
			print_edge(d, r->x, low);
		if (high == r->high)
			print_edge(d, r->x, high);
	}
}
