/* SPDX-License-Identifier: MIT */
/*
 * The x axis of a drawing in letters, and the words around one. There is room
 * for few letters, so of numbers that would touch each other some are left out,
 * and names that do not fit side by side become numbers, which are explained
 * below.
 */
#ifndef ANALYSIS_LETTERS_H
#define ANALYSIS_LETTERS_H

#include "analysis/gnuplot.h"
#include "analysis/layout.h"

bool letters_numbered(const struct chart *c, unsigned columns);

/* The axis as `columns` letters can show it below a panel. */
void letters_axis(const struct chart *c, unsigned panel, unsigned columns,
		  struct axis *out);

/* A line of text on standard output, if there is any. */
void letters_say(const char *text, unsigned columns);
/* What is said of the chart below it. */
void letters_notes(const struct chart *c, unsigned columns);

#endif
