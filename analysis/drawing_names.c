/* SPDX-License-Identifier: MIT */
/*
 * Where a panel has curves of its own, unlike those of the others, their names
 * stand right of it: beside a lane, or one below the other with a piece of the
 * line.
 */
#include "analysis/drawing.h"
#include "analysis/style.h"

#define ROW    17
#define SAMPLE 24
#define ROOM   27

static void print_sample(const struct drawing *d, const struct curve *c,
			 double y)
{
	double x = d->at.right + 10;

	fprintf(d->to,
		"set arrow from screen %.5f,%.5f to screen %.5f,%.5f nohead "
		"lw 2 dt %s lc rgb '%s'\n",
		drawing_across(d, x), drawing_up(d, y),
		drawing_across(d, x + SAMPLE), drawing_up(d, y),
		style_dash(d->chart, c->look, c->dash),
		style_colour(d->chart, c->look).text);
}

static void print_lane_name(const struct drawing *d, unsigned panel,
			    unsigned lane, const char *name)
{
	const struct panel *p = &d->chart->panels[panel];

	drawing_label(
		d, d->at.right + 10,
		layout_y(&d->at, d->chart, panel, p->n_lanes - lane - 0.5),
		name, ROOM, "left font ',9' tc rgb '" BLACK "'");
}

void drawing_names(const struct drawing *d, unsigned panel)
{
	const struct panel *p = &d->chart->panels[panel];
	double y = d->at.top[panel] + 8;
	unsigned i, lane = 0;

	for (i = 0; i < p->n_curves; i++) {
		const struct curve *c = &p->curves[i];

		if (!c->name)
			continue;
		if (p->n_lanes) {
			print_lane_name(d, panel, lane++, c->name);
			continue;
		}
		print_sample(d, c, y);
		drawing_label(d, d->at.right + 16 + SAMPLE, y, c->name,
			      ROOM - 5, "left font ',9' tc rgb '" BLACK "'");
		y += ROW;
	}
}
