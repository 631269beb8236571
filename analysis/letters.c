/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "analysis/letters.h"
#include "analysis/text.h"

/* What gnuplot keeps free left and right of a plot in letters. */
#define EDGES 7

/* Of a name at a tick; longer ones are cut, as on paper. */
static unsigned length_of(const struct tick *t)
{
	return text_length(t->text, LAYOUT_TICK_ROOM);
}

static unsigned longest(const struct ticks *t)
{
	unsigned i, most = 0, n;

	for (i = 0; i < t->n; i++) {
		n = length_of(&t->all[i]);
		most = n > most ? n : most;
	}
	return most;
}

/* How many letters the x axis of a panel is wide. */
static unsigned room_of(const struct panel *p, unsigned columns)
{
	unsigned taken = EDGES + longest(&p->y.ticks);

	return columns > taken ? columns - taken : 1;
}

bool letters_numbered(const struct chart *c, unsigned columns)
{
	const struct ticks *t = &c->x.ticks;
	unsigned i;

	if (!c->x.named || t->n < 2)
		return false;
	for (i = 0; i < c->n_panels; i++)
		if ((longest(t) + 1) * t->n > room_of(&c->panels[i], columns))
			return true;
	return false;
}

static double share_of(const struct axis *a, double at)
{
	return a->log ? log(at / a->low) / log(a->high / a->low)
		      : (at - a->low) / (a->high - a->low);
}

/* From the left on, each text keeps its place if the one before leaves it. */
static void thin(struct axis *a, unsigned room)
{
	double end = -INFINITY;
	unsigned i;

	for (i = 0; i < a->ticks.n; i++) {
		struct tick *t = &a->ticks.all[i];
		double half = length_of(t) / 2.;
		double middle = room * share_of(a, t->at);

		if (half > 0 && middle - half < end + 1)
			t->text[0] = '\0';
		else if (half > 0)
			end = middle + half;
	}
}

void letters_axis(const struct chart *c, unsigned panel, unsigned columns,
		  struct axis *out)
{
	unsigned i;

	*out = c->x;
	if (letters_numbered(c, columns))
		for (i = 0; i < out->ticks.n; i++)
			snprintf(out->ticks.all[i].text,
				 sizeof out->ticks.all[i].text, "%u", i + 1);
	thin(out, room_of(&c->panels[panel], columns));
}
