/* SPDX-License-Identifier: MIT */
/*
 * Rows that are right one by one but do not go together: each stage's type says
 * so itself, for every point of the sweep. Nothing is built for that; a stage is
 * its rows and knows the other end.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/app/load/loader.h"
#include "sim/app/memory.h"

/* The path, without a run. */
static struct stage **bare_path(const struct scenario *sc)
{
	struct stage **path = mem_new(sc->n_path, sizeof(struct stage *));
	unsigned last = sc->n_path - 1;

	for (unsigned i = 0; i <= last; i++) {
		const struct stage_conf *conf = &sc->stages[1 + i];

		path[i] = mem_new(1, conf->type->size);
		path[i]->type = conf->type;
		path[i]->name = conf->name;
		path[i]->reversed = conf->reversed;
	}
	if (last > 0) {
		path[0]->far = path[last];
		path[last]->far = path[0];
	}
	return path;
}

static void fill_in(const struct scenario *sc, const struct point *pt,
		    struct stage **path)
{
	for (unsigned i = 0; i < sc->n_path; i++)
		if (path[i]->type->params_size)
			scenario_params(sc, pt, 1 + i,
					(char *)path[i] +
						path[i]->type->params_at);
}

/* One complaint a stage is enough. */
static void ask(struct loader *l, struct stage **path, bool *refused)
{
	for (unsigned i = 0; i < l->sc->n_path; i++) {
		const char *why = NULL;

		if (path[i]->type->refuses && !refused[i])
			why = path[i]->type->refuses(path[i]);
		if (!why)
			continue;
		refused[i] = true;
		complain(l->c, l->sc->path, 0, 0, "%s: %s", path[i]->name, why);
	}
}

void check_refusals(struct loader *l)
{
	struct stage **path;
	bool *refused;

	if (l->broken || l->no_points || l->sc->n_path == 0)
		return;
	path = bare_path(l->sc);
	refused = mem_new(l->sc->n_path, sizeof *refused);
	for (unsigned i = 0; i < l->sc->n_points; i++) {
		fill_in(l->sc, &l->sc->points[i], path);
		ask(l, path, refused);
	}
	for (unsigned i = 0; i < l->sc->n_path; i++)
		free(path[i]);
	free(path);
	free(refused);
}
