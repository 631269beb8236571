/* SPDX-License-Identifier: MIT */
/* What is drawn within a panel: curves, bars, intervals, formulas. */
#include <math.h>

#include "analysis/drawing.h"
#include "analysis/style.h"
#include "analysis/text.h"

/* Marks on more points than this would hide the line. */
#define MANY_POINTS 60

static void print_stroke(const struct drawing *d, unsigned look, unsigned dash)
{
	fprintf(d->to, " lw %s dt %s lc rgb '%s'",
		d->chart->kind == FIGURE_TIME ? "1.3" : "2",
		style_dash(d->chart, look, dash),
		style_colour(d->chart, look).text);
}

static void print_marked_line(const struct drawing *d, unsigned look,
			      unsigned dash)
{
	fputs("with linespoints", d->to);
	print_stroke(d, look, dash);
	fprintf(d->to, " pt %u ps 0.9", style_mark(d->chart, look));
}

static void print_line(const struct drawing *d, const struct panel *p,
		       const struct curve *c)
{
	enum figure_kind kind = d->chart->kind;

	if (kind != FIGURE_STALLS && kind != FIGURE_PANELS &&
	    c->n <= MANY_POINTS) {
		print_marked_line(d, c->look, c->dash);
		return;
	}
	fputs(p->kind == PANEL_STEPS ? "with fsteps" : "with lines", d->to);
	print_stroke(d, c->look, c->dash);
}

static void print_theory(const struct drawing *d, const struct curve *c)
{
	struct colour colour = {BLACK};

	if (c->dressed)
		colour = style_colour(d->chart, c->look);

	if (d->chart->kind == FIGURE_BARS)
		fprintf(d->to,
			"using ($1-0.44):2:(0.88):(0) with vectors nohead "
			"lw 2 dt (2,3) lc rgb '%s' notitle",
			colour.text);
	else
		fprintf(d->to,
			"using 1:2 with lines lw 2 dt (2,3) lc rgb '%s' "
			"notitle",
			colour.text);
}

static void print_bars(const struct drawing *d, const struct curve *c)
{
	fprintf(d->to,
		"using 1:2:5 with boxes fill solid %s noborder lc rgb '%s' "
		"notitle",
		c->dash ? "0.45" : "0.85",
		style_colour(d->chart, c->look).text);
}

/* Narrow gaps, so that the parts stay apart in grey. */
static void print_part(const struct drawing *d, const struct curve *c)
{
	fprintf(d->to,
		"using 1:2:($1-$5/2):($1+$5/2):6:2 with boxxyerror "
		"fill solid 0.85 border lc rgb '#ffffff' fc rgb '%s' notitle",
		style_colour(d->chart, c->look).text);
}

static bool has_intervals(const struct curve *c)
{
	unsigned i;

	for (i = 0; i < c->n; i++)
		if (!isnan(c->points[i].low))
			return true;
	return false;
}

static void print_lane(const struct drawing *d, const struct panel *p,
		       const struct curve *c)
{
	struct colour colour = style_colour(d->chart, c->look);

	if (p->kind == PANEL_STATES)
		fprintf(d->to,
			"using 1:3:2 with filledcurves fs solid 0.85 noborder "
			"fc rgb '%s' notitle",
			colour.text);
	else
		fprintf(d->to,
			"using 1:2 with points pt %u ps %s lw 1.2 "
			"lc rgb '%s%s' notitle",
			c->hollow ? 6 : 7, c->hollow ? "0.7" : "0.55",
			c->hollow ? "#" : "#70", colour.text + 1);
}

static void print_curve(const struct drawing *d, const struct panel *p,
			const struct curve *c)
{
	if (p->n_lanes) {
		print_lane(d, p, c);
	} else if (c->theory) {
		print_theory(d, c);
	} else if (d->chart->stacked) {
		print_part(d, c);
	} else if (d->chart->kind == FIGURE_BARS) {
		print_bars(d, c);
	} else {
		fputs("using 1:2 ", d->to);
		print_line(d, p, c);
		fputs(" notitle", d->to);
	}
}

