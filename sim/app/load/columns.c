/* SPDX-License-Identifier: MIT */
#include "sim/app/load/columns.h"

#include <stdlib.h>

#include "sim/app/memory.h"

static struct column column_of(const struct scenario *sc, unsigned stage,
			       unsigned metric, unsigned statistic)
{
	const struct stage_conf *conf = &sc->stages[stage];
	const struct metric *row = &conf->type->metrics[metric];
	unsigned n;
	const struct statistic *st =
		&metric_statistics(row->kind, &n)[statistic];
	struct column c = {.name = mem_format("%s.%s%s", conf->name, row->name,
					      st->suffix),
			   .unit = st->unit ? st->unit : row->unit,
			   .doc = *st->suffix ? st->doc : row->doc,
			   .stage = stage,
			   .metric = metric,
			   .statistic = statistic};

	return c;
}

struct column *columns_of(const struct scenario *sc, unsigned *n)
{
	struct column *all = NULL;
	unsigned stats;

	*n = 0;
	for (unsigned i = 0; i < sc->n_stages; i++) {
		const struct stage_type *type = sc->stages[i].type;

		for (unsigned m = 0; m < type->n_metrics; m++) {
			metric_statistics(type->metrics[m].kind, &stats);
			for (unsigned k = 0; k < stats; k++)
				*mem_push(all, *n) = column_of(sc, i, m, k);
		}
	}
	return all;
}

void columns_free(struct column *columns, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		free(columns[i].name);
	free(columns);
}
