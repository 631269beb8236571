/* SPDX-License-Identifier: MIT */
/*
 * Drawings on paper: svg, png, pdf. Every part is placed by layout.c, in
 * fractions of the page, so that nothing lies on the data and two figures of
 * one kind can be laid side by side.
 */
#include <math.h>
#include <string.h>

#include "analysis/drawing.h"
#include "analysis/style.h"
#include "analysis/text.h"

#define LIGHT "#e3e3e3"

double drawing_across(const struct drawing *d, double x)
{
	return x / d->at.width;
}

double drawing_up(const struct drawing *d, double y)
{
	return 1 - y / d->at.height;
}

static void print_terminal(const struct drawing *d, enum format format)
{
	double w = d->at.width, h = d->at.height;

	switch (format) {
	case FORMAT_SVG:
		fprintf(d->to,
			"set terminal svg noenhanced size %.0f,%.0f "
			"font 'sans-serif,13' background '#ffffff' "
			"name 'ringsim'\n",
			w, h);
		break;
	case FORMAT_PNG:
		fprintf(d->to,
			"set terminal pngcairo noenhanced size %.0f,%.0f "
			"font 'sans-serif,10' background '#ffffff'\n",
			w, h);
		break;
	case FORMAT_PDF:
		fprintf(d->to,
			"set terminal pdfcairo noenhanced size %.3f,%.3f "
			"font 'sans-serif,10' background '#ffffff'\n",
			w / 96, h / 96);
		break;
	}
	fputs("set encoding utf8\n", d->to);
}

static void print_style(FILE *to)
{
	fputs("set border 3 lc rgb '#808080'\n"
	      "set grid xtics ytics back lt 1 lc rgb '" LIGHT "' lw 0.8\n"
	      "set tics nomirror out scale 0.6,0.3\n"
	      "set xtics textcolor rgb '" BLACK "'\n"
	      "set ytics textcolor rgb '" BLACK "'\n"
	      "set clip two\n"
	      "set multiplot\n",
	      to);
}

void drawing_label(const struct drawing *d, double x, double y,
		   const char *text, unsigned room, const char *how)
{
	if (!*text)
		return;
	fputs("set label ", d->to);
	text_quote(d->to, text, room);
	fprintf(d->to, " at screen %.5f,%.5f %s\n", drawing_across(d, x),
		drawing_up(d, y), how);
}

static void print_words(const struct drawing *d)
{
	const struct chart *c = d->chart;
	unsigned command = text_length(c->command, 80);

	drawing_label(d, 18, d->at.title, c->title, 84, "left font ',15'");
	drawing_label(d, 18, d->at.subtitle, c->subtitle, 132,
		      "left tc rgb '" GREY "'");
	drawing_label(d, 18, d->at.footer, c->footer, 150 - command,
		      "left font ',8' tc rgb '" GREY "'");
	drawing_label(d, d->at.width - 18, d->at.footer, c->command, 80,
		      "right font ',8' tc rgb '" GREY "'");
	if (c->kind == FIGURE_STALLS)
		drawing_label(d, 18, d->at.legend + 10, c->legend, 130,
			      "left font ',9' tc rgb '" GREY "'");
	if (c->n_entries)
		drawing_label(d, d->at.left, d->at.legend + 10, c->legend,
			      LAYOUT_NAME_ROOM, "left tc rgb '" GREY "'");
}

static void print_key(const struct drawing *d)
{
	fprintf(d->to,
		"set key at screen %.5f,%.5f left top horizontal Left reverse "
		"maxcols %u samplen 3.2 spacing 1.15 width 1.5 height 0\n",
		drawing_across(d, d->at.legend_left),
		drawing_up(d, d->at.legend), d->at.legend_columns);
}

/* A band's words stand beside it; where two would lie on each other the lower
 * one gives way. Returns where they lie. */
static double print_band_words(const struct drawing *d, unsigned panel,
			       const struct band *b, double above)
{
	double low = layout_y(&d->at, d->chart, panel, b->low);
	double high = layout_y(&d->at, d->chart, panel, b->high);
	double y = fmax((low + high) / 2, above + 34);

	drawing_label(d, d->at.right + 10, y - 7, b->id, 22, "left font ',9'");
	drawing_label(d, d->at.right + 10, y + 8, b->words, 26,
		      "left font ',9' tc rgb '" GREY "'");
	return y;
}

