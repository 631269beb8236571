/* SPDX-License-Identifier: MIT */
#include "sim/app/verb/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"
#include "sim/app/verb/show.h"
#include "sim/app/verb/table.h"

#define MAX_POINTS  40 /* that are printed */
#define MAX_METRICS 6

/* --- which metrics ------------------------------------------------------ */

static bool figures_name(const struct scenario *sc, const char *metric)
{
	char *quoted = mem_format("\"%s\"", metric);
	bool named = false;

	for (unsigned i = 0; i < sc->n_figures && !named; i++)
		named = strstr(sc->figures[i].json, quoted);
	free(quoted);
	return named;
}

static bool expects_name(const struct scenario *sc, const char *metric)
{
	for (unsigned i = 0; i < sc->n_expects; i++)
		if (sc->expects[i].metric &&
		    strcmp(sc->expects[i].metric, metric) == 0)
			return true;
	return false;
}

/* Throughput as a whole, not how it spreads. */
static bool is_a_rate(const struct column *c)
{
	return c->statistic == 0 &&
	       (strcmp(c->unit, "pps") == 0 || strcmp(c->unit, "bps") == 0);
}

/* First what the scenario itself speaks of, then rates. */
enum interest { EXPECTED, DRAWN, RATE, NOT_SHOWN };

static enum interest interest_in(const struct scenario *sc,
				 const struct column *c)
{
	if (expects_name(sc, c->name))
		return EXPECTED;
	if (figures_name(sc, c->name))
		return DRAWN;
	return is_a_rate(c) ? RATE : NOT_SHOWN;
}

/* About as wide as the column will be: its name, a unit, a gap. */
static int column_room(const char *name)
{
	int n = (int)strlen(name) + 7;

	return n > 15 ? n : 15;
}

/* What a terminal has left beside the swept settings and the runs. */
static int room_for_metrics(const struct scenario *sc)
{
	int room = (int)terminal_width() - 6;
	char name[256];

	for (unsigned i = 0; i < sc->n_swept; i++)
		room -= (int)strlen(setting_name(sc, sc->swept[i], name,
						 sizeof name)) +
			2;
	return room;
}

/* As many as fit, but one at least. */
static unsigned choose_metrics(const struct experiment *exp,
			       unsigned chosen[MAX_METRICS])
{
	int room = room_for_metrics(exp->scenario);
	unsigned n = 0;

	for (int round = EXPECTED; round < NOT_SHOWN; round++)
		for (unsigned i = 0; i < exp->n_columns; i++) {
			const struct column *c = &exp->columns[i];

			if ((int)interest_in(exp->scenario, c) != round ||
			    n == MAX_METRICS)
				continue;
			room -= column_room(c->name);
			if (n > 0 && room < 0)
				return n;
			chosen[n++] = i;
		}
	return n;
}

/* --- a point ------------------------------------------------------------ */

static struct estimate estimate_column(const struct experiment *exp,
				       const struct point_runs *runs,
				       unsigned column, double *scratch)
{
	for (unsigned i = 0; i < runs->n_ok; i++)
		scratch[i] = runs->values[(size_t)i * exp->n_columns + column];
	return estimate_mean(scratch, runs->n_ok);
}

void point_report_free(struct point_report *r)
{
	free(r->runs.values);
	free(r->estimates);
}

bool point_report_read(struct store *st, const struct experiment *exp,
		       unsigned point, struct point_report *r)
{
	double *scratch = mem_new(exp->max_seeds, sizeof *scratch);
	bool ok;

	r->runs.values = mem_new((size_t)exp->max_seeds * exp->n_columns,
				 sizeof *r->runs.values);
	r->estimates = mem_new(exp->n_columns, sizeof *r->estimates);
	ok = store_point(st, exp, point, &r->runs);
	for (unsigned i = 0; ok && i < exp->n_columns; i++)
		r->estimates[i] = estimate_column(exp, &r->runs, i, scratch);
	free(scratch);
	return ok;
}

/* --- as a table --------------------------------------------------------- */

static void add_heads(const struct experiment *exp, const unsigned *chosen,
		      unsigned n_chosen, const struct scale *scales,
		      char **heads)
{
	const struct scenario *sc = exp->scenario;
	char name[256];

	for (unsigned i = 0; i < sc->n_swept; i++)
		*heads++ = mem_format(">%s", setting_name(sc, sc->swept[i],
							  name, sizeof name));
	*heads++ = mem_text(">runs");
	for (unsigned i = 0; i < n_chosen; i++)
		*heads++ =
			mem_format(">%s%s%s", exp->columns[chosen[i]].name,
				   *scales[i].name ? " " : "", scales[i].name);
}

static void add_point(struct table *t, const struct experiment *exp,
		      unsigned point, const struct point_report *r,
		      const unsigned *chosen, unsigned n_chosen,
		      const struct scale *scales)
{
	const struct scenario *sc = exp->scenario;
	char runs[40], mean[SHOWN];

	for (unsigned i = 0; i < sc->n_swept; i++)
		table_add(t, sc->points[point].values[i]);
	if (r->runs.n_bad)
		snprintf(runs, sizeof runs, "%u of %u ok", r->runs.n_ok,
			 r->runs.n);
	else
		snprintf(runs, sizeof runs, "%u", r->runs.n);
	table_add(t, runs);
	for (unsigned i = 0; i < n_chosen; i++)
		table_add(t,
			  show_mean(&r->estimates[chosen[i]], scales[i], mean));
}

