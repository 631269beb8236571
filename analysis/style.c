/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>

#include "analysis/style.h"

/*
 * Okabe and Ito's colours, which people with any kind of colour vision tell
 * apart; without their yellow, which is too light for a line on white. Marks
 * and dashes say the same again, for a copy in grey.
 */
static const unsigned hues[] = {0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7,
				0xe69f00, 0x56b4e9, 0x4d4d4d};
static const unsigned marks[] = {7, 5, 9, 13, 11, 15, 6, 4, 8, 12, 10};
static const char *const patterns[] = {
	"1",	  "(14,4)",    "(5,4)", "(14,4,3,4)", "(3,3)", "(14,4,3,4,3,4)",
	"(20,5)", "(8,4,3,4)", "(3,5)", "(20,4,6,4)", "(8,8)"};

/* Of metrics that share a panel. */
static const char *const dashes[] = {"1",	  "(9,4)", "(3,3)",
				     "(9,4,3,4)", "(3,6)", "(16,4)"};

/* More of anything than there is begins anew. */
#define CHOOSE(array, i) ((array)[(i) % (sizeof(array) / sizeof *(array))])

static unsigned mixed(unsigned channel, double shade)
{
	return (unsigned)lround(255 - (255 - (double)channel) * shade);
}

struct colour style_colour(const struct chart *c, unsigned look)
{
	const struct look *l = &CHOOSE(c->looks, look);
	unsigned hue = CHOOSE(hues, l->hue);
	struct colour colour;

	snprintf(colour.text, sizeof colour.text, "#%02x%02x%02x",
		 mixed(hue >> 16 & 255, l->shade) & 255,
		 mixed(hue >> 8 & 255, l->shade) & 255,
		 mixed(hue & 255, l->shade) & 255);
	return colour;
}

unsigned style_mark(const struct chart *c, unsigned look)
{
	return CHOOSE(marks, CHOOSE(c->looks, look).mark);
}

const char *style_metric_dash(unsigned dash)
{
	return CHOOSE(dashes, dash);
}

const char *style_dash(const struct chart *c, unsigned look, unsigned dash)
{
	if (c->metrics_dashed || c->kind == FIGURE_PANELS)
		return style_metric_dash(dash);
	if (c->kind == FIGURE_TIME || c->kind == FIGURE_STALLS)
		return "1"; /* alone in its panel, and too rough for dashes */
	return CHOOSE(patterns, CHOOSE(c->looks, look).dash);
}