/* The one that lies highest below `above`, in pixels. */
static const struct band *next_band(const struct drawing *d, unsigned panel,
				    const struct band *after)
{
	const struct panel *p = &d->chart->panels[panel];
	const struct band *best = NULL;
	unsigned i;

	for (i = 0; i < p->n_bands; i++) {
		const struct band *b = &p->bands[i];
		bool behind = !after || b->high < after->high ||
			      (b->high == after->high && b > after);

		if (behind && (!best || b->high > best->high))
			best = b;
	}
	return best;
}

static void print_bands(const struct drawing *d, unsigned panel)
{
	const struct panel *p = &d->chart->panels[panel];
	const struct axis *y = &p->y;
	const struct band *b = NULL;
	double above = p->name ? d->at.top[panel] + 33 : 0; /* its notes */

	while ((b = next_band(d, panel, b))) {
		fprintf(d->to,
			"set object rectangle from graph 0, first %.9g to "
			"graph 1, first %.9g behind fillcolor rgb '" BLACK
			"' fillstyle transparent solid 0.10 noborder\n",
			fmax(b->low, y->low), fmin(b->high, y->high));
		above = print_band_words(d, panel, b, above);
	}
}

/* The only series of a panel is named above it, and described beside it. */
static void print_name(const struct drawing *d, unsigned panel)
{
	const struct panel *p = &d->chart->panels[panel];
	double top = d->at.top[panel];
	char how[64];
	unsigned i;

	if (!p->name)
		return;
	snprintf(how, sizeof how, "left tc rgb '%s'",
		 style_colour(d->chart, p->curves[0].look).text);
	drawing_label(d, d->at.left, top - 10, p->name, 120, how);
	for (i = 0; i < 3 && p->notes[i]; i++)
		drawing_label(d, d->at.right + 10, top + 8 + 16 * i,
			      p->notes[i], 26,
			      "left font ',9' tc rgb '" GREY "'");
}

static void print_place(const struct drawing *d, unsigned panel)
{
	fprintf(d->to,
		"set lmargin at screen %.5f\nset rmargin at screen %.5f\n"
		"set tmargin at screen %.5f\nset bmargin at screen %.5f\n",
		drawing_across(d, d->at.left), drawing_across(d, d->at.right),
		drawing_up(d, d->at.top[panel]),
		drawing_up(d, d->at.bottom[panel]));
}

static void print_axes(const struct drawing *d, unsigned panel)
{
	const struct chart *c = d->chart;
	bool last = panel + 1 == c->n_panels;

	gnuplot_print_axis(&c->x, 'x', last, d->to);
	if (d->at.slanted)
		fputs("set xtics rotate by 35 right\n", d->to);
	gnuplot_print_axis(&c->panels[panel].y, 'y', true, d->to);
	fputs("set ylabel ", d->to);
	text_quote(d->to, c->panels[panel].y.label,
		   layout_label_room(&d->at, panel));
	fputs("\nset xlabel ", d->to);
	text_quote(d->to, last && !d->at.slanted ? c->x.label : "", 90);
	fputs("\n", d->to);
	if (last && d->at.slanted)
		drawing_label(d, (d->at.left + d->at.right) / 2, d->at.x_label,
			      c->x.label, 90, "center");
}

static void print_panel(const struct drawing *d, unsigned panel)
{
	fputs("unset label\nunset object\nunset arrow\nunset key\n", d->to);
	print_place(d, panel);
	print_axes(d, panel);
	if (!panel) {
		print_words(d);
		if (d->chart->n_entries)
			print_key(d);
		drawing_flags(d);
	}
	print_bands(d, panel);
	print_name(d, panel);
	drawing_names(d, panel);
	drawing_stretches(d);
	drawing_lines(d, panel);
	drawing_ranges(d, panel);
	drawing_plot(d, panel);
}

void gnuplot_print(const struct chart *c, enum format format, FILE *to)
{
	struct drawing d = {.chart = c, .to = to};
	unsigned i;

	layout_chart(&d.at, c);
	fputs("# ", to);
	text_print(to, c->command, 200);
	fputs("\n", to);
	print_terminal(&d, format);
	gnuplot_print_data(c, to);
	print_style(to);
	for (i = 0; i < c->n_panels; i++)
		print_panel(&d, i);
	fputs("unset multiplot\n", to);
}
