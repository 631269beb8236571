/* SPDX-License-Identifier: MIT */
/*
 * The engine: the clock, the pending events and the memory of one run.
 *
 * An event lives inside its owner (a task, a timer) and is pending at most
 * once; to plan it again is to move it. So there is nothing to allocate, no
 * handle, and a cancelled event is gone at once. What is pending is kept in a
 * tournament over the owners, not in a heap of entries: see tournament.h, and
 * bench/queue for the comparison that decided it.
 *
 * Ties: events due at the same time fire in the order in which they were
 * planned (one sequence number for the whole sim). Nothing else orders them.
 *
 * A run is a function of its parameters and its seed. There are no globals, no
 * threads, and the machine is never asked for time or chance.
 *
 * Memory: sim_alloc() hands out zeroed pieces of one block that is thrown away
 * as a whole. Models never call malloc; there is nothing to free.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gsl/gsl_rng.h>

#include "sim/time.h"
#include "sim/tournament.h"

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#ifdef __cplusplus
extern "C" {
#endif

struct sim;

struct event {
	void (*fire)(struct sim *sim, struct event *ev);
	uint32_t leaf; /* its place in the tournament, for the whole run */
};

/* What happened, as far as the outside may know it: the trace's alphabet. */
enum note {
	NOTE_PUT,     /* an entry was published; value: the index behind it */
	NOTE_TAKE,    /* an entry was taken; value: the index behind it */
	NOTE_ARM,     /* a consumer asked to be woken; value: the threshold */
	NOTE_DISARM,  /* it asked not to be; value: unused, 0 */
	NOTE_KICK,    /* guest to host; value: the producer's index */
	NOTE_CALL,    /* host to guest; value: the producer's index */
	NOTE_SLEEP,   /* a task went to sleep */
	NOTE_WAKE,    /* a task was made runnable */
	NOTE_TIMER,   /* a timer fired */
	NOTE_DROP,    /* a packet ended early; value: the reason */
	NOTE_DELIVER, /* a packet reached its sink; value: its number */
	NOTE_PENDING, /* an event channel's bit was set; value: the port */
	NOTE_MERGED,  /* it was set already: nothing happens; value: the port */
	NOTE_CLEAR,   /* the guest cleared it; value: the port */
	NOTE_WAIT,    /* a thread waits for a port's event; value: the port */
	NOTE_NOBODY,  /* an event found nobody waiting; value: the port */
	NOTE_ON,      /* a vCPU got a physical CPU; value: which */
	NOTE_OFF,     /* it lost it, or gave it up */
	NOTE_SEND,    /* a segment left; value: its sequence number */
	NOTE_RESEND,  /* once more; value: its sequence number */
	NOTE_ACK,     /* an acknowledgement left; value: the number */
	/* For the recorder alone, never in the hash: */
	NOTE_LOST,    /* the oracle: a wakeup was lost; value: enum cause */
	NOTE_RESCUED, /* the sleeper woke after all */
	/* Only while tracing; value: which of the owner's tasks. */
	NOTE_RUN,   /* a task got its CPU */
	NOTE_PAUSE, /* it gave it up, or lost it */
	NUM_NOTES
};

const char *note_name(enum note what);

/* One line of the flight recorder. */
struct record {
	sim_time at;
	uint64_t value;
	uint16_t owner; /* index into sim.owner_names */
	uint16_t what;	/* enum note */
};

#define SIM_RECORDS 4096 /* how far back the flight recorder sees */
#define SIM_OWNERS  5000 /* named owners in one world; a domain is two */

enum sim_status {
	SIM_OK,
	SIM_LIVELOCK, /* SIM_LIVELOCK_EVENTS events and the clock stood still */
	SIM_OUT_OF_MEMORY /* a simulated guest's; see sim_out_of_memory() */
};

#define SIM_LIVELOCK_EVENTS 20000000

/*
 * Whose loop a run is in, where it is not sim_run()'s own: that of sim/ns3. An
 * engine is put into sim.engine, and into sim.elsewhere too if it keeps the
 * pending events itself; then the tournament only remembers when they are due,
 * and sim.next stays in the past, which turns SPEND's fast path off.
 */
struct engine {
	const char *name;
	enum sim_status (*run)(struct sim *sim, sim_time until);
	void (*at)(struct sim *sim, struct event *ev, sim_time at);
	void (*cancel)(struct sim *sim, struct event *ev);
	void (*end)(struct sim *sim); /* see sim_end() */
};

