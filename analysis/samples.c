/* SPDX-License-Identifier: MIT */
/*
 * A sample is the value of the window that ended at its time: it holds from
 * the sample before to its own.
 */
#include <math.h>

#include "analysis/samples.h"

/* How much of its lane a state fills. */
#define LANE_SHARE 0.72

/* Less of a window than this is drawn as this much, so that it is seen. */
#define LEAST_SHARE 0.1

/* One sample beyond each end, so that lines reach them. */
static char *samples_query(struct draft *d, const struct stretch *s)
{
	char *from = "", *to = "";

	if (!isnan(s->from))
		from = pool_text(d->pool,
				 "AND t_ns >= coalesce((SELECT max(t_ns) FROM "
				 "v_sample WHERE run = ?1 AND probe = ?2 AND "
				 "t_ns <= %.0f), %.0f) ",
				 s->from, s->from);
	if (!isnan(s->to))
		to = pool_text(d->pool,
			       "AND t_ns <= coalesce((SELECT min(t_ns) FROM "
			       "v_sample WHERE run = ?1 AND probe = ?2 AND "
			       "t_ns >= %.0f), %.0f) ",
			       s->to, s->to);
	return pool_text(d->pool,
			 "SELECT t_ns, value FROM v_sample WHERE run = ?1 AND "
			 "probe = ?2 %s%sORDER BY t_ns",
			 from, to);
}

static bool read_rows(struct draft *d, const char *probe,
		      const struct stretch *s, struct curve *c)
{
	sqlite3_stmt *row = database_prepare(d->db, d->t, samples_query(d, s),
					     d->shown->run, probe, NULL);

	if (!row)
		return false;
	while (database_step(d->db, row, d->t))
		curve_point(d, c,
			    (struct point){sqlite3_column_double(row, 0),
					   sqlite3_column_double(row, 1), NAN,
					   NAN});
	sqlite3_finalize(row);
	if (d->t->text[0])
		return false;
	return c->n ||
	       trouble_user(d->t,
			    "no samples of %s were kept there; %s has to ask "
			    "for them under `samples`",
			    probe, d->figure->scenario);
}

/* Puts an end of the curve, which lies beyond, at the end of the stretch. */
static void move_end(struct point *end, const struct point *next, double to,
		     bool line)
{
	if (line && next->x != end->x)
		end->y +=
			(next->y - end->y) * (to - end->x) / (next->x - end->x);
	end->x = to;
}

/* A value holds from the sample before to its own, so a step that reaches
 * beyond is merely shorter; a line is cut. */
static void clip(struct curve *c, const struct stretch *s, bool line)
{
	struct point *first = c->points, *last = &c->points[c->n - 1];

	if (c->n < 2)
		return;
	if (first->x < s->from)
		move_end(first, first + 1, s->from, line);
	if (last->x > s->to)
		move_end(last, last - 1, s->to, line);
}

static double share_of(double value)
{
	return value > 0 ? fmin(fmax(value, LEAST_SHARE), 1) : 0;
}

/* A lane filled as high as the state holds of each window. */
static void fill_lane(struct draft *d, const struct panel *p, unsigned lane,
		      double from, struct curve *c)
{
	struct curve filled = *c;
	double base = p->n_lanes - 1. - lane + (1 - LANE_SHARE) / 2;
	double before = c->n > 1 ? 2 * c->points[0].x - c->points[1].x : 0;
	unsigned i;

	before = fmax(before, from); /* which may be none */
	filled.points = NULL;
	filled.n = 0;
	for (i = 0; i < c->n; i++) {
		double share = share_of(c->points[i].y);
		struct point pt = {before, base + LANE_SHARE * share, base,
				   NAN};

		curve_point(d, &filled, pt);
		pt.x = before = c->points[i].x;
		curve_point(d, &filled, pt);
	}
	*c = filled;
}

bool samples_read(struct draft *d, const struct panel *p, const char *probe,
		  const struct stretch *s, struct curve *c)
{
	if (!read_rows(d, probe, s, c))
		return false;
	clip(c, s, p->kind == PANEL_LINES);
	curve_thin(c, p->kind == PANEL_STATES);
	if (p->kind == PANEL_STATES)
		fill_lane(d, p, p->n_curves - 1, s->from, c);
	return true;
}
