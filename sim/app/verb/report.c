/* SPDX-License-Identifier: MIT */
#include "sim/app/verb/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"
#include "sim/app/verb/report_columns.h"
#include "sim/app/verb/show.h"
#include "sim/app/verb/table.h"

#define MAX_POINTS 40 /* that are printed */

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

static void add_heads(const struct experiment *exp,
		      const struct report_columns *c,
		      const struct scale *scales, char **heads)
{
	const struct scenario *sc = exp->scenario;
	char name[256];

	for (unsigned i = 0; i < c->n_swept; i++)
		*heads++ = mem_format(">%s",
				      setting_name(sc, sc->swept[c->swept[i]],
						   name, sizeof name));
	*heads++ = mem_text(">runs");
	for (unsigned i = 0; i < c->n_metrics; i++)
		*heads++ =
			mem_format(">%s%s%s", exp->columns[c->metrics[i]].name,
				   *scales[i].name ? " " : "", scales[i].name);
}

static void add_point(struct table *t, const struct experiment *exp,
		      unsigned point, const struct point_report *r,
		      const struct report_columns *c,
		      const struct scale *scales)
{
	const struct scenario *sc = exp->scenario;
	char runs[40], mean[SHOWN];

	for (unsigned i = 0; i < c->n_swept; i++)
		table_add(t, sc->points[point].values[c->swept[i]]);
	if (r->runs.n_bad)
		snprintf(runs, sizeof runs, "%u of %u ok", r->runs.n_ok,
			 r->runs.n);
	else
		snprintf(runs, sizeof runs, "%u", r->runs.n);
	table_add(t, runs);
	for (unsigned i = 0; i < c->n_metrics; i++)
		table_add(t, show_mean(&r->estimates[c->metrics[i]], scales[i],
				       mean));
}

/* One scale for a column, so that its numbers can be compared: that of the
 * middle between its smallest and its largest, in ratios. A latency that goes
 * from 5 us to 2.5 ms is told in us. */
static void find_scales(const struct experiment *exp,
			const struct point_report *reports, unsigned n,
			const struct report_columns *c, struct scale *scales)
{
	for (unsigned k = 0; k < c->n_metrics; k++) {
		double largest = 0, smallest = INFINITY;

		for (unsigned i = 0; i < n; i++) {
			double x =
				fabs(reports[i].estimates[c->metrics[k]].value);

			largest = x > largest ? x : largest;
			smallest = x > 0 && x < smallest ? x : smallest;
		}
		if (largest > 0)
			largest = sqrt(largest) * sqrt(smallest);
		scales[k] =
			scale_for(exp->columns[c->metrics[k]].unit, largest);
	}
}

static void print_points(const struct experiment *exp,
			 const struct point_report *reports, unsigned n)
{
	struct report_columns c = report_columns_choose(exp, reports, n);
	unsigned n_heads = c.n_swept + 1 + c.n_metrics;
	struct scale scales[MAX_METRICS];
	char **heads = mem_new(n_heads, sizeof *heads);
	struct table *t;

	find_scales(exp, reports, n, &c, scales);
	add_heads(exp, &c, scales, heads);
	t = table_new((const char *const *)heads, n_heads, TABLE_NO_WRAP);
	for (unsigned i = 0; i < n; i++)
		add_point(t, exp, i, &reports[i], &c, scales);
	table_print(t, terminal_width(), stdout);
	table_free(t);
	for (unsigned i = 0; i < n_heads; i++)
		free(heads[i]);
	free(heads);
	report_columns_free(&c);
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
	if (ok)
		report_alike(exp->scenario);
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
