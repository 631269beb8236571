/* SPDX-License-Identifier: MIT */
#include "bench/subject.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/catalog.h"

static void die(const char *what, const char *name)
{
	fprintf(stderr, "bench: %s %s\n", what, name);
	exit(1);
}

void subject_load(struct subject *s, const char *path, char *const *sets,
		  unsigned n)
{
	struct complaints c = {0};

	*s = (struct subject){.sc = scenario_load(path, sets, n, &c)};
	complaints_print(&c, stderr);
	complaints_free(&c);
	if (!s->sc)
		exit(1);
	s->columns = columns_of(s->sc, &s->n_columns);
	s->out.values = calloc(s->n_columns, sizeof *s->out.values);
	if (!s->out.values)
		die("no memory for", path);
}

void subject_run(struct subject *s, uint64_t seed)
{
	if (!world_run(&s->block, s->sc, &s->sc->points[0], seed, &s->out))
		die("no memory for", s->sc->name);
}

double subject_value(const struct subject *s, const char *column)
{
	for (unsigned i = 0; i < s->n_columns; i++)
		if (!strcmp(s->columns[i].name, column))
			return s->out.values[i];
	die("no result", column);
	return 0;
}

sim_time subject_measure(const struct subject *s)
{
	struct run_params run;

	scenario_params(s->sc, &s->sc->points[0], 0, &run);
	return run.measure;
}

static const struct param *find_row(const struct stage_type *type,
				    const char *name)
{
	for (unsigned i = 0; i < type->n_params; i++)
		if (!strcmp(type->params[i].name, name))
			return &type->params[i];
	die("no parameter", name);
	return NULL;
}

void subject_cost(const struct subject *s, struct sim *sim, const char *stage,
		  const char *row, struct cost *c)
{
	int i = scenario_stage(s->sc, stage);
	const struct stage_conf *conf;
	const struct cost_spec *spec;
	char stream[128];

	if (i < 0)
		die("no stage", stage);
	conf = &s->sc->stages[i];
	/* The mean is the row of that name, and the spec's first member. */
	spec = param_field(find_row(conf->type, row), conf->params);
	snprintf(stream, sizeof stream, "%s.%s", stage, row);
	cost_init(c, sim, spec, stream);
}

void subject_free(struct subject *s)
{
	sim_free(s->block);
	columns_free(s->columns, s->n_columns);
	free(s->out.values);
	scenario_free(s->sc);
}

void must_agree(const char *what, double ringsim, double other, double off)
{
	if (fabs(ringsim - other) <= off)
		return;
	fprintf(stderr, "bench: %s: ringsim has %.0f, the other %.0f\n", what,
		ringsim, other);
	exit(1);
}
