/* SPDX-License-Identifier: MIT */
#include "models/tcp/reassembly.h"

#include <string.h>

void reassembly_init(struct reassembly *r, struct sim *sim, unsigned room)
{
	*r = (struct reassembly){.room = room};
	r->pieces = sim_alloc(sim, room * sizeof *r->pieces);
}

/* The first piece that ends at or behind `begin`: it touches what begins
 * there, or lies behind. */
static unsigned find(const struct reassembly *r, uint64_t begin)
{
	unsigned low = 0, high = r->n;

	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (r->pieces[middle].range.end < begin)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void remove_pieces(struct reassembly *r, unsigned from, unsigned n)
{
	memmove(&r->pieces[from], &r->pieces[from + n],
		(r->n - from - n) * sizeof *r->pieces);
	r->n -= n;
}

static bool insert(struct reassembly *r, unsigned at, struct piece p)
{
	if (r->n == r->room)
		return false;
	memmove(&r->pieces[at + 1], &r->pieces[at],
		(r->n - at) * sizeof *r->pieces);
	r->pieces[at] = p;
	r->n++;
	return true;
}

bool reassembly_add(struct reassembly *r, uint64_t begin, uint64_t end)
{
	unsigned at = find(r, begin), last = at;
	struct piece p = {{begin, end}, ++r->arrivals};

	while (last < r->n && r->pieces[last].range.begin <= end) {
		struct range *old = &r->pieces[last++].range;

		if (old->begin < p.range.begin)
			p.range.begin = old->begin;
		if (old->end > p.range.end)
			p.range.end = old->end;
	}
	if (last == at)
		return insert(r, at, p);
	r->pieces[at] = p;
	remove_pieces(r, at + 1, last - at - 1);
	return true;
}

uint64_t reassembly_join(struct reassembly *r, uint64_t upto)
{
	unsigned n = 0;

	while (n < r->n && r->pieces[n].range.begin <= upto) {
		if (r->pieces[n].range.end > upto)
			upto = r->pieces[n].range.end;
		n++;
	}
	if (n > 0)
		remove_pieces(r, 0, n);
	return upto;
}

/* The most recently touched of those touched before `before`. */
static const struct piece *newest(const struct reassembly *r, uint64_t before)
{
	const struct piece *best = NULL;

	for (unsigned i = 0; i < r->n; i++) {
		const struct piece *p = &r->pieces[i];

		if (p->touched < before &&
		    (!best || p->touched > best->touched))
			best = p;
	}
	return best;
}

unsigned reassembly_newest(const struct reassembly *r, struct range *out)
{
	uint64_t before = UINT64_MAX;
	unsigned n = 0;

	while (n < SEGMENT_SACKS) {
		const struct piece *p = newest(r, before);

		if (!p)
			break;
		out[n++] = p->range;
		before = p->touched;
	}
	return n;
}
