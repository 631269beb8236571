/* SPDX-License-Identifier: MIT */
/*
 * Rows that are right one by one but do not go together: each stage's type says
 * so itself, for every point of the sweep. Nothing is built for that; a stage
 * is its rows and knows the other end.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/app/load/loader.h"
#include "sim/app/memory.h"

static struct stage *bare_stage(const struct stage_conf *conf)
{
	struct stage *s = mem_new(1, conf->type->size);

	s->type = conf->type;
	s->name = conf->name;
	s->reversed = conf->reversed;
	return s;
}

/* Of the paths, without a run: who may refuse, and who is far from him; by
 * index of scenario.stages. */
static struct stage **bare_stages(const struct scenario *sc)
{
	struct stage **all = mem_new(sc->n_stages, sizeof(struct stage *));

	for (unsigned i = 1; i <= sc->n_path; i++) {
		unsigned far = scenario_far(sc, i);

		if (!sc->stages[i].type->refuses)
			continue;
		if (!all[i])
			all[i] = bare_stage(&sc->stages[i]);
		if (!far)
			continue;
		if (!all[far])
			all[far] = bare_stage(&sc->stages[far]);
		all[i]->far = all[far];
		all[far]->far = all[i];
	}
	return all;
}

static void fill_in(const struct scenario *sc, const struct point *pt,
		    struct stage **all)
{
	for (unsigned i = 1; i <= sc->n_path; i++)
		if (all[i] && all[i]->type->params_size)
			scenario_params(sc, pt, i,
					(char *)all[i] +
						all[i]->type->params_at);
}

/* One complaint a stage is enough. */
static void ask(struct loader *l, struct stage **all, bool *refused)
{
	for (unsigned i = 1; i <= l->sc->n_path; i++) {
		const char *why = NULL;

		if (all[i] && all[i]->type->refuses && !refused[i])
			why = all[i]->type->refuses(all[i]);
		if (!why)
			continue;
		refused[i] = true;
		l->c->n_absent += why == stage_needs_ns3;
		complain(l->c, l->sc->path, 0, 0, "%s: %s", all[i]->name, why);
	}
}

void check_refusals(struct loader *l)
{
	struct stage **all;
	bool *refused;

	if (l->broken || l->no_points)
		return;
	all = bare_stages(l->sc);
	refused = mem_new(l->sc->n_stages, sizeof *refused);
	for (unsigned i = 0; i < l->sc->n_points; i++) {
		fill_in(l->sc, &l->sc->points[i], all);
		ask(l, all, refused);
	}
	for (unsigned i = 0; i < l->sc->n_stages; i++)
		free(all[i]);
	free(all);
	free(refused);
}
