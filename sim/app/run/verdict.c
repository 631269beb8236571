/* SPDX-License-Identifier: MIT */
#include "sim/app/run/verdict.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"
#include "sim/app/store/sandbox.h"
#include "sim/app/store/store_inside.h"

#define SQL_SECONDS 10

const char *verdict_name(enum verdict_kind kind)
{
	switch (kind) {
	case VERDICT_MET:
		return "met";
	case VERDICT_MISSED:
		return "missed";
	case VERDICT_REPORTED:
		break;
	}
	return "reported";
}

bool verdict_differs(const struct verdict *v)
{
	switch (v->kind) {
	case VERDICT_MET:
		return v->expect->known_miss != NULL;
	case VERDICT_MISSED:
		return v->expect->known_miss == NULL;
	case VERDICT_REPORTED:
		break;
	}
	return false;
}

static int find_column(const struct experiment *exp, const char *metric)
{
	for (unsigned i = 0; i < exp->n_columns; i++)
		if (strcmp(exp->columns[i].name, metric) == 0)
			return (int)i;
	return -1;
}

/* --- before the runs ---------------------------------------------------- */

static void check_metric(const struct experiment *exp, const struct expect *e,
			 struct complaints *c)
{
	const char **names = mem_new(exp->n_columns, sizeof *names);
	const char *meant;

	for (unsigned i = 0; i < exp->n_columns; i++)
		names[i] = exp->columns[i].name;
	meant = did_you_mean(e->metric, names, exp->n_columns);
	if (find_column(exp, e->metric) < 0)
		complain(c, exp->scenario->path, e->line, 0,
			 "%s: no metric is named %s%s%s", e->id, e->metric,
			 meant ? "; did you mean " : "", meant ? meant : "");
	free(names);
}

static void check_expect(struct sandbox *box, const struct experiment *exp,
			 const struct expect *e, struct complaints *c)
{
	char why[512];

	if (e->metric)
		check_metric(exp, e, c);
	else if (!sandbox_check(box, e->sql, why, sizeof why))
		complain(c, exp->scenario->path, e->line, 0, "%s: %s", e->id,
			 why);
}

bool verdicts_check(const struct scenario *sc, struct complaints *c)
{
	struct experiment *exp = experiment_plan(sc);
	struct sandbox *box;
	char why[512];

	box = sandbox_open(NULL, exp, SQL_SECONDS, why, sizeof why);
	if (!box)
		fprintf(stderr, "ringsim: %s\n", why);
	for (unsigned i = 0; box && i < sc->n_expects; i++)
		check_expect(box, exp, &sc->expects[i], c);
	if (box)
		sandbox_close(box);
	experiment_free(exp);
	return box != NULL;
}

/* --- after them --------------------------------------------------------- */

/* Nothing came out, because --set left out the points that are asked for, or
 * left several where there was one. */
static bool is_left_out(const struct scenario *sc, const struct verdict *v)
{
	return v->expect->left_out ||
	       (v->expect->sql && sc->held && isnan(v->estimate.value));
}

static enum verdict_kind judge(const struct scenario *sc,
			       const struct verdict *v)
{
	const struct expect *e = v->expect;
	double value = v->estimate.value;

	if (!e->banded || is_left_out(sc, v))
		return VERDICT_REPORTED;
	return value >= e->low && value <= e->high ? VERDICT_MET
						   : VERDICT_MISSED;
}

/* Appends a clause to a note. */
static void add_note(char **note, const char *clause)
{
	char *longer =
		*note ? mem_format("%s; %s", *note, clause) : mem_text(clause);

	free(*note);
	*note = longer;
}

static void note_bad_runs(char **note, const struct point_runs *runs)
{
	char clause[100];

	if (runs->n_bad == 0)
		return;
	snprintf(clause, sizeof clause, "%u of %u runs left out, not ok",
		 runs->n_bad, runs->n);
	add_note(note, clause);
}

