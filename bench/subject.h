/* SPDX-License-Identifier: MIT */
/* A scenario that is measured, run in this process. */
#ifndef BENCH_SUBJECT_H
#define BENCH_SUBJECT_H

#include "sim/app/world/world.h"

struct subject {
	struct scenario *sc;
	struct column *columns;
	unsigned n_columns;
	struct sim *block;
	struct outcome out;
};

/* Loads the scenario with n texts `key=value`; ends the program with the
 * complaints if something is wrong. */
void subject_load(struct subject *s, const char *path, char *const *sets,
		  unsigned n);
/* Runs its first point. */
void subject_run(struct subject *s, uint64_t seed);
/* A result of the last run, such as `host.kicks`. It must exist. */
double subject_value(const struct subject *s, const char *column);
/* How much simulated time a run measures. */
sim_time subject_measure(const struct subject *s);
/* The cost `stage.row`, ready to be drawn from: the draws of the run with the
 * same seed, as it names its random streams. */
void subject_cost(const struct subject *s, struct sim *sim, const char *stage,
		  const char *row, struct cost *c);
void subject_free(struct subject *s);

/* Ends the program unless two counts of the same are at most `off` apart. */
void must_agree(const char *what, double ringsim, double other, double off);

#endif
