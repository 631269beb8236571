/* SPDX-License-Identifier: MIT */
#include "sim/app/world/watch.h"

#include "sim/app/world/world_inside.h"

/* How often it is asked whether there are notes enough. */
#define SLICES 1000

/* Room for twice as many, so that a slice does not overwrite the beginning. */
static uint64_t room_for(uint64_t most)
{
	uint64_t room = 4096;

	while (room < 2 * most)
		room *= 2;
	return room;
}

static void look_on(struct sim *sim, struct watch *w)
{
	sim_time step = (w->to - w->from) / SLICES + 1, at = w->from;

	w->first = sim->noted;
	while (at < w->to && sim->noted - w->first < w->most) {
		at = w->to - at > step ? at + step : w->to;
		if (sim_run(sim, at) != SIM_OK)
			break;
	}
}

/* What the recorder still has. */
static void find_ends(const struct sim *sim, struct watch *w)
{
	uint64_t room = sim->record_mask + 1;

	w->sim = sim;
	w->until = sim->now;
	w->end = sim->noted;
	w->oldest = w->end > room ? w->end - room : 0;
	if (w->first < w->oldest)
		w->first = w->oldest;
	if (w->end - w->first > w->most) {
		w->end = w->first + w->most;
		w->until = watch_note(w, w->end)->at;
	}
}

bool world_watch(struct sim **block, const struct scenario *sc,
		 const struct point *pt, uint64_t seed, struct watch *w)
{
	struct world world = {.sc = sc};
	struct sim *sim;

	if (!world_block(block, seed))
		return false;
	sim = *block;
	sim_record_room(sim, room_for(w->most));
	sim->tracing = true;
	world_set_up(&world, sim, pt);
	if (w->from > 0 && sim_run(sim, w->from) != SIM_OK)
		w->to = w->from;
	oracle_reset(sim);
	look_on(sim, w);
	oracle_finish(sim);
	find_ends(sim, w);
	return true;
}
