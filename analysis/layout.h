/* SPDX-License-Identifier: MIT */
/* Where the parts of a chart lie, in pixels from the upper left corner. */
#ifndef ANALYSIS_LAYOUT_H
#define ANALYSIS_LAYOUT_H

#include "analysis/chart.h"

#define LAYOUT_WIDTH	 1000
#define LAYOUT_NAME_ROOM 34 /* characters of a name in the legend */
#define LAYOUT_TICK_ROOM 30 /* of a name at a tick */

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
};

void layout_chart(struct layout *l, const struct chart *c);

/* How many letters there are beside a panel for the name of its y axis. */
unsigned layout_label_room(const struct layout *l, unsigned panel);

/* Where a value lies on the y axis of a panel; off its ends, at its ends. */
double layout_y(const struct layout *l, const struct chart *c, unsigned panel,
		double value);

#endif
