/* SPDX-License-Identifier: MIT */
/*
 * One run, looked at from several sides over one stretch of time: how far the
 * connection is, how full the ring, who runs. The stalls of the run are shaded
 * in all panels.
 */
#include <math.h>
#include <string.h>

#include "analysis/samples.h"

/* The longest or the first stall of the runs at the first point. */
static bool find_stall(struct draft *d, struct stretch *s)
{
	bool longest = !strcmp(d->spec.around, "longest_stall");
	const struct group *g = &d->groups[0];
	double best = -1;
	unsigned i;

	for (i = 0; i < g->n; i++) {
		const struct line *l = &d->lines.all[g->first + i];
		sqlite3_stmt *row = database_prepare(
			d->db, d->t,
			longest ? "SELECT start_ns, duration_ns FROM v_stall "
				  "WHERE run = ?1 "
				  "ORDER BY duration_ns DESC, start_ns LIMIT 1"
				: "SELECT start_ns, duration_ns FROM v_stall "
				  "WHERE run = ?1 ORDER BY start_ns LIMIT 1",
			l->run, NULL);
		if (!row)
			return false;
		if (database_step(d->db, row, d->t) &&
		    sqlite3_column_double(row, 1) > best) {
			d->shown = l;
			s->from = sqlite3_column_double(row, 0);
			best = sqlite3_column_double(row, 1);
			s->to = s->from + best;
		}
		sqlite3_finalize(row);
		if (d->t->text[0] || (best >= 0 && !longest))
			break;
	}
	return !d->t->text[0] &&
	       (best >= 0 ||
		trouble_user(d->t, "there is no stall to be drawn around"));
}

/* What the figure asks for; open ends stay NAN. */
static bool find_stretch(struct draft *d, struct stretch *s)
{
	const struct spec *spec = &d->spec;
	double margin = spec->margin;

	d->shown = &d->lines.all[d->first_line[0]];
	*s = (struct stretch){spec->from, spec->to};
	if (!spec->around)
		return true;
	if (!find_stall(d, s))
		return false;
	if (isnan(margin))
		margin = fmax((s->to - s->from) / 2, 1e3);
	s->from = fmax(s->from - margin, 0);
	s->to += margin;
	return true;
}

/* All of a panel have one unit. */
static bool check_unit(struct draft *d, const struct panel_spec *from,
		       const char *probe)
{
	const char *first = probe_unit(d, from->y.all[0]);
	const char *unit = probe_unit(d, probe);

	if (from->kind == PANEL_STATES || !strcmp(first, unit))
		return true;
	return trouble_user(d->t,
			    "%s is in %s and %s in %s: they need a panel each",
			    from->y.all[0], first, probe, unit);
}

static bool add_curve(struct draft *d, struct panel *p, char *probe,
		      unsigned place, const struct stretch *s, unsigned *look)
{
	struct curve *c = curve_add(d, p, (*look)++, place);

	c->name = probe;
	return samples_read(d, p, probe, s, c);
}

static char *label_of(struct draft *d, const struct panel_spec *from)
{
	if (from->title)
		return from->title;
	if (from->kind == PANEL_STATES)
		return "";
	return from->y.n == 1 ? from->y.all[0]
			      : pool_text(d->pool, "%s …", from->y.all[0]);
}

static bool add_panel(struct draft *d, const struct panel_spec *from,
		      const struct stretch *s, unsigned *look)
{
	struct panel *p = &d->chart->panels[d->chart->n_panels++];
	unsigned i;

	if (!from->y.n)
		return trouble_user(d->t, "a panel names nothing as `y`");
	p->kind = from->kind;
	p->tight = from->kind == PANEL_LINES;
	p->y = (struct axis){.label = label_of(d, from),
			     .unit.base = probe_unit(d, from->y.all[0]),
			     .log = from->log_y};
	if (p->kind == PANEL_STATES)
		p->n_lanes = from->y.n;
	for (i = 0; i < from->y.n; i++)
		if (!check_unit(d, from, from->y.all[i]) ||
		    !add_curve(d, p, from->y.all[i], i, s, look))
			return false;
	return true;
}

/* Where the figure leaves an end open, the samples' own. */
static void close_stretch(const struct draft *d, struct stretch *s)
{
	const struct curve *c = &d->chart->panels[0].curves[0];

	if (isnan(s->from))
		s->from = fmin(c->points[0].x, c->points[c->n - 1].x);
	if (isnan(s->to))
		s->to = c->points[c->n - 1].x;
}

static char *stall_words(struct draft *d, sqlite3_stmt *row)
{
	const char *rescuer = database_column(row, 4);
	char length[64];

	return pool_text(d->pool, "%s, %s: %s%s%s", database_column(row, 2),
			 unit_text("ns", sqlite3_column_double(row, 1), length,
				   sizeof length),
			 database_column(row, 3),
			 *rescuer ? "; ended by " : "; not ended", rescuer);
}

/* What is a hundredth of the longest, or less, is shaded without a word. */
static void add_stall(struct draft *d, const struct stretch *s, double longest,
		      sqlite3_stmt *row)
{
	double from = sqlite3_column_double(row, 0);
	double to = from + sqlite3_column_double(row, 1);
	bool tiny = sqlite3_column_double(row, 1) < longest / 100;

	flag_add(d, tiny ? "" : stall_words(d, row), fmax(from, s->from),
		 fmin(to, s->to));
}

/* The longest first: if there is no room for all words, they have it. */
static bool add_stalls(struct draft *d, const struct stretch *s)
{
	double longest = 0;
	sqlite3_stmt *row = database_prepare(
		d->db, d->t,
		pool_text(d->pool,
			  "SELECT start_ns, duration_ns, waiter, cause, "
			  "rescued_by FROM v_stall WHERE run = ?1 AND "
			  "start_ns < %.0f AND start_ns + duration_ns > %.0f "
			  "ORDER BY duration_ns DESC, start_ns LIMIT 300",
			  s->to, s->from),
		d->shown->run, NULL);

	if (!row)
		return false;
	while (database_step(d->db, row, d->t)) {
		longest = fmax(longest, sqlite3_column_double(row, 1));
		add_stall(d, s, longest, row);
	}
	sqlite3_finalize(row);
	return !d->t->text[0];
}

bool draft_panels(struct draft *d)
{
	struct names numbers = {0};
	struct stretch s;
	unsigned i, look = 0;

	if (!d->spec.n_panels || d->spec.n_panels > MAX_PANELS)
		return trouble_user(d->t, "it has no panels, or more than %d",
				    MAX_PANELS);
	if (!draft_series(d, NULL) || !draft_read(d, &numbers) ||
	    !find_stretch(d, &s))
		return false;
	for (i = 0; i < d->spec.n_panels; i++)
		if (!add_panel(d, &d->spec.panels[i], &s, &look))
			return false;
	close_stretch(d, &s);
	if (!(s.from < s.to))
		return trouble_user(d->t, "it ends before it begins");
	d->chart->x.unit.base = "ns";
	d->chart->x.low = s.from;
	d->chart->x.high = s.to;
	d->chart->n_series = 1;
	return add_stalls(d, &s);
}
