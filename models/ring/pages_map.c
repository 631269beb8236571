/* SPDX-License-Identifier: MIT */
/*
 * Mapped once: "My hack maps all necessary pages permantently, there is no
 * unmap, we skip lots of page table manipulation and TLB flushes" (Liu,
 * xen-devel, 2013). After the guest has used each of its pages once, a slot
 * costs nothing.
 */
#include "models/ring/pages.h"

static void build(struct pages *p)
{
	p->here = sim_alloc(p->stage->sim, (size_t)p->p->guest_pages);
}

static sim_time take(struct pages *p, unsigned slots)
{
	unsigned first = 0;

	if (p->n == p->p->guest_pages)
		return 0;
	for (unsigned i = 0; i < slots; i++) {
		unsigned page = pages_draw(p);

		first += !p->here[page];
		p->here[page] = true;
	}
	p->n += first;
	counter_add(p->mapped, first);
	if (!first)
		return 0;
	return cost_draw(p->stage->sim, &p->start) +
	       pages_times(p, &p->map, first);
}

const struct pages_type pages_map = {
	.build = build, .take = take, .lent = true};
