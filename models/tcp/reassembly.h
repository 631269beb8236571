/* SPDX-License-Identifier: MIT */
/*
 * What has arrived out of order: disjoint ranges of the stream, sorted. Empty
 * while nothing is lost. There is room for so many ranges; a segment that would
 * need one more is not kept, as if it had been lost.
 */
#ifndef TCP_REASSEMBLY_H
#define TCP_REASSEMBLY_H

#include "models/tcp/segment.h"

struct piece {
	struct range range;
	uint64_t touched; /* when it last grew, as a count of arrivals */
};

struct reassembly {
	struct piece *pieces;
	unsigned n, room;
	uint64_t arrivals;
};

void reassembly_init(struct reassembly *r, struct sim *sim, unsigned room);
/* Keeps begin..end. False: there is no room. */
bool reassembly_add(struct reassembly *r, uint64_t begin, uint64_t end);
/* How far the stream reaches without a hole, if it reaches `upto` so far; what
 * lies before is forgotten. */
uint64_t reassembly_join(struct reassembly *r, uint64_t upto);
/* For SACK: up to SEGMENT_SACKS ranges, the last that grew first (RFC 2018).
 * Returns how many. */
unsigned reassembly_newest(const struct reassembly *r, struct range *out);

#endif
