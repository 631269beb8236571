/* SPDX-License-Identifier: MIT */
/* The parts of `ringsim sensitivity`; nobody else includes this. */
#ifndef APP_SENSITIVITY_H
#define APP_SENSITIVITY_H

#include <jansson.h>

#include "sim/app/run/session.h"
#include "sim/app/verb/asked.h"

/* An expectation whose verdict is another one. */
struct change {
	unsigned expect;
	enum verdict_kind now;
	struct estimate estimate;
	/* No 95 % interval, before or now, reaches over an end of the band. */
	bool settled;
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

/* A parameter, of all stages of one type that have the same value for it; or
 * the jitter of all costs that have the same. */
struct guess {
	struct setting *at;
	unsigned n;
	char *value;
	const char *skipped; /* why; NULL: it is tried */
	struct trial trials[NUM_TRIALS];
	/* Expectations that either trial changes, and of these settled. */
	unsigned n_changed, n_settled;
};

struct sensitivity {
	const struct scenario *sc;
	struct verdict *as_is; /* with no guess moved; NULL: it has no bands */
	struct guess *guesses; /* those first that most hangs on */
	unsigned n;
	long seeds, own_seeds; /* runs per point; what the scenario has */
};

/* Is this an expectation that was asked for and has a band? */
bool sensitivity_judges(const struct sensitivity *s, unsigned expect,
			struct asked *asked);

/* sensitivity_guesses.c: all guesses of the scenario, those that are not tried
 * too, and the values to try, each inside the range of its row. */
void guesses_find(struct sensitivity *s);
void guesses_free(struct sensitivity *s);
/* `vif1.copy_slot, vif2.copy_slot`; malloc'ed, as is the next. */
char *guess_name(const struct sensitivity *s, const struct guess *g);
/* `netback.copy_slot`, as a machine's file would set it. */
char *guess_row(const struct sensitivity *s, const struct guess *g);
bool guess_is_jitter(const struct sensitivity *s, const struct guess *g);
/* Does it change a verdict, or cannot be? */
bool guess_matters(const struct guess *g);

/* How all of them are run. */
struct attempts {
	long jobs;
	const char *folder; /* of databases that come and go */
	struct asked asked;
	struct progress progress;
};

/* sensitivity_try.c: how many runs it takes (a few less, if points are twins),
 * and does them; EXIT_DONE, or what happened instead and was told. */
unsigned sensitivity_runs(const struct sensitivity *s, struct attempts *a);
int sensitivity_try(struct sensitivity *s, struct attempts *a);

/* `12us, the most`, `1us, its least`; malloc'ed. */
char *trial_value(const struct guess *g, const struct trial *t);

void sensitivity_print(const struct sensitivity *s);
json_t *sensitivity_json(const struct sensitivity *s);

/*
 * What several scenarios say of one guess: its parameter, of one type and one
 * value. Made by sensitivity_rows(), sorted, freed by sensitivity_rows_free().
 */
struct member {
	const struct sensitivity *s;
	const struct guess *guess;
};

struct guess_line {
	char *name;
	const char *value;
	struct member *members; /* none skipped, if one is not */
	unsigned n;
	unsigned n_changed, n_settled;
};

struct guess_line *sensitivity_rows(const struct sensitivity *const *all,
				    unsigned n, unsigned *n_lines);
void sensitivity_rows_free(struct guess_line *lines, unsigned n);

/* A section per regime (S0, S1 …), with its scenarios side by side. */
void sensitivity_markdown(const struct sensitivity *all, unsigned n,
			  struct asked *asked);

#endif
