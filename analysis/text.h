/* SPDX-License-Identifier: MIT */
/*
 * Texts on their way out. What a scenario calls its figures, settings and
 * series may hold anything: quotes, control characters, half of a UTF-8
 * sequence, a page of it. Here it becomes one line of clean UTF-8, at most
 * `room` characters long, cut with an ellipsis.
 */
#ifndef ANALYSIS_TEXT_H
#define ANALYSIS_TEXT_H

#include <stdio.h>

void text_print(FILE *to, const char *text, unsigned room);
/*
 * For gnuplot: in single quotes, where it expands neither backquotes nor
 * macros nor escapes. An apostrophe becomes a typographic one.
 */
void text_quote(FILE *to, const char *text, unsigned room);
/* The same for the name of a tick, where gnuplot fills in `%`. */
void text_quote_tick(FILE *to, const char *text, unsigned room);

/* How many characters text_print() would write, at most `room`. */
unsigned text_length(const char *text, unsigned room);

#endif
