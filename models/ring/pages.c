/* SPDX-License-Identifier: MIT */
#include "models/ring/pages.h"

#include <gsl/gsl_randist.h>

const struct choice pages_choices[] = {
	{"copy", PARAM_NONE, NULL, NULL, "A grant copy for each slot."},
	{"map", PARAM_NONE, NULL, NULL, "Each page is mapped once and stays."},
	{"unmap", PARAM_NONE, NULL, NULL,
	 "Mapped for a batch; then unmapped, and the TLBs flushed."},
	{"persistent", PARAM_NONE, NULL, NULL,
	 "So many stay mapped; the least recently used are reclaimed."},
	{0}};

/* In the order of pages_choices. */
static const struct pages_type *const types[] = {
	&pages_copy, &pages_map, &pages_unmap, &pages_persistent};

unsigned pages_draw(struct pages *p)
{
	return (unsigned)gsl_rng_uniform_int(p->rng,
					     (unsigned long)p->p->guest_pages);
}

void pages_build(struct pages *pages, struct stage *s,
		 const struct pages_params *p, struct counter *mapped,
		 struct counter *flushes)
{

	pages->type = types[p->pages.which];
	pages->p = p;
	pages->stage = s;
	pages->mapped = mapped;
	pages->flushes = flushes;
	stage_cost(s, &pages->start, &p->copy_start, "copy_start");
	stage_cost(s, &pages->copy, &p->copy_slot, "copy_slot");
	stage_cost(s, &pages->map, &p->map_slot, "map_slot");
	stage_cost(s, &pages->unmap, &p->unmap_slot, "unmap_slot");
	stage_cost(s, &pages->flush, &p->tlb_flush, "tlb_flush");
	stage_cost(s, &pages->find, &p->find_slot, "find_slot");
	pages->rng = stage_rng(s, "pages");
	if (pages->type->build)
		pages->type->build(pages);
}