static bool estimate_metric(struct store *st, const struct experiment *exp,
			    struct verdict *v)
{
	int column = find_column(exp, v->expect->metric);
	struct point_runs runs = {
		.values = mem_new((size_t)exp->max_seeds * exp->n_columns,
				  sizeof *runs.values)};
	double *values = mem_new(exp->max_seeds, sizeof *values);
	bool ok = store_point(st, exp, v->expect->point, &runs);

	for (unsigned i = 0; ok && i < runs.n_ok; i++)
		values[i] = column < 0
				    ? NAN
				    : runs.values[(size_t)i * exp->n_columns +
						  (unsigned)column];
	v->estimate = estimate_mean(values, ok ? runs.n_ok : 0);
	note_bad_runs(&v->note, &runs);
	if (isnan(v->estimate.value))
		add_note(&v->note, "not defined in any run");
	free(values);
	free(runs.values);
	return ok;
}

static bool estimate_sql(struct store *st, struct sandbox *box,
			 const struct experiment *exp, struct verdict *v)
{
	struct point_runs all;
	char why[512];

	sandbox_estimate(box, v->expect->sql, &v->estimate, why, sizeof why);
	if (*why)
		add_note(&v->note,
			 isnan(v->estimate.value)
				 ? why
				 : "no interval: one seed less, and it "
				   "is not defined");
	if (!store_count(st, exp, &all))
		return false;
	if (all.n_bad > 0) {
		snprintf(why, sizeof why, "%u of %u runs were not ok",
			 all.n_bad, all.n);
		add_note(&v->note, why);
	}
	return true;
}

static bool estimate(struct store *st, struct sandbox *box,
		     const struct experiment *exp, struct verdict *v)
{
	if (v->expect->left_out) {
		v->estimate = estimate_mean(NULL, 0);
		return true;
	}
	return v->expect->metric ? estimate_metric(st, exp, v)
				 : estimate_sql(st, box, exp, v);
}

static bool keep(struct store *st, const struct experiment *exp, unsigned i,
		 const struct verdict *v)
{
	char *note = mem_text(v->note);
	struct stored_verdict stored;
	bool ok;

	if (v->expect->known_miss)
		add_note(&note, v->expect->known_miss);
	stored = (struct stored_verdict){v->estimate.value, v->estimate.low,
					 v->estimate.high,
					 verdict_name(v->kind), note};
	ok = store_verdict(st, exp, i, &stored);
	free(note);
	return ok;
}

static bool judge_all(struct store *st, struct sandbox *box,
		      const struct experiment *exp, struct verdict *all)
{
	for (unsigned i = 0; i < exp->scenario->n_expects; i++) {
		struct verdict *v = &all[i];

		v->expect = &exp->scenario->expects[i];
		if (!estimate(st, box, exp, v))
			return false;
		v->kind = judge(exp->scenario, v);
		if (is_left_out(exp->scenario, v))
			add_note(&v->note, "--set leaves no point, or several, "
					   "that it asks for");
	}
	return true;
}

/* All are judged before the first is stored, so that SQL never waits for the
 * transaction that stores verdicts. */
static bool judge_and_keep(struct store *st, const struct experiment *exp,
			   struct verdict *all)
{
	struct sandbox *box;
	char why[512];
	bool ok;

	box = sandbox_open(st, exp, SQL_SECONDS, why, sizeof why);
	if (!box)
		return store_failed_because(st, "%s", why);
	ok = judge_all(st, box, exp, all);
	sandbox_close(box);
	for (unsigned i = 0; ok && i < exp->scenario->n_expects; i++)
		ok = keep(st, exp, i, &all[i]);
	return ok && store_commit(st);
}

struct verdict *verdicts_judge(struct store *st, const struct experiment *exp)
{
	unsigned n = exp->scenario->n_expects;
	struct verdict *all = mem_new(n, sizeof *all);

	if (n == 0 || judge_and_keep(st, exp, all))
		return all;
	verdicts_free(all, n);
	return NULL;
}

void verdicts_free(struct verdict *all, unsigned n)
{
	for (unsigned i = 0; all && i < n; i++)
		free(all[i].note);
	free(all);
}
