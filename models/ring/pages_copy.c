/* SPDX-License-Identifier: MIT */
/*
 * Grant copy: netback allocates a page for each slot, and one hypercall copies
 * them all (GNTTABOP_copy). The guest has its pages back at once.
 */
#include "models/ring/pages.h"

static sim_time take(struct pages *p, unsigned slots)
{
	return cost_draw(p->stage->sim, &p->start) +
	       pages_times(p, &p->copy, slots);
}

const struct pages_type pages_copy = {.take = take};
