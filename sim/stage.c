/* SPDX-License-Identifier: MIT */
#include "sim/stage.h"

const char stage_needs_ns3[] =
	"stack: ns3 needs ns-3, and this ringsim was built without it; "
	"./setup builds one with it";

const char *stage_part(const struct stage *s, const char *part)
{
	return sim_format(s->sim, "%s.%s", s->name, part);
}

uint16_t stage_owner(const struct stage *s, const char *part)
{
	return sim_owner(s->sim, stage_part(s, part));
}

gsl_rng *stage_rng(const struct stage *s, const char *part)
{
	return rng_stream(s->sim, stage_part(s, part));
}

void stage_cost(struct stage *s, struct cost *c, const struct cost_spec *spec,
		const char *row)
{
	cost_init(c, s->sim, spec, stage_part(s, row));
}
