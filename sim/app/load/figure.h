/* SPDX-License-Identifier: MIT */
/* Inside the loader of figures; nobody else includes this. */
#ifndef APP_FIGURE_H
#define APP_FIGURE_H

#include <jansson.h>

#include "sim/app/load/loader.h"

enum figure_kind { LINES, TIME, PERCENTILES, BARS, EXPECTED, STALLS, PANELS };

/* A figure in the making, or one of its panels. */
struct draft {
	struct loader *l;
	const struct yaml *map;
	const char *what; /* "a figure" */
	const char *key;  /* that is being read */
	enum figure_kind kind;
	json_t *json;
};

/* Checks one word of the figure. */
typedef bool check_fn(struct draft *d, const struct yaml *y, const char *text);

bool figure_is_swept(struct draft *d, const struct yaml *y, const char *text);
bool figure_is_sampled(struct draft *d, const struct yaml *y, const char *text);
bool figure_is_banded(struct draft *d, const struct yaml *y, const char *text);

/* figure_put.c: each hands on what stands at a key, if anything does. */
void figure_put(struct draft *d, const char *key, const char *text);
void figure_put_text(struct draft *d, const char *key);
/* The index of the key's word among n, 0 if there is no such key. */
unsigned figure_put_word(struct draft *d, const char *key,
			 const char *const *words, unsigned n);
/* A word or a list of words, each checked; always a list in the JSON. */
void figure_put_list(struct draft *d, const char *key, check_fn *check);
/* "; did you mean lines?", or ": write linear or log". */
const char *figure_instead(const char *typed, const char *const *words,
			   unsigned n, char *out, size_t size);

void figure_put_scale(struct draft *d, const char *key);

/* figure_parts.c */
void figure_put_ideals(struct draft *d);
void figure_put_at(struct draft *d);

/* figure_time.c: lost wakeups, and one run from several sides. */
void figure_put_marks(struct draft *d);
void figure_put_time(struct draft *d); /* at d->key */
void figure_put_around(struct draft *d);
void figure_check_stretch(struct draft *d);
void figure_put_lanes(struct draft *d); /* what tells stalls apart */

/* figure_panels.c */
void figure_put_panels(struct draft *d);

/* figure_ranges.c: what is documented of each bar, and stacks. */
void figure_put_ranges(struct draft *d);
void figure_put_stacked(struct draft *d);

#endif
