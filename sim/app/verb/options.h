/* SPDX-License-Identifier: MIT */
/*
 * The options of a verb: declared once, as rows, from which come the parser,
 * `--help` and "did you mean". Built on getopt_long().
 */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include <stdbool.h>

struct option_row {
	const char *name;  /* without the dashes */
	char letter;	   /* 0: it has no short form */
	const char *value; /* what it takes, `FILE`; NULL: it is a switch */
	const char *doc;   /* one sentence */
};

#define OPTIONS_MAX 16

struct verb {
	const char *name;
	const char *usage;		  /* what may follow the name */
	const char *doc;		  /* sentences, broken into lines */
	const struct option_row *options; /* ends with a NULL name */
};

enum { OPTION_END = -1, OPTION_EXIT = -2 };

/*
 * The next option: its index in v->options, its value in `optarg`.
 * OPTION_END: there are no more, argv[optind] is the first of the rest.
 * OPTION_EXIT: help was printed or a mistake was told; return *exit_code.
 */
int option_next(const struct verb *v, int argc, char **argv, int *exit_code);

/* Tells a mistake in the use of the verb on stderr and returns EXIT_USER. */
__attribute__((format(printf, 2, 3))) int verb_misused(const struct verb *v,
						       const char *format, ...);

/* Reads a whole number in least..most. */
bool option_number(const char *text, long least, long most, long *out);

#endif
