/* SPDX-License-Identifier: MIT */
/*
 * The user's mistakes, collected: one sentence each, with its place. All are
 * told at once, in the order of the file, because nobody likes to mend a file
 * nine times.
 */
#ifndef APP_COMPLAINTS_H
#define APP_COMPLAINTS_H

#include <stdbool.h>
#include <stdio.h>

struct complaint {
	char *file;	  /* NULL: no place (a command line, say) */
	int line, column; /* from 1; 0: unknown */
	char *text;
};

/* Starts as {0}. */
struct complaints {
	struct complaint *all;
	unsigned n;
	/* Of these, so many are about what this ringsim was built without: no
	 * mistakes elsewhere. */
	unsigned n_absent;
};

__attribute__((format(printf, 5, 6))) void complain(struct complaints *c,
						    const char *file, int line,
						    int column,
						    const char *format, ...);
/* `file:line:column: text.` per line, in the order of files and lines; what of
 * the place is not known is left out. */
void complaints_print(const struct complaints *c, FILE *to);
void complaints_free(struct complaints *c);
/* Takes over all of them; `from` is empty then. */
void complaints_take(struct complaints *to, struct complaints *from);
/* There are some, and none is a mistake. */
bool complaints_only_absent(const struct complaints *c);

/* The nearest of the n candidates to what was typed, or NULL if none is near
 * enough to be meant. */
const char *did_you_mean(const char *typed, const char *const *candidates,
			 unsigned n);

#endif