struct sim {
	sim_time now;
	sim_time next; /* when the next pending event is due; SIM_NEVER: none */
	uint64_t hash; /* of every note so far */
	struct record *records;
	uint64_t noted;	       /* so far; the last record_mask + 1 are kept */
	uint64_t record_mask;  /* room for records, a power of two, less one */
	bool tracing;	       /* record NOTE_RUN and NOTE_PAUSE as well */
	struct oracle *oracle; /* of oracle.h */
	/* Mean time of a STEP(), which is exponential; 0: none, the default.
	 * See task.h. */
	sim_time step;
	gsl_rng *step_rng;
	double slowdown; /* multiplies every cost; 0: none */
	struct tournament pending;
	struct event end; /* of sim_run(); it also bounds SPEND's fast path */
	struct event **owner_of;	/* leaf -> event */
	const struct engine *elsewhere; /* NULL: the tournament plans */
	const struct engine *engine;	/* NULL: none but this one */
	void *engine_own;
	uint64_t sequence;
	uint64_t fired;
	uint64_t seed;
	bool stopped;
	bool out_of_memory;
	uint16_t owners;
	const char *owner_names[SIM_OWNERS];
	char *arena; /* the block; struct sim is its first piece */
	size_t used, size;
};

/*
 * A sim in a fresh block of size bytes, which it owns. NULL: the machine has
 * no memory left. The block is mapped lazily, so a generous size costs nothing.
 */
struct sim *sim_new(size_t size, uint64_t seed);
/* The same block for another run: everything sim_alloc() gave is gone. */
struct sim *sim_reset(struct sim *sim, uint64_t seed);
void sim_free(struct sim *sim);

/* n zeroed bytes that live as long as the run. Aborts when the block is full:
 * its size bounds the model, not the user's input. */
void *sim_alloc(struct sim *sim, size_t n);
/* A text that lives as long. */
__attribute__((format(printf, 2, 3))) char *sim_format(struct sim *sim,
						       const char *format, ...);

/* Gives ev its place. Once per event, before it is planned. */
void event_init(struct sim *sim, struct event *ev,
		void (*fire)(struct sim *, struct event *));

/* Who speaks in a note. Returns the owner's number. The name is borrowed for
 * the run. */
uint16_t sim_owner(struct sim *sim, const char *name);

/* Runs what is due before `until` (at it only what was planned before this
 * call), and leaves the clock there; or until somebody sets sim->stopped. Can
 * be called again to go on. */
enum sim_status sim_run(struct sim *sim, sim_time until);
/* The same, in our own loop whatever the engine: for an engine to call. */
enum sim_status sim_loop(struct sim *sim, sim_time until);

/* The run is over and will not go on: its engine, if it has one, lets go of
 * what it holds outside the arena. sim_reset() and sim_free() do it as well. */
void sim_end(struct sim *sim);

/* A simulated guest has died for want of memory: the run ends here, and that is
 * a result. */
static inline void sim_out_of_memory(struct sim *sim)
{
	sim->out_of_memory = sim->stopped = true;
}

static inline bool event_pending(const struct sim *sim, const struct event *ev)
{
	return tournament_time(&sim->pending, ev->leaf) != SIM_NEVER;
}

static inline sim_time event_due(const struct sim *sim, const struct event *ev)
{
	return tournament_time(&sim->pending, ev->leaf);
}

/* Plans ev for time `at` >= now, wherever it was before. */
static inline void event_at(struct sim *sim, struct event *ev, sim_time at)
{
	if (unlikely(sim->elsewhere)) {
		sim->elsewhere->at(sim, ev, at);
		return;
	}
	tournament_set(&sim->pending, ev->leaf, at, ++sim->sequence);
	sim->next = tournament_next(&sim->pending);
}

static inline void event_cancel(struct sim *sim, struct event *ev)
{
	if (unlikely(sim->elsewhere)) {
		sim->elsewhere->cancel(sim, ev);
		return;
	}
	tournament_cancel(&sim->pending, ev->leaf);
	sim->next = tournament_next(&sim->pending);
}

/* Tells the flight recorder alone. */
static inline void record(struct sim *sim, uint16_t owner, enum note what,
			  uint64_t value)
{
	struct record *r = &sim->records[sim->noted++ & sim->record_mask];

	r->at = sim->now;
	r->value = value;
	r->owner = owner;
	r->what = (uint16_t)what;
}

/*
 * Tells the trace. The hash covers (time, owner, what, value) of every note
 * and nothing of the engine, so that observers, another event queue or another
 * way to skip idle time leave it as it is.
 */
static inline void note(struct sim *sim, uint16_t owner, enum note what,
			uint64_t value)
{
	uint64_t tag = (uint64_t)owner << 8 | what;
	uint64_t h = sim->hash;

	record(sim, owner, what, value);
	h ^= (uint64_t)sim->now * 0x9e3779b97f4a7c15u + (value << 20) + tag;
	h *= 0xff51afd7ed558ccdu;
	sim->hash = h ^ h >> 32;
}

/* Room for `n` records instead, a power of two: for who wants a whole timeline.
 * Before the run. */
void sim_record_room(struct sim *sim, uint64_t n);

#ifdef __cplusplus
}
#endif

#endif
