/* SPDX-License-Identifier: MIT */
/*
 * Persistent grants, as blkback has them (Linux 3.12, blkback.c): a page stays
 * mapped, and is found again by its grant. When there are more than
 * persistent_pages, the least recently used ones are unmapped, a share of them
 * at once (purge_persistent_gnt), with one flush of the TLBs.
 *
 * The guest's pages are used in no order; so if there are more of them than may
 * stay, of `guest_pages` to `persistent_pages` one is missing.
 */
#include "models/ring/pages.h"

static uint32_t nil(const struct pages *p)
{
	return (uint32_t)p->p->guest_pages;
}

static void build(struct pages *p)
{
	size_t n = nil(p) + 1;

	p->newer = sim_alloc(p->stage->sim, n * sizeof *p->newer);
	p->older = sim_alloc(p->stage->sim, n * sizeof *p->older);
	p->here = sim_alloc(p->stage->sim, n);
	p->newer[nil(p)] = p->older[nil(p)] = nil(p);
}

static void unlink_page(struct pages *p, uint32_t page)
{
	p->older[p->newer[page]] = p->older[page];
	p->newer[p->older[page]] = p->newer[page];
}

static void link_page(struct pages *p, uint32_t page)
{
	uint32_t end = nil(p), first = p->older[end];

	p->older[page] = first;
	p->newer[page] = end;
	p->newer[first] = page;
	p->older[end] = page;
}

/* True: it had to be mapped. */
static bool use(struct pages *p, uint32_t page)
{
	bool fresh = !p->here[page];

	if (!fresh)
		unlink_page(p, page);
	link_page(p, page);
	p->here[page] = true;
	p->n += fresh;
	return fresh;
}

static sim_time reclaim(struct pages *p)
{
	double share = p->p->reclaim * (double)p->p->persistent_pages;
	unsigned n = p->n - (unsigned)p->p->persistent_pages;

	n += (unsigned)share;
	for (unsigned i = 0; i < n && p->n > 0; i++, p->n--) {
		uint32_t oldest = p->newer[nil(p)];

		unlink_page(p, oldest);
		p->here[oldest] = false;
	}
	counter_add(p->flushes, 1);
	return cost_draw(p->stage->sim, &p->start) +
	       cost_draw(p->stage->sim, &p->flush) +
	       pages_times(p, &p->unmap, n);
}

static sim_time take(struct pages *p, unsigned slots)
{
	sim_time cost = pages_times(p, &p->find, slots);
	unsigned fresh = 0;

	for (unsigned i = 0; i < slots; i++)
		fresh += use(p, pages_draw(p));
	counter_add(p->mapped, fresh);
	if (fresh)
		cost += cost_draw(p->stage->sim, &p->start);
	return cost + pages_times(p, &p->map, fresh);
}

static sim_time release(struct pages *p, unsigned slots)
{
	(void)slots;
	return p->n > p->p->persistent_pages ? reclaim(p) : 0;
}

const struct pages_type pages_persistent = {
	.build = build, .take = take, .release = release, .lent = true};
