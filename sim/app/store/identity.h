/* SPDX-License-Identifier: MIT */
/*
 * What makes two runs the same run: a hash of everything a result depends on.
 * 128 bits (FNV-1a), so that no two of any number of runs meet by accident.
 */
#ifndef APP_IDENTITY_H
#define APP_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/app/load/scenario.h"

struct identity {
	uint64_t high, low;
};

struct identity identity_start(void);
/* The text and its end, so that "ab" "c" differs from "a" "bc". NULL differs
 * from "". */
void identity_text(struct identity *id, const char *text);
void identity_number(struct identity *id, uint64_t number);
void identity_double(struct identity *id, double number);

static inline bool identity_equal(struct identity a, struct identity b)
{
	return a.high == b.high && a.low == b.low;
}

/*
 * Of stage `s` at a point: its type, its name and every parameter as text.
 * How often and how patiently a point is run (run.seeds, run.seed,
 * run.timeout) is not part of it: that changes no run.
 */
struct identity identity_of_stage(const struct scenario *sc,
				  const struct point *pt, unsigned s);
/* Of a point's run with a seed, by this version of the models. */
struct identity identity_of_run(struct identity point, uint64_t seed,
				const char *engine);

#endif
