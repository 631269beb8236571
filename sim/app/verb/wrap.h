/* SPDX-License-Identifier: MIT */
/* Prose for a terminal: at most 80 columns. */
#ifndef APP_WRAP_H
#define APP_WRAP_H

#include <stdio.h>

#define WRAP_COLUMNS 80

/* Prints `text`, broken at its spaces. The cursor stands in column `at`; the
 * lines that follow begin in column `indent`. Ends the last line. */
void wrap(FILE *to, unsigned at, unsigned indent, const char *text);

/* The same on stdout for a text that is to be formatted first, all of it
 * indented. */
__attribute__((format(printf, 2, 3))) void wrapf(unsigned indent,
						 const char *format, ...);

#endif
