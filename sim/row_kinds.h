/* SPDX-License-Identifier: MIT */
/*
 * The kinds of parameters, inside: rows.c chooses, row_number.c and row_word.c
 * read and write. Nobody else includes this.
 *
 * All that parse write one clause to `why` when they return false.
 */
#ifndef SIM_ROW_KINDS_H
#define SIM_ROW_KINDS_H

#include "sim/rows.h"
#include "sim/units.h"

#define VALUE_SIZE 512 /* of the longest canonical text */

/* How a kind of parameter is written. */
struct notation {
	const struct unit *units; /* NULL: words, not numbers */
	bool integer, round;
	const char *unit;    /* param_unit() */
	const char *noun;    /* what a complaint calls it */
	const char *allowed; /* the units, in words */
	const char *bare;    /* two units to suggest, each with its NUL */
	const char *example;
};

extern const struct notation notations[]; /* by enum param_kind */

/* A number of any kind, before it is stored in a field of that kind. */
union number {
	int64_t integer;
	double real;
};

enum quantity_error number_read(enum param_kind kind, const char *text,
				union number *out);
/* Is it within the bounds, written as a user would? NULL: no bound. */
bool number_in_range(enum param_kind kind, union number x, const char *min,
		     const char *max);
bool number_parse(enum param_kind kind, const char *min, const char *max,
		  const char *text, union number *out, char *why, size_t size);
char *number_format(enum param_kind kind, union number x, char *out,
		    size_t size);

bool jitter_parse(const char *text, struct jitter *field, char *why,
		  size_t size);
char *jitter_format(const struct jitter *j, char *out, size_t size);

bool choice_parse(const struct param *row, const char *text,
		  struct choice_value *field, char *why, size_t size);
char *choice_format(const struct param *row, const struct choice_value *v,
		    char *out, size_t size);

#endif
