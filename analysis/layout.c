/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "analysis/layout.h"
#include "analysis/text.h"

/* Widths of letters differ from font to font; these are generous. */
#define LETTER	      7.3
#define LEGEND_SAMPLE 52
#define LEGEND_ROW    20

static bool labels_beside(const struct chart *c)
{
	unsigned i;

	for (i = 0; i < c->n_panels; i++)
		if (c->panels[i].n_bands || c->panels[i].name)
			return true;
	return false;
}

static unsigned longest_entry(const struct chart *c)
{
	unsigned i, longest = 0, n;

	for (i = 0; i < c->n_entries; i++) {
		n = text_length(c->entries[i].name, LAYOUT_NAME_ROOM);
		if (n > longest)
			longest = n;
	}
	return longest;
}

/* Returns the legend's height. */
static double lay_legend(struct layout *l, const struct chart *c)
{
	double entry = LEGEND_SAMPLE + LETTER * longest_entry(c);
	unsigned title = text_length(c->legend, LAYOUT_NAME_ROOM), rows;

	if (!c->n_entries)
		return 0;
	l->legend_left = l->left + (title ? LETTER * title + 6 : 0);
	l->legend_columns =
		(unsigned)fmax(1, (l->width - 20 - l->legend_left) / entry);
	rows = (c->n_entries + l->legend_columns - 1) / l->legend_columns;
	return LEGEND_ROW * rows + 8;
}

static double panel_height(const struct chart *c)
{
	if (c->kind == FIGURE_TIME)
		return c->n_panels < 3 ? 210 : 140;
	return c->n_panels == 1 ? 440 : c->n_panels == 2 ? 260 : 190;
}

static unsigned longest_tick(const struct ticks *t)
{
	unsigned i, longest = 0, n;

	for (i = 0; i < t->n; i++) {
		n = text_length(t->all[i].text, LAYOUT_TICK_ROOM);
		if (n > longest)
			longest = n;
	}
	return longest;
}

/* Returns the height of the ticks' names and the axis' title. */
static double lay_x_axis(struct layout *l, const struct chart *c)
{
	double longest = LETTER * (longest_tick(&c->x.ticks) + 1);
	double title = *c->x.label ? 20 : 0;

	l->slanted = c->x.named && longest * c->x.ticks.n > l->right - l->left;
	if (!l->slanted)
		return title + 26;
	l->x_label = 0.62 * longest + 20; /* below the panel */
	return l->x_label + 12;
}

static void lay_panels(struct layout *l, const struct chart *c, double top)
{
	double height = panel_height(c);
	/* Room between panels, and for a name above each. */
	double gap = c->kind == FIGURE_TIME ? 30 : 18;
	unsigned i;

	for (i = 0; i < c->n_panels; i++) {
		l->top[i] = top + i * (height + gap);
		l->bottom[i] = l->top[i] + height;
	}
}

void layout_chart(struct layout *l, const struct chart *c)
{
	double bottom;

	*l = (struct layout){.width = LAYOUT_WIDTH, .left = 84, .title = 28};
	l->right = l->width - (labels_beside(c) ? 178 : 24);
	l->subtitle = l->title + 23;
	l->legend = *c->subtitle ? l->subtitle + 18 : l->title + 24;
	lay_panels(l, c,
		   l->legend + lay_legend(l, c) +
			   (c->kind == FIGURE_TIME ? 22 : 10));
	bottom = l->bottom[c->n_panels - 1];
	l->footer = bottom + lay_x_axis(l, c) + 18;
	l->x_label += bottom;
	l->height = l->footer + 14;
}

unsigned layout_label_room(const struct layout *l, unsigned panel)
{
	return (unsigned)((l->bottom[panel] - l->top[panel]) / LETTER);
}

double layout_y(const struct layout *l, const struct chart *c, unsigned panel,
		double value)
{
	const struct axis *y = &c->panels[panel].y;
	double at = fmin(fmax(value, y->low), y->high);
	double share = y->log ? log(at / y->low) / log(y->high / y->low)
			      : (at - y->low) / (y->high - y->low);

	return l->bottom[panel] - share * (l->bottom[panel] - l->top[panel]);
}
