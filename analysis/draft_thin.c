/* SPDX-License-Identifier: MIT */
/*
 * A run of minutes has more windows than a page has dots. Of neighbours that
 * would fall on one dot, the lowest and the highest stay, as a plot of all of
 * them would show; of states, the mean.
 */
#include "analysis/draft.h"

#define MANY_POINTS 3000
#define MOST_STEPS  1200

static unsigned keep_mean(const struct point *from, unsigned n,
			  struct point *out)
{
	double sum = 0;
	unsigned i;

	for (i = 0; i < n; i++)
		sum += from[i].y;
	*out = from[n - 1];
	out->y = sum / n;
	return 1;
}

static unsigned keep_ends(const struct point *from, unsigned n,
			  struct point *out)
{
	unsigned low = 0, high = 0, i;
	struct point first, second;

	for (i = 1; i < n; i++) {
		low = from[i].y < from[low].y ? i : low;
		high = from[i].y > from[high].y ? i : high;
	}
	first = from[low < high ? low : high];
	second = from[low < high ? high : low];
	out[0] = first;
	if (low == high)
		return 1;
	out[1] = second;
	return 2;
}

void curve_thin(struct curve *c, bool means)
{
	unsigned step = (c->n + MOST_STEPS - 1) / MOST_STEPS;
	unsigned from, n = 0;

	if (c->n <= MANY_POINTS)
		return;
	for (from = 0; from < c->n; from += step) {
		unsigned here = c->n - from < step ? c->n - from : step;

		n += (means ? keep_mean : keep_ends)(&c->points[from], here,
						     &c->points[n]);
	}
	c->n = n;
}
