/* SPDX-License-Identifier: MIT */
/* The parts of `ringsim explain`; nobody else includes this. */
#ifndef APP_EXPLAIN_H
#define APP_EXPLAIN_H

#include "sim/stage.h"

/* How a kind of value is called and written. */
struct kind_words {
	const char *noun;	  /* "a time" */
	const struct unit *units; /* NULL: it is no number */
};

const struct kind_words *kind_words(enum param_kind kind);

/* Is it the mean of a cost: does `name.jitter` stand beside it? */
bool is_cost(const struct stage_type *type, unsigned row);
/* Is it a part of a cost other than its mean? */
bool is_cost_part(const struct stage_type *type, unsigned row);

/* stage_types[i], or run_type behind the last of them, then NULL. */
const struct stage_type *any_type(unsigned i);

/* Each prints on stdout. */
void explain_types(void);
void explain_type(const struct stage_type *type);
void explain_row(const struct stage_type *type, const struct param *row);
void explain_metric(const struct stage_type *type, const struct metric *m);
/* Guesses of all types, or of what n scenarios resolve to; the exit code. */
int explain_guesses(char *const *paths, int n);
void explain_schema(void);

#endif
