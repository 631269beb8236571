/* SPDX-License-Identifier: MIT */
/* Samples: metrics of which every window is kept. */
#include "sim/app/load/loader.h"

#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"

/* Every "stage.metric" of these kinds. */
static const char **metrics_of(const struct scenario *sc, unsigned kinds,
			       unsigned *n)
{
	const char **all = NULL;

	*n = 0;
	for (unsigned i = 0; i < sc->n_stages; i++) {
		const struct stage_type *type = sc->stages[i].type;

		for (unsigned j = 0; j < type->n_metrics; j++)
			if (kinds >> type->metrics[j].kind & 1)
				*mem_push(all, *n) =
					mem_format("%s.%s", sc->stages[i].name,
						   type->metrics[j].name);
	}
	return all;
}

bool find_metric(struct loader *l, const struct yaml *y, const char *name,
		 unsigned kinds, const char *what)
{
	unsigned n;
	const char **all = metrics_of(l->sc, kinds, &n);
	char near[160];
	bool found = l->broken;

	for (unsigned i = 0; i < n && !found; i++)
		found = strcmp(all[i], name) == 0;
	if (!found)
		gripe(l, y, "there is no %s \"%.60s\"%s", what, name,
		      meant_of_stage(l, name, all, n, near, sizeof near));
	for (unsigned i = 0; i < n; i++)
		free((char *)all[i]);
	free(all);
	return found;
}

static void read_sample(struct loader *l, const struct yaml *y)
{
	const char *name = text_of(l, y, "a sample");

	if (!name || !find_metric(l, y, name, SAMPLED, SAMPLED_WORDS))
		return;
	if (is_sampled(l->sc, name))
		gripe(l, y, "%s is sampled already", name);
	else
		*mem_push(l->sc->samples, l->sc->n_samples) = mem_text(name);
}

bool is_sampled(const struct scenario *sc, const char *name)
{
	for (unsigned i = 0; i < sc->n_samples; i++)
		if (strcmp(sc->samples[i], name) == 0)
			return true;
	return false;
}

void load_samples(struct loader *l)
{
	const struct yaml *y = yaml_get(l->file, "samples");

	if (!y)
		return;
	if (y->kind != YAML_LIST) {
		gripe(l, y, "samples is a list of metrics, but here is %s",
		      yaml_kind_name(y));
		return;
	}
	for (unsigned i = 0; i < y->n; i++)
		read_sample(l, y->entries[i].value);
}
