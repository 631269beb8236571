/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "sim/sim.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sim/poison.h"

const char *note_name(enum note what)
{
	static const char *const names[NUM_NOTES] = {
		"put",	   "take",    "arm",	 "disarm", "kick",
		"call",	   "sleep",   "wake",	 "timer",  "drop",
		"deliver", "pending", "merged",	 "clear",  "wait",
		"nobody",  "on",      "off",	 "send",   "resend",
		"ack",	   "lost",    "rescued", "run",	   "pause"};

	return what < NUM_NOTES ? names[what] : "?";
}

static void run_ends(struct sim *sim, struct event *ev)
{
	(void)ev;
	sim->stopped = true;
}

static struct sim *sim_begin(char *arena, size_t size, uint64_t seed)
{
	struct sim *sim = (struct sim *)arena;

	*sim = (struct sim){
		.arena = arena, .size = size, .seed = seed, .next = SIM_NEVER};
	sim->used = (sizeof *sim + 15) & ~(size_t)15;
	sim_record_room(sim, SIM_RECORDS);
	event_init(sim, &sim->end, run_ends);
	return sim;
}

void sim_record_room(struct sim *sim, uint64_t n)
{
	assert(n > 0 && (n & (n - 1)) == 0);
	sim->records = sim_alloc(sim, n * sizeof *sim->records);
	sim->record_mask = n - 1;
}

struct sim *sim_new(size_t size, uint64_t seed)
{
	char *arena = mmap(NULL, size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return arena == MAP_FAILED ? NULL : sim_begin(arena, size, seed);
}

struct sim *sim_reset(struct sim *sim, uint64_t seed)
{
	char *arena = sim->arena;
	size_t size = sim->size;

	sim_end(sim);
	memory_unpoison(arena, sim->used);
	memset(arena, 0, sim->used);
	return sim_begin(arena, size, seed);
}

void sim_free(struct sim *sim)
{
	sim_end(sim);
	memory_unpoison(sim->arena, sim->used);
	munmap(sim->arena, sim->size);
}

void *sim_alloc(struct sim *sim, size_t n)
{
	char *piece = sim->arena + sim->used;
	size_t room = ((n + 15) & ~(size_t)15) + POISON_GAP;

	if (room > sim->size - sim->used)
		abort();
	sim->used += room;
	memory_poison(piece + n, room - n);
	return piece;
}

char *sim_format(struct sim *sim, const char *format, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	text = sim_alloc(sim, (size_t)n + 1);
	va_start(args, format);
	vsnprintf(text, (size_t)n + 1, format, args);
	va_end(args);
	return text;
}

/* Room for more owners. The old nodes stay behind in the arena: owners appear
 * at set-up, not by the million. */
static void grow(struct sim *sim)
{
	struct tournament *t = &sim->pending, old = *t;
	struct event **owners = sim->owner_of;
	uint32_t room = TOURNAMENT_GROUP * (old.room ? old.room : 1);
	struct key *nodes;

	sim->owner_of = sim_alloc(sim, room * sizeof(struct event *));
	nodes = sim_alloc(sim, tournament_nodes(room) * sizeof *nodes);
	tournament_init(t, nodes, room);
	for (uint32_t leaf = 0; leaf < old.leaves; leaf++) {
		const struct key *key = &old.nodes[old.first_leaf + leaf];

		sim->owner_of[tournament_join(t)] = owners[leaf];
		tournament_set(t, leaf, key->at,
			       key->order >> TOURNAMENT_LEAF_BITS);
	}
}

void event_init(struct sim *sim, struct event *ev,
		void (*fire)(struct sim *, struct event *))
{
	if (sim->pending.leaves == sim->pending.room)
		grow(sim);
	ev->fire = fire;
	ev->leaf = tournament_join(&sim->pending);
	sim->owner_of[ev->leaf] = ev;
}

uint16_t sim_owner(struct sim *sim, const char *name)
{
	assert(sim->owners < SIM_OWNERS);
	sim->owner_names[sim->owners] = name;
	return sim->owners++;
}

enum sim_status sim_loop(struct sim *sim, sim_time until)
{
	uint64_t still = 0;

	sim->stopped = false;
	event_at(sim, &sim->end, until);
	while (!sim->stopped) {
		struct event *ev =
			sim->owner_of[tournament_winner(&sim->pending)];

		still = sim->next > sim->now ? 0 : still + 1;
		if (unlikely(still > SIM_LIVELOCK_EVENTS))
			return SIM_LIVELOCK;
		sim->now = sim->next;
		sim->fired++;
		tournament_pop(&sim->pending);
		sim->next = tournament_next(&sim->pending);
		ev->fire(sim, ev);
	}
	return sim->out_of_memory ? SIM_OUT_OF_MEMORY : SIM_OK;
}

enum sim_status sim_run(struct sim *sim, sim_time until)
{
	return sim->engine ? sim->engine->run(sim, until)
			   : sim_loop(sim, until);
}

void sim_end(struct sim *sim)
{
	if (sim->engine)
		sim->engine->end(sim);
	sim->engine = sim->elsewhere = NULL;
}
