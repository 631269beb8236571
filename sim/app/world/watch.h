/* SPDX-License-Identifier: MIT */
/*
 * A run again, to be looked at: everything that the flight recorder can tell of
 * a stretch of time, with when tasks ran. Runs are functions of their
 * parameters and their seed, so it is the same run.
 */
#ifndef APP_WATCH_H
#define APP_WATCH_H

#include "sim/app/world/world.h"

struct watch {
	sim_time from, to;
	uint64_t most; /* notes; it ends when there are more */

	/* Given. Notes oldest .. first - 1 are from before the stretch. They
	 * last as long as the block is not used again. */
	const struct sim *sim;
	uint64_t oldest, first, end;
	sim_time until; /* as far as it got */
};

/* False: the machine has no memory. */
bool world_watch(struct sim **block, const struct scenario *sc,
		 const struct point *pt, uint64_t seed, struct watch *w);

static inline const struct record *watch_note(const struct watch *w, uint64_t i)
{
	return &w->sim->records[i & w->sim->record_mask];
}

#endif
