/* SPDX-License-Identifier: MIT */
/*
 * The stalls of a run, as they leave it: no pointers, so that a worker can send
 * them and a parent can check them.
 *
 * All that the oracle kept are told, but the notes that led into them and out
 * only for some: the longest, and the longest of each kind (who waited for
 * what, why, and what ended it). A thousand chains of the same kind teach
 * nobody anything and fill a disk.
 */
#ifndef APP_STALLS_H
#define APP_STALLS_H

#include "sim/oracle.h"

#define STALL_CHAINS	 100 /* at most so many in a run */
#define STALL_LONGEST	 20  /* that have theirs whatever their kind */
#define STALL_CHAIN_MOST (STALL_EVENTS + 1)
#define STALL_NAMES	 4096
#define STALL_NAME	 80 /* bytes; a longer one is cut */

struct told_stall {
	sim_time start, end;
	uint32_t first;			   /* of its notes */
	uint16_t n_notes;		   /* 0: not kept */
	uint16_t has_out;		   /* 1: the last one is what led out */
	uint16_t waiter, awaited, rescuer; /* in names */
	uint16_t cause;			   /* enum cause */
};

struct told_note {
	sim_time at;
	uint64_t value;
	uint16_t owner; /* in names */
	uint16_t what;	/* enum note */
};

struct stalls {
	unsigned n, n_notes, n_names;
	struct told_stall all[ORACLE_STALLS]; /* by start */
	struct told_note notes[STALL_CHAINS * STALL_CHAIN_MOST];
	char names[STALL_NAMES][STALL_NAME];
};

void stalls_none(struct stalls *to);
/* After oracle_finish(). */
void stalls_read(const struct sim *sim, struct stalls *to);
/* Are its counts possible? */
bool stalls_have_room(const struct stalls *s);
/* Can all of this be what stalls_read() gave? */
bool stalls_fit(const struct stalls *s);

#endif
