/* SPDX-License-Identifier: MIT */
/* The parts of `ringsim sensitivity`; nobody else includes this. */
#ifndef APP_SENSITIVITY_H
#define APP_SENSITIVITY_H

#include <jansson.h>

#include "sim/app/run/session.h"

/* An expectation whose verdict is another one. */
struct change {
	unsigned expect;
	enum verdict_kind now;
	struct estimate estimate;
	char *note; /* may be NULL */
};

/* A guess with another value. */
struct trial {
	char *value;	   /* NULL: there is none to try */
	const char *limit; /* what its range made of it; NULL: as wanted */
	char *refused;	   /* what the scenario says to it; NULL: it ran */
	struct change *changes;
	unsigned n;
};

enum { HALVED, DOUBLED, NUM_TRIALS };

extern const char *const trial_names[NUM_TRIALS];

/* A parameter, of all stages of one type that have the same value for it. */
struct guess {
	struct setting *at;
	unsigned n;
	char *value;
	const char *skipped; /* why; NULL: it is tried */
	struct trial trials[NUM_TRIALS];
};

struct sensitivity {
	const struct scenario *sc;
	const struct verdict *as_is; /* with no guess moved */
	struct guess *guesses;
	unsigned n;
	long seeds;
};

/* `vif1.copy_slot, vif2.copy_slot`; malloc'ed. */
char *guess_name(const struct sensitivity *s, const struct guess *g);

/* All guesses of the scenario, those that are not tried too. */
void guesses_find(struct sensitivity *to);
void guesses_free(struct sensitivity *s);
/* The value of a trial, inside the range of its row. */
void trial_find(const struct sensitivity *s, struct guess *g, int which);

void sensitivity_print(const struct sensitivity *s);
json_t *sensitivity_json(const struct sensitivity *s);

#endif
