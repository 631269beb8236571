/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "analysis/layout.h"
#include "analysis/text.h"

/* Widths of letters differ from font to font; these are generous. */
#define LETTER	      7.3
#define SMALL_LETTER  6.9
#define LEGEND_SAMPLE 52
#define LEGEND_ROW    20

static bool labels_beside(const struct chart *c)
{
	unsigned i;

	for (i = 0; i < c->n_panels; i++)
		if (c->panels[i].n_bands || c->panels[i].name)
			return true;
	return c->kind == FIGURE_PANELS || c->kind == FIGURE_STALLS;
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

	if (!c->n_entries) /* what lanes are is said alone */
		return c->kind == FIGURE_STALLS ? LEGEND_ROW : 0;
	l->legend_left = l->left + (title ? LETTER * title + 6 : 0);
	l->legend_columns =
		(unsigned)fmax(1, (l->width - 20 - l->legend_left) / entry);
	rows = (c->n_entries + l->legend_columns - 1) / l->legend_columns;
	return LEGEND_ROW * rows + 8;
}

static double panel_height(const struct chart *c, const struct panel *p)
{
	if (p->n_lanes)
		return (p->kind == PANEL_STRIP ? 46 : 28) * p->n_lanes +
		       (p->n_lanes == 1 ? 20 : 4);
	if (c->kind == FIGURE_PANELS)
		return c->n_panels < 3 ? 230 : c->n_panels < 5 ? 170 : 130;
	if (c->kind == FIGURE_TIME)
		return c->n_panels < 3 ? 210 : 140;
	return c->n_panels == 1 ? 440 : c->n_panels == 2 ? 260 : 190;
}

static unsigned longest_tick(const struct ticks *t, unsigned room)
{
	unsigned i, longest = 0, n;

	for (i = 0; i < t->n; i++) {
		n = text_length(t->all[i].text, room);
		if (n > longest)
			longest = n;
	}
	return longest;
}

/* Returns the height of the ticks' names and the axis' title. */
static double lay_x_axis(struct layout *l, const struct chart *c)
{
	double longest =
		LETTER * (longest_tick(&c->x.ticks, LAYOUT_TICK_ROOM) + 1);
	double title = *c->x.label ? 20 : 0;

	l->slanted = c->x.named && longest * c->x.ticks.n > l->right - l->left;
	if (!l->slanted)
		return title + 26;
	l->x_label = 0.62 * longest + 20; /* below the panel */
	return l->x_label + 12;
}

static void lay_panels(struct layout *l, const struct chart *c, double top)
{
	/* Room between panels, and for a name above each. */
	double gap = c->kind == FIGURE_TIME ? 30 : 18;
	unsigned i;

	for (i = 0; i < c->n_panels; i++) {
		l->top[i] = top;
		l->bottom[i] = top + panel_height(c, &c->panels[i]);
		top = l->bottom[i] + gap;
	}
}

static unsigned flag_length(const struct chart *c, unsigned flag)
{
	return text_length(c->flags[flag].text, LAYOUT_FLAG_ROOM);
}

#define FLAG_ROWS 4
#define FLAG_ROW  21

/* Would words of this width, about x, lie on those in the row? */
static bool row_is_taken(const struct layout *l, const struct chart *c,
			 unsigned flag, double row)
{
	double half = SMALL_LETTER / 2;
	unsigned i;

	for (i = 0; i < flag; i++) {
		double reach =
			half * (flag_length(c, i) + 3. + flag_length(c, flag));

		if (l->flag[i].y == row &&
		    fabs(l->flag[i].x - l->flag[flag].x) < reach)
			return true;
	}
	return false;
}

/* In the lowest row where it lies on nothing. False: there is none. */
static bool lay_flag(struct layout *l, const struct chart *c, unsigned flag)
{
	const struct flag *f = &c->flags[flag];
	double half = SMALL_LETTER / 2 * flag_length(c, flag);
	double middle = (layout_x(l, c, f->from) + layout_x(l, c, f->to)) / 2;
	unsigned row;

	if (!*f->text)
		return false;
	l->flag[flag].x = fmin(fmax(middle, 18 + half), l->width - 18 - half);
	for (row = 1; row <= FLAG_ROWS; row++) {
		if (row_is_taken(l, c, flag, row))
			continue;
		l->flag[flag].y = row;
		return true;
	}
	l->flag[flag].y = 0;
	return false;
}

/* Returns the height of the rows of words above the panels. */
static double lay_flags(struct layout *l, const struct chart *c, double top)
{
	unsigned n = c->n_flags < MAX_FLAGS ? c->n_flags : MAX_FLAGS;
	double rows = 0;
	unsigned i;

	for (i = 0; i < n; i++)
		if (lay_flag(l, c, i))
			rows = fmax(rows, l->flag[i].y);
	for (i = 0; i < n; i++)
		if (l->flag[i].y > 0)
			l->flag[i].y =
				top + 8 + FLAG_ROW * (rows - l->flag[i].y);
	return FLAG_ROW * rows;
}

/* Names of lanes stand left of them. */
static double left_room(const struct chart *c)
{
	const struct panel *p = &c->panels[0];

	if (p->kind != PANEL_STRIP)
		return 84;
	return fmax(84,
		    24 + LETTER * longest_tick(&p->y.ticks, LAYOUT_LANE_ROOM));
}

void layout_chart(struct layout *l, const struct chart *c)
{
	double bottom, top;

	*l = (struct layout){.width = LAYOUT_WIDTH, .title = 28};
	l->left = left_room(c);
	l->right = l->width - (labels_beside(c) ? 178 : 24);
	l->subtitle = l->title + 23;
	l->legend = *c->subtitle ? l->subtitle + 18 : l->title + 24;
	top = l->legend + lay_legend(l, c);
	top += lay_flags(l, c, top);
	lay_panels(l, c, top + (c->kind == FIGURE_TIME ? 22 : 10));
	bottom = l->bottom[c->n_panels - 1];
	l->footer = bottom + lay_x_axis(l, c) + 18;
	l->x_label += bottom;
	l->height = l->footer + 14;
}

unsigned layout_label_room(const struct layout *l, unsigned panel)
{
	return (unsigned)((l->bottom[panel] - l->top[panel]) / LETTER);
}

double layout_x(const struct layout *l, const struct chart *c, double value)
{
	const struct axis *x = &c->x;
	double at = fmin(fmax(value, x->low), x->high);
	double share = x->log ? log(at / x->low) / log(x->high / x->low)
			      : (at - x->low) / (x->high - x->low);

	return l->left + share * (l->right - l->left);
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
