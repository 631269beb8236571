/* SPDX-License-Identifier: MIT */
/*
 * Parameters that nobody has measured or found in a source. A cost's jitter
 * and noise count only where they are switched on.
 */
#include "sim/app/verb/explain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/verb/cmd.h"
#include "sim/app/verb/guess.h"
#include "sim/app/memory.h"
#include "sim/app/load/scenario.h"
#include "sim/app/verb/wrap.h"

struct tally {
	unsigned guesses, all;
};

static bool is_part_off(const struct stage_type *type, unsigned row,
			const char *value, const void *params)
{
	const char *name = type->params[row].name;
	const char *dot = strrchr(name, '.');
	double noise;

	if (!is_cost_part(type, row))
		return false;
	if (strcmp(dot, ".noise_time") != 0)
		return strcmp(value, "none") == 0 || strcmp(value, "0") == 0;
	/* The row before it is the noise; its time matters if there is any. */
	return param_number(&type->params[row - 1],
			    (const char *)params + type->params[row - 1].offset,
			    &noise) &&
	       noise == 0;
}

bool param_counts(const struct stage_type *type, unsigned row,
		  const void *params)
{
	const struct param *p = &type->params[row];
	char value[512];

	param_format(p, (const char *)params + p->offset, value, sizeof value);
	return !is_part_off(type, row, value, params);
}

bool param_is_guess(const struct stage_type *type, unsigned row,
		    const void *params, const char *source)
{
	return param_counts(type, row, params) &&
	       strcmp(source ? source : type->params[row].source, "guess") == 0;
}

static void tell_row(const char *stage, const struct stage_type *type,
		     unsigned row, const void *params, const char *source,
		     struct tally *t)
{
	const struct param *p = &type->params[row];
	char value[512];

	t->all += param_counts(type, row, params);
	if (!param_is_guess(type, row, params, source))
		return;
	t->guesses++;
	param_format(p, (const char *)params + p->offset, value, sizeof value);
	printf("%s.%s = %s\n", stage, p->name, value);
	wrap(stdout, 0, 6, p->doc);
}

static void tell_tally(const struct tally *t)
{
	printf("%u of %u parameters are guesses.\n", t->guesses, t->all);
}

static void guesses_of_types(void)
{
	const struct stage_type *type;
	struct tally t = {0};

	for (unsigned i = 0; (type = any_type(i)); i++) {
		void *params = mem_new(1, type->params_size);

		params_default(type->params, type->n_params, params);
		for (unsigned j = 0; j < type->n_params; j++)
			tell_row(type->name, type, j, params, NULL, &t);
		free(params);
	}
	tell_tally(&t);
}

static void guesses_of_scenario(const struct scenario *sc)
{
	struct tally t = {0};

	printf("%s\n", sc->path);
	for (unsigned i = 0; i < sc->n_stages; i++) {
		const struct stage_conf *s = &sc->stages[i];

		for (unsigned j = 0; j < s->type->n_params; j++)
			tell_row(s->name, s->type, j, s->params, s->sources[j],
				 &t);
	}
	tell_tally(&t);
}

int explain_guesses(char *const *paths, int n)
{
	struct complaints c = {0};
	int code = EXIT_DONE;

	if (n == 0)
		guesses_of_types();
	for (int i = 0; i < n; i++) {
		struct scenario *sc = scenario_load(paths[i], NULL, 0, &c);

		if (sc)
			guesses_of_scenario(sc);
		else
			code = EXIT_USER;
		scenario_free(sc);
	}
	complaints_print(&c, stderr);
	complaints_free(&c);
	return code;
}
