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

/* An event that looks at the clock and the recorder, and changes nothing. */
struct look {
	struct event event; /* first: its fire() finds the rest */
	struct watch *w;
	bool began, seen_all;
};

static void look_fires(struct sim *sim, struct event *ev)
{
	struct look *look = (struct look *)ev;
	struct watch *w = look->w;
	sim_time step = (w->to - w->from) / SLICES + 1;

	if (!look->began) {
		look->began = true;
		w->first = sim->noted;
		oracle_reset(sim);
	}
	look->seen_all = sim->now >= w->to || sim->noted - w->first >= w->most;
	if (look->seen_all)
		sim->stopped = true;
	else
		event_at(sim, ev,
			 w->to - sim->now > step ? sim->now + step : w->to);
}

static struct look *plan_looks(struct sim *sim, struct watch *w)
{
	struct look *look = sim_alloc(sim, sizeof *look);

	look->w = w;
	event_init(sim, &look->event, look_fires);
	event_at(sim, &look->event, w->from);
	return look;
}

/* As a run goes, with two ends: what is due at one, and was not planned when
 * it began, comes after it. */
static void look_on(struct world *world, struct watch *w)
{
	struct look *look = plan_looks(world->sim, w);
	struct sim *sim = world->sim;
	sim_time warm = world->run.warmup;

	if (sim_run(sim, warm) == SIM_OK && !look->seen_all)
		sim_run(sim, time_add(warm, world->run.measure));
	if (!look->began)
		w->first = sim->noted;
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
	look_on(&world, w);
	oracle_finish(sim);
	find_ends(sim, w);
	return true;
}
