/* SPDX-License-Identifier: MIT */
#include "sim/app/store/experiment.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"
#include "sim/app/catalog.h"

const struct param *swept_value(const struct scenario *sc,
				const struct point *pt, unsigned swept,
				void **params)
{
	struct setting at = sc->swept[swept];
	const struct stage_type *type = sc->stages[at.stage].type;

	*params = mem_new(1, type->params_size);
	scenario_params(sc, pt, at.stage, *params);
	return setting_row(sc, at);
}

char *setting_name(const struct scenario *sc, struct setting setting, char *out,
		   size_t size)
{
	snprintf(out, size, "%s.%s", sc->stages[setting.stage].name,
		 setting_row(sc, setting)->name);
	return out;
}

static bool stage_is_swept(const struct scenario *sc, unsigned s)
{
	for (unsigned i = 0; i < sc->n_swept; i++)
		if (sc->swept[i].stage == s)
			return true;
	return false;
}

static void add_identity(struct identity *to, struct identity what)
{
	identity_number(to, what.high);
	identity_number(to, what.low);
}

/* Stages that are not swept are the same at all points: `fixed` keeps theirs
 * from the first point on. */
static struct identity identity_of_point(const struct scenario *sc,
					 const struct point *pt,
					 struct identity *fixed, bool first)
{
	struct identity id = identity_start();

	for (unsigned s = 0; s < sc->n_stages; s++) {
		if (first || stage_is_swept(sc, s))
			fixed[s] = identity_of_stage(sc, pt, s);
		add_identity(&id, fixed[s]);
	}
	for (unsigned i = 0; i < sc->n_samples; i++)
		identity_text(&id, sc->samples[i]);
	return id;
}

static void plan_point(const struct scenario *sc, unsigned i,
		       struct planned_point *out)
{
	struct run_params run;

	scenario_params(sc, &sc->points[i], 0, &run);
	out->seed = (uint64_t)run.seed;
	out->n_seeds = (unsigned)run.seeds;
	out->timeout_ns = run.timeout / 1000;
	out->sample_room = (unsigned)(run.measure / run.window) + 1;
	out->twin = i;
}

struct sortable {
	struct identity identity;
	unsigned point;
};

static int by_identity(const void *a, const void *b)
{
	const struct sortable *p = a, *q = b;

	if (p->identity.high != q->identity.high)
		return p->identity.high < q->identity.high ? -1 : 1;
	if (p->identity.low != q->identity.low)
		return p->identity.low < q->identity.low ? -1 : 1;
	return p->point < q->point ? -1 : 1;
}

/* Equal points stand side by side once sorted, the first of them first. */
static void find_twins(struct planned_point *points, unsigned n)
{
	struct sortable *all = mem_new(n, sizeof *all);

	for (unsigned i = 0; i < n; i++)
		all[i] = (struct sortable){points[i].identity, i};
	qsort(all, n, sizeof *all, by_identity);
	for (unsigned i = 1; i < n; i++)
		if (identity_equal(all[i - 1].identity, all[i].identity))
			points[all[i].point].twin =
				points[all[i - 1].point].twin;
	free(all);
}

static void plan_points(struct experiment *exp)
{
	const struct scenario *sc = exp->scenario;
	struct identity *fixed = mem_new(sc->n_stages, sizeof *fixed);

	for (unsigned i = 0; i < sc->n_points; i++) {
		struct planned_point *pt = &exp->points[i];

		plan_point(sc, i, pt);
		pt->identity =
			identity_of_point(sc, &sc->points[i], fixed, i == 0);
		if (pt->n_seeds > exp->max_seeds)
			exp->max_seeds = pt->n_seeds;
		if (pt->sample_room > exp->max_sample_room)
			exp->max_sample_room = pt->sample_room;
	}
	free(fixed);
	find_twins(exp->points, sc->n_points);
	for (unsigned i = 0; i < sc->n_points; i++)
		if (exp->points[i].twin == i)
			exp->n_runs += exp->points[i].n_seeds;
}

static struct identity identity_of_columns(const struct experiment *exp)
{
	struct identity id = identity_start();

	for (unsigned i = 0; i < exp->n_columns; i++) {
		identity_text(&id, exp->columns[i].name);
		identity_text(&id, exp->columns[i].unit);
	}
	return id;
}

static void add_expect(struct identity *id, const struct expect *e)
{
	identity_text(id, e->id);
	identity_text(id, e->metric);
	identity_number(id, e->point);
	identity_number(id, e->left_out);
	identity_text(id, e->sql);
	identity_text(id, e->unit);
	identity_double(id, e->low);
	identity_double(id, e->high);
	identity_number(id, e->banded);
	identity_number(id, e->kind);
	identity_text(id, e->known_miss);
	identity_text(id, e->documented);
}

static void add_texts(struct identity *id, const struct scenario *sc)
{
	char name[256];

	identity_text(id, sc->question);
	identity_text(id, sc->source);
	for (unsigned i = 0; i < sc->n_swept; i++)
		identity_text(
			id, setting_name(sc, sc->swept[i], name, sizeof name));
	for (unsigned s = 0; s < sc->n_stages; s++)
		for (unsigned i = 0; i < sc->stages[s].type->n_params; i++)
			identity_text(id, sc->stages[s].sources[i]);
	for (unsigned i = 0; i < sc->n_expects; i++)
		add_expect(id, &sc->expects[i]);
	for (unsigned i = 0; i < sc->n_figures; i++) {
		identity_text(id, sc->figures[i].name);
		identity_text(id, sc->figures[i].json);
	}
}

static struct identity identity_of_content(const struct experiment *exp)
{
	struct identity id = identity_start();

	add_identity(&id, exp->columns_identity);
	identity_number(&id, MODEL_VERSION);
	identity_text(&id, experiment_engine(exp));
	for (unsigned i = 0; i < exp->scenario->n_points; i++) {
		const struct planned_point *pt = &exp->points[i];

		add_identity(&id, pt->identity);
		identity_number(&id, pt->seed);
		identity_number(&id, pt->n_seeds);
		identity_number(&id, (uint64_t)pt->timeout_ns);
	}
	add_texts(&id, exp->scenario);
	return id;
}

const char *experiment_engine(const struct experiment *exp)
{
	const struct engine *engine = exp->scenario->engine;

	return engine ? engine->name : "native";
}

struct experiment *experiment_plan(const struct scenario *sc)
{
	struct experiment *exp = mem_new(1, sizeof *exp);

	exp->scenario = sc;
	exp->columns = columns_of(sc, &exp->n_columns);
	exp->points = mem_new(sc->n_points, sizeof *exp->points);
	plan_points(exp);
	exp->columns_identity = identity_of_columns(exp);
	exp->content = identity_of_content(exp);
	return exp;
}

void experiment_free(struct experiment *exp)
{
	assert(!exp->insert_values && !exp->fill_one);
	columns_free(exp->columns, exp->n_columns);
	free(exp->points);
	free(exp);
}
