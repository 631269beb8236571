/* SPDX-License-Identifier: MIT */
/*
 * Mapped for as long as the packet lives (GNTTABOP_map_grant_ref), then
 * unmapped: the zero copy of classic XenoLinux. Both are hypercalls, and a page
 * that was mapped may be in the TLB of every CPU that domain 0 has: so all are
 * flushed before the guest gets it back, once a batch.
 */
#include "models/ring/pages.h"

static sim_time take(struct pages *p, unsigned slots)
{
	counter_add(p->mapped, slots);
	return cost_draw(p->stage->sim, &p->start) +
	       pages_times(p, &p->map, slots);
}

static sim_time release(struct pages *p, unsigned slots)
{
	counter_add(p->flushes, 1);
	return cost_draw(p->stage->sim, &p->start) +
	       cost_draw(p->stage->sim, &p->flush) +
	       pages_times(p, &p->unmap, slots);
}

const struct pages_type pages_unmap = {
	.take = take, .release = release, .lent = true};