/* Ribbons along lines; whiskers where neighbours have nothing in between. */
static bool has_whiskers(const struct drawing *d, const struct curve *c)
{
	return d->chart->x.named || c->n < 3;
}

static void print_interval(const struct drawing *d, const struct curve *c)
{
	if (has_whiskers(d, c))
		fprintf(d->to,
			"using 1:3:(0):($4-$3) with vectors nohead lw 1.6 "
			"lc rgb '%s' notitle",
			d->chart->kind == FIGURE_BARS
				? BLACK
				: style_colour(d->chart, c->look).text);
	else
		fprintf(d->to,
			"using 1:3:4 with filledcurves fs transparent solid "
			"0.22 noborder fc rgb '%s' notitle",
			style_colour(d->chart, c->look).text);
}

static void print_entry(const struct drawing *d, const struct entry *e)
{
	const struct chart *c = d->chart;

	fputs(", \\\n     keyentry ", d->to);
	switch (e->kind) {
	case ENTRY_SERIES:
		if (c->kind == FIGURE_BARS)
			fprintf(d->to,
				"with boxes fill solid 0.85 noborder "
				"lc rgb '%s'",
				style_colour(c, e->number).text);
		else if (c->metrics_dashed)
			print_marked_line(d, e->number, 0);
		else
			print_marked_line(d, e->number, e->number);
		break;
	case ENTRY_METRIC:
		if (c->kind == FIGURE_BARS)
			fprintf(d->to,
				"with boxes fill solid %s noborder "
				"lc rgb '" GREY "'",
				e->number ? "0.45" : "0.85");
		else
			fprintf(d->to,
				"with lines lw 2 dt %s lc rgb '" BLACK "'",
				style_metric_dash(e->number));
		break;
	case ENTRY_RANGE:
		fputs("with boxes fill transparent solid 0.16 noborder "
		      "lc rgb '" BLACK "'",
		      d->to);
		break;
	case ENTRY_THEORY:
		fputs("with lines lw 2 dt (2,3) lc rgb '" BLACK "'", d->to);
		break;
	}
	fputs(" title ", d->to);
	text_quote(d->to, e->name, LAYOUT_NAME_ROOM);
}

static void begin_item(const struct drawing *d, unsigned panel, unsigned curve,
		       unsigned *items)
{
	fprintf(d->to, "%s$panel%u_curve%u ",
		(*items)++ ? ", \\\n     " : "plot ", panel, curve);
}

/* Ribbons first, lines above them, whiskers above bars. */
static void print_intervals(const struct drawing *d, unsigned panel,
			    bool whiskers, unsigned *items)
{
	const struct panel *p = &d->chart->panels[panel];
	unsigned i;

	for (i = 0; i < p->n_curves; i++) {
		const struct curve *c = &p->curves[i];
		if (p->n_lanes || c->theory || !c->n ||
		    has_whiskers(d, c) != whiskers || !d->chart->intervals ||
		    !has_intervals(c))
			continue;
		begin_item(d, panel, i, items);
		print_interval(d, c);
	}
}

void drawing_plot(const struct drawing *d, unsigned panel)
{
	const struct panel *p = &d->chart->panels[panel];
	unsigned i, items = 0;

	print_intervals(d, panel, false, &items);
	for (i = 0; i < p->n_curves; i++) {
		if (!p->curves[i].n)
			continue;
		begin_item(d, panel, i, &items);
		print_curve(d, p, &p->curves[i]);
	}
	print_intervals(d, panel, true, &items);
	if (!items)
		fputs("plot NaN notitle", d->to);
	for (i = 0; !panel && i < d->chart->n_entries; i++)
		print_entry(d, &d->chart->entries[i]);
	fputs("\n", d->to);
}
