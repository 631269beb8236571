/* SPDX-License-Identifier: MIT */
/* What the parts of the timeline's writer share. */
#ifndef APP_TIMELINE_INSIDE_H
#define APP_TIMELINE_INSIDE_H

#include <jansson.h>

#include "sim/app/verb/timeline.h"

/* Where a track stands within its process, from above. */
enum shelf { SHELF_STALL, SHELF_CPU, SHELF_TASK, SHELF_TELLS, NUM_SHELVES };

/* tid: its index, from 1. */
struct track {
	unsigned pid;
	enum shelf shelf;
	char *name;
};

#define NOT_A_STAGE (~0u)

/* Somebody whom a notification can wake: the stages on one side of a ring. */
#define NO_SIDE (~0u)

/* An owner of sim.owner_names. */
struct teller {
	unsigned stage; /* index in the scenario, or NOT_A_STAGE */
	unsigned side;
	unsigned peer;	     /* the side behind its stage's ring, or NO_SIDE */
	unsigned first;	     /* owner of the same name */
	bool hears;	     /* a notification may be what wakes it */
	bool interrupt;	     /* to run is to be woken */
	unsigned tells, cpu; /* tids, 0: none yet */
};

/* A notification on its way. */
struct sent {
	bool there;
	sim_time at;
	unsigned pid, tid;
	const char *what;
};

struct timeline {
	FILE *to;
	bool comma;
	const struct scenario *sc;
	const struct watch *w;
	const struct stalls *whole;
	struct teller *tellers; /* sim->owners of them */
	struct track *tracks;
	unsigned n_tracks;
	struct sent *sent; /* per side */
	unsigned n_sides;
	unsigned n_arrows;
};

static inline double timeline_us(sim_time t)
{
	return (double)(t / SIM_NS) / 1000;
}

/* Writes an event and gives it back. */
void timeline_event(struct timeline *tl, json_t *event);

/* timeline_tracks.c */
void tellers_find(struct timeline *tl);
/* Its process. */
unsigned teller_pid(const struct timeline *tl, unsigned owner);
/* The track on which it tells; on which its physical CPU is seen. */
unsigned teller_tells(struct timeline *tl, unsigned owner);
unsigned teller_cpu(struct timeline *tl, unsigned owner);
/* A new track. Returns its tid. `name` is taken. */
unsigned track_add(struct timeline *tl, unsigned pid, enum shelf shelf,
		   char *name);
/* Names of all tracks and processes; frees them. */
void tracks_write(struct timeline *tl);

/* timeline_spans.c: when tasks ran and virtual CPUs had a processor; who was
 * stalled. */
void spans_write(struct timeline *tl);
void stalls_write(struct timeline *tl);

/* timeline_marks.c: what was told, with the arrows. */
void marks_write(struct timeline *tl);

#endif
