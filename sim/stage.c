/* SPDX-License-Identifier: MIT */
#include "sim/stage.h"

#include <stdio.h>

void stage_cost(struct stage *s, struct cost *c, const struct cost_spec *spec,
		const char *row)
{
	char stream[128];

	snprintf(stream, sizeof stream, "%s.%s", s->name, row);
	cost_init(c, s->sim, spec, stream);
}
