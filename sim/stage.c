/* SPDX-License-Identifier: MIT */
#include "sim/stage.h"

#include <stdio.h>

const char stage_needs_ns3[] =
	"stack: ns3 needs ns-3, and this ringsim was built without it; "
	"./setup builds one with it";

void stage_cost(struct stage *s, struct cost *c, const struct cost_spec *spec,
		const char *row)
{
	char stream[128];

	snprintf(stream, sizeof stream, "%s.%s", s->name, row);
	cost_init(c, s->sim, spec, stream);
}
