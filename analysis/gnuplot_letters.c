/* SPDX-License-Identifier: MIT */
/*
 * Drawings in letters, for a terminal. gnuplot places everything; a series is
 * a letter, and the legend stands below.
 */
#include <math.h>

#include "analysis/gnuplot.h"
#include "analysis/text.h"

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
		fprintf(to, ":5 with boxes notitle");
	else
		fprintf(to, " with %s pt %u notitle",
			c->kind == FIGURE_TIME ? "lines" : "points",
			line->look + 1);
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

static void print_bands(const struct panel *p, FILE *to)
{
	unsigned i;

	for (i = 0; i < p->n_bands; i++) {
		print_edge(p->bands[i].low, &p->y, to);
		print_edge(p->bands[i].high, &p->y, to);
	}
}

static void print_entries(const struct chart *c, unsigned panel, FILE *to)
{
	unsigned i;

	for (i = 0; !panel && i < c->n_entries; i++) {
		const struct entry *e = &c->entries[i];

		if (e->kind != ENTRY_SERIES)
			continue;
		fprintf(to, ", keyentry with points pt %u title ",
			e->number + 1);
		text_quote(to, e->name, 30);
	}
}

static void print_heading(const struct chart *c, unsigned panel, FILE *to)
{
	const struct panel *p = &c->panels[panel];

	fputs("set title ", to);
	text_quote(to, p->y.label, 60);
	fputs("\nset xlabel ", to);
	text_quote(to, panel + 1 == c->n_panels ? c->x.label : "", 60);
	fputs("\n", to);
}

static void print_panel(const struct chart *c, unsigned panel, FILE *to)
{
	const struct panel *p = &c->panels[panel];
	bool first = true;
	unsigned i;

	gnuplot_print_axis(&c->x, 'x', true, to);
	gnuplot_print_axis(&p->y, 'y', true, to);
	print_heading(c, panel, to);
	print_bands(p, to);
	for (i = 0; i < p->n_curves; i++)
		first = print_item(c, panel, i, first, to);
	if (first)
		fputs("plot NaN notitle", to);
	print_entries(c, panel, to);
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
		print_panel(c, i, to);
}
