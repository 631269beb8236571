/* SPDX-License-Identifier: MIT */
/*
 * Drawings in letters, for a terminal. gnuplot places everything; a series is
 * a letter, and the legend stands below the last panel.
 */
#include <math.h>

#include "analysis/letters.h"
#include "analysis/text.h"

/* Each series has a letter; where dashes tell metrics apart on paper, each
 * series and metric. Letters begin with mark 1. */
static unsigned mark_of(const struct chart *c, unsigned look, unsigned dash)
{
	return 1 + look + (c->metrics_dashed ? dash * c->n_series : 0);
}

static bool print_item(const struct chart *c, unsigned panel, unsigned curve,
		       bool first, FILE *to)
{
	const struct curve *line = &c->panels[panel].curves[curve];

	if (!line->n)
		return first;
	fprintf(to, "%s$panel%u_curve%u using 1:2", first ? "plot " : ", ",
		panel, curve);
	if (line->theory)
		fputs(" with dots notitle", to);
	else if (c->kind == FIGURE_BARS)
		fputs(":5 with boxes notitle", to);
	else
		fprintf(to, " with %s pt %u notitle",
			c->kind == FIGURE_TIME ? "lines" : "points",
			mark_of(c, line->look, line->dash));
	return false;
}

/* The edges of documented ranges as rows of dots. */
static void print_edge(double at, const struct axis *y, FILE *to)
{
	if (isfinite(at) && at >= y->low && at <= y->high)
		fprintf(to,
			"set arrow from graph 0, first %.9g to graph 1, "
			"first %.9g nohead dt 3\n",
			at, at);
}

static void print_range_edge(const struct range_box *r, double at,
			     const struct axis *y, FILE *to)
{
	if (isfinite(at) && at >= y->low && at <= y->high)
		fprintf(to,
			"set arrow from first %.9g, first %.9g to "
			"first %.9g, first %.9g nohead dt 3\n",
			r->x - 0.46, at, r->x + 0.46, at);
}

static void print_bands(const struct panel *p, FILE *to)
{
	unsigned i;

	for (i = 0; i < p->n_ranges; i++) {
		print_range_edge(&p->ranges[i], p->ranges[i].low, &p->y, to);
		print_range_edge(&p->ranges[i], p->ranges[i].high, &p->y, to);
	}
	for (i = 0; i < p->n_bands; i++) {
		print_edge(p->bands[i].low, &p->y, to);
		print_edge(p->bands[i].high, &p->y, to);
	}
}

static void print_entry(const struct chart *c, const char *name,
			const char *metric, unsigned mark, FILE *to)
{
	struct pool p = {0};

	if (c->kind == FIGURE_BARS)
		return; /* which bar is which does not show in letters */
	fputs(", keyentry with ", to);
	if (mark)
		fprintf(to, "points pt %u title ", mark);
	else
		fputs("dots title ", to);
	text_quote(to,
		   pool_text(&p, "%s%s%s", name, *metric ? ", " : "", metric),
		   40);
	pool_free(&p);
}

/* A series alone, or with each of the metrics. */
static void print_series(const struct chart *c, const struct entry *series,
			 FILE *to)
{
	bool alone = true;
	unsigned i;

	for (i = 0; i < c->n_entries; i++) {
		const struct entry *e = &c->entries[i];

		if (e->kind != ENTRY_METRIC)
			continue;
		alone = false;
		print_entry(c, series->name, e->name,
			    mark_of(c, series->number, e->number), to);
	}
	if (alone)
		print_entry(c, series->name, "", mark_of(c, series->number, 0),
			    to);
}

static void print_entries(const struct chart *c, FILE *to)
{
	unsigned i;

	for (i = 0; i < c->n_entries; i++) {
		const struct entry *e = &c->entries[i];

		switch (e->kind) {
		case ENTRY_SERIES:
			print_series(c, e, to);
			break;
		case ENTRY_METRIC:
		case ENTRY_RANGE:
			break;
		case ENTRY_THEORY:
			print_entry(c, e->name, "", 0, to);
			break;
		}
	}
}

static void print_heading(const struct chart *c, unsigned panel, FILE *to)
{
	const struct panel *p = &c->panels[panel];

	struct pool pool = {0};

	fputs("set title ", to);
	text_quote(to,
		   p->name ? pool_text(&pool, "%s: %s", p->name, p->y.label)
			   : p->y.label,
		   70);
	fputs("\nset xlabel ", to);
	text_quote(to, panel + 1 == c->n_panels ? c->x.label : "", 60);
	fputs("\n", to);
	pool_free(&pool);
}

/* Marks as columns of dots, and the ends of stretches. */
static void print_upright(double at, const struct axis *x, FILE *to)
{
	if (at > x->low && at < x->high)
		fprintf(to,
			"set arrow from first %.12g, graph 0 to first %.12g, "
			"graph 1 nohead dt 3\n",
			at, at);
}

static void print_flags(const struct chart *c, FILE *to)
{
	unsigned i;

	for (i = 0; i < c->n_flags && i < MAX_FLAGS; i++) {
		const struct flag *f = &c->flags[i];

		print_upright(f->from, &c->x, to);
		if (f->to > f->from)
			print_upright(f->to, &c->x, to);
	}
}

/* Curves that are a panel's own; lanes have their names below the figure. */
static void print_names(const struct chart *c, const struct panel *p, FILE *to)
{
	unsigned i;

	for (i = 0; i < p->n_curves && p->kind != PANEL_STRIP; i++)
		if (p->curves[i].name)
			print_entry(c, p->curves[i].name, "",
				    mark_of(c, p->curves[i].look, 0), to);
}

static void print_panel(const struct chart *c, unsigned panel, unsigned columns,
			FILE *to)
{
	const struct panel *p = &c->panels[panel];
	struct axis x;
	bool first = true;
	unsigned i;

	letters_axis(c, panel, columns, &x);
	gnuplot_print_axis(&x, 'x', true, to);
	gnuplot_print_axis(&p->y, 'y', true, to);
	print_heading(c, panel, to);
	print_bands(p, to);
	print_flags(c, to);
	for (i = 0; i < 2 * p->n_curves; i++) {
		unsigned curve = i % p->n_curves;

		/* Formulas first: what was measured lies above them. */
		if (p->curves[curve].theory == (i < p->n_curves))
			first = print_item(c, panel, curve, first, to);
	}
	if (first)
		fputs("plot NaN notitle", to);
	print_names(c, p, to);
	if (panel + 1 == c->n_panels)
		print_entries(c, to);
	fputs("\nunset arrow\n", to);
}

void gnuplot_print_letters(const struct chart *c, unsigned columns,
			   unsigned rows, FILE *to)
{
	unsigned i;

	fprintf(to,
		"set terminal dumb mono noenhanced size %u,%u\n"
		"set encoding utf8\nset tics nomirror\nset border 3\n"
		"set key below\n",
		columns, rows);
	gnuplot_print_data(c, to);
	for (i = 0; i < c->n_panels; i++)
		print_panel(c, i, columns, to);
}