/* One scale for a column, so that its numbers can be compared: that of the
 * middle between its smallest and its largest, in ratios. A latency that goes
 * from 5 us to 2.5 ms is told in us. */
static void find_scales(const struct experiment *exp,
			const struct point_report *reports, unsigned n,
			const unsigned *chosen, unsigned n_chosen,
			struct scale *scales)
{
	for (unsigned k = 0; k < n_chosen; k++) {
		double largest = 0, smallest = INFINITY;

		for (unsigned i = 0; i < n; i++) {
			double x = fabs(reports[i].estimates[chosen[k]].value);

			largest = x > largest ? x : largest;
			smallest = x > 0 && x < smallest ? x : smallest;
		}
		if (largest > 0)
			largest = sqrt(largest) * sqrt(smallest);
		scales[k] = scale_for(exp->columns[chosen[k]].unit, largest);
	}
}

static void print_points(const struct experiment *exp,
			 const struct point_report *reports, unsigned n)
{
	unsigned chosen[MAX_METRICS], n_chosen = choose_metrics(exp, chosen);
	unsigned n_heads = exp->scenario->n_swept + 1 + n_chosen;
	struct scale scales[MAX_METRICS];
	char **heads = mem_new(n_heads, sizeof *heads);
	struct table *t;

	find_scales(exp, reports, n, chosen, n_chosen, scales);
	add_heads(exp, chosen, n_chosen, scales, heads);
	t = table_new((const char *const *)heads, n_heads, TABLE_NO_WRAP);
	for (unsigned i = 0; i < n; i++)
		add_point(t, exp, i, &reports[i], chosen, n_chosen, scales);
	table_print(t, terminal_width(), stdout);
	table_free(t);
	for (unsigned i = 0; i < n_heads; i++)
		free(heads[i]);
	free(heads);
}

static bool print_means(struct session *s, const struct experiment *exp)
{
	unsigned all = exp->scenario->n_points;
	unsigned n = all < MAX_POINTS ? all : MAX_POINTS;
	struct point_report *reports = mem_new(n, sizeof *reports);
	bool ok = true;

	for (unsigned i = 0; ok && i < n; i++)
		ok = point_report_read(s->store, exp, i, &reports[i]);
	if (ok)
		print_points(exp, reports, n);
	for (unsigned i = 0; i < n; i++)
		point_report_free(&reports[i]);
	free(reports);
	if (ok && n < all)
		printf("... and %u more points: sqlite3 %s 'SELECT * FROM "
		       "\"%s\"'\n",
		       all - n, store_path(s->store), exp->scenario->name);
	return ok;
}

bool report_points(struct session *s, unsigned experiment)
{
	const struct scenario *sc = s->scenarios[experiment];
	struct table *expects = report_expects_new();

	printf("%s%s%s\n", sc->name, sc->question ? ": " : "",
	       sc->question ? sc->question : "");
	if (!print_means(s, s->experiments[experiment])) {
		table_free(expects);
		return false;
	}
	if (report_expects(s, experiment, NULL, NULL, expects) > 0) {
		putchar('\n');
		table_print(expects, terminal_width(), stdout);
	}
	table_free(expects);
	return true;
}

/* --- expectations ------------------------------------------------------- */

struct table *report_expects_new(void)
{
	static const char *const heads[] = {"id",	  "documented", ">band",
					    ">simulated", ">95 % CI",	"kind",
					    "verdict"};

	return table_new(heads, 7, 1);
}

static void add_verdict(struct table *t, const struct verdict *v)
{
	const struct expect *e = v->expect;
	char text[SHOWN];

	table_add(t, e->id);
	table_add(t, e->documented ? e->documented : "");
	table_add(t,
		  e->banded ? show_band(e->low, e->high, e->unit, text) : "");
	table_add(t, show_value(&v->estimate, e->unit, text));
	table_add(t, show_interval(&v->estimate, e->unit, text));
	table_add(t, expect_kind_name(e->kind));
	table_add(t, verdict_name(v->kind));
}

static void add_note(struct table *t, const char *before, const char *text)
{
	char *whole = mem_format("%s%s", before, text);

	table_note(t, whole);
	free(whole);
}

static void add_notes(struct table *t, const struct verdict *v)
{
	const char *known = v->expect->known_miss;

	if (v->note)
		add_note(t, "", v->note);
	if (known && v->kind == VERDICT_MISSED)
		add_note(t, "known miss: ", known);
	if (known && v->kind == VERDICT_MET)
		add_note(t,
			 "met, although the scenario records a miss: ", known);
}

unsigned report_expects(const struct session *s, unsigned experiment,
			expect_filter *wanted, void *arg, struct table *t)
{
	const struct verdict *all = s->verdicts[experiment];
	unsigned n = 0;

	for (unsigned i = 0; all && i < s->scenarios[experiment]->n_expects;
	     i++) {
		if (wanted && !wanted(all[i].expect, arg))
			continue;
		add_verdict(t, &all[i]);
		add_notes(t, &all[i]);
		n++;
	}
	return n;
}
