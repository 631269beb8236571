/* SPDX-License-Identifier: MIT */
/* Where the parts of a chart lie, in pixels from the upper left corner. */
#ifndef ANALYSIS_LAYOUT_H
#define ANALYSIS_LAYOUT_H

#include "analysis/chart.h"

#define LAYOUT_WIDTH	 1000
#define LAYOUT_NAME_ROOM 34 /* characters of a name in the legend */
#define LAYOUT_TICK_ROOM 30 /* of a name at a tick */
#define LAYOUT_LANE_ROOM 40 /* of a lane's name */
#define LAYOUT_FLAG_ROOM 96 /* of the words above the panels */

struct layout {
	double width, height;
	double left, right; /* of all panels */
	double title, subtitle;
	double legend, legend_left;
	unsigned legend_columns;
	double top[MAX_PANELS], bottom[MAX_PANELS];
	bool slanted;	/* the ticks' names, which are too long */
	double x_label; /* meaningful if slanted */
	double footer;
	/* The words of a flag: their middle; 0: there was no room for them. */
	struct {
		double x, y;
	} flag[MAX_FLAGS];
};

void layout_chart(struct layout *l, const struct chart *c);

/* How many letters there are beside a panel for the name of its y axis. */
unsigned layout_label_room(const struct layout *l, unsigned panel);

/* Where a value lies across the page. */
double layout_x(const struct layout *l, const struct chart *c, double value);

/* Where a value lies on the y axis of a panel; off its ends, at its ends. */
double layout_y(const struct layout *l, const struct chart *c, unsigned panel,
		double value);

#endif
