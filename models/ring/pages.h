/* SPDX-License-Identifier: MIT */
/*
 * How the pages of a guest's packets get to domain 0, and what that costs:
 * grant copy, or mapping. One file each:
 *
 *	pages_copy.c	   a hypercall a batch copies every slot
 *	pages_map.c	   a page is mapped when it is first seen, and stays
 *	pages_unmap.c	   pages are mapped for a batch, unmapped after it, and
 *			   the TLBs flushed
 *	pages_persistent.c so many stay mapped; the least recently used ones are
 *			   unmapped in bulk
 *
 * A guest sends from so many pages, in no order.
 */
#ifndef RING_PAGES_H
#define RING_PAGES_H

#include "sim/stage.h"

struct pages;

struct pages_type {
	void (*build)(struct pages *p); /* NULL: nothing to do */
	/* What it takes before, and after, a batch of so many slots is
	 * delivered. NULL: nothing. */
	sim_time (*take)(struct pages *p, unsigned slots);
	sim_time (*release)(struct pages *p, unsigned slots);
	/* Slots are answered when the packet is delivered: its pages were lent.
	 * Else when they are copied. */
	bool lent;
};

extern const struct choice pages_choices[];

#define PAGES_PARAMS(P)                                                        \
	P(CHOICE, pages, "copy", pages_choices, 0,                             \
	  "Linux 3.12 drivers/net/xen-netback/netback.c copies",               \
	  "How the pages of a packet get to domain 0.")                        \
	P(COST, copy_start, "4us", "0ns", "1ms", "guess",                      \
	  "A hypercall to copy or to map a batch, without its slots.")         \
	P(COST, copy_slot, "1us", "0ns", "1ms", "guess",                       \
	  "To copy one slot: a page to copy to, and the copy.")                \
	P(COST, map_slot, "0.5us", "0ns", "1ms", "guess", "To map one page.")  \
	P(COST, unmap_slot, "0.5us", "0ns", "1ms", "guess",                    \
	  "To unmap one page.")                                                \
	P(COST, tlb_flush, "5us", "0ns", "1ms", "guess",                       \
	  "To flush the TLBs of all CPUs after pages have been unmapped.")     \
	P(COST, find_slot, "0.1us", "0ns", "1ms", "guess",                     \
	  "With persistent: to find a page among those mapped.")               \
	P(COUNT, guest_pages, "1024", "1", "1048576", "guess",                 \
	  "Pages that the guest sends from; with map and persistent.")         \
	P(COUNT, persistent_pages, "1056", "1", "1048576",                     \
	  "Linux 3.12 drivers/block/xen-blkback/blkback.c, "                   \
	  "xen_blkif_max_pgrants",                                             \
	  "With persistent: pages that may stay mapped.")                      \
	P(RATIO, reclaim, "5%", "0.1%", "100%",                                \
	  "Linux 3.12 drivers/block/xen-blkback/blkback.c, "                   \
	  "LRU_PERCENT_CLEAN",                                                 \
	  "With persistent: how many of these are unmapped when there are "    \
	  "more.")

struct pages_params {
	PAGES_PARAMS(PARAM_FIELD)
};

struct pages {
	const struct pages_type *type;
	const struct pages_params *p;
	struct stage *stage;
	struct counter *mapped, *flushes;
	struct cost start, copy, map, unmap, flush, find;
	gsl_rng *rng;
	/* Of the pages that are mapped, the most recently used first. */
	uint32_t *newer, *older; /* by page; guest_pages ends the list */
	bool *here;
	unsigned n;
};

/* p: the stage's own parameters. */
void pages_build(struct pages *pages, struct stage *s,
		 const struct pages_params *p, struct counter *mapped,
		 struct counter *flushes);

/* Which page the guest has used. */
unsigned pages_draw(struct pages *p);

static inline sim_time pages_take(struct pages *p, unsigned slots)
{
	return p->type->take ? p->type->take(p, slots) : 0;
}

static inline sim_time pages_release(struct pages *p, unsigned slots)
{
	return p->type->release ? p->type->release(p, slots) : 0;
}

/* n times the cost, drawn once: what varies does so for the whole batch. */
static inline sim_time pages_times(struct pages *p, struct cost *c, unsigned n)
{
	return n ? cost_draw(p->stage->sim, c) * n : 0;
}

extern const struct pages_type pages_copy, pages_map, pages_unmap,
	pages_persistent;

#endif
