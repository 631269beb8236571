/* SPDX-License-Identifier: MIT */
/*
 * A chart as a script for gnuplot. All numbers stand in data blocks, all texts
 * in single quotes; the same chart gives the same script, byte for byte. The
 * script does not name its output: gnuplot writes to its standard output.
 */
#ifndef ANALYSIS_GNUPLOT_H
#define ANALYSIS_GNUPLOT_H

#include <stdio.h>

#include "analysis/chart.h"

enum format { FORMAT_SVG, FORMAT_PNG, FORMAT_PDF };

void gnuplot_print(const struct chart *c, enum format format, FILE *to);

/* For a terminal of that many letters; `mono` font, letters as marks. Title
 * and footer are left to the caller. */
void gnuplot_print_letters(const struct chart *c, unsigned columns,
			   unsigned rows, FILE *to);

/* For both: the data blocks, and the marks of an axis (x or y), without their
 * texts if so wanted. */
void gnuplot_print_data(const struct chart *c, FILE *to);
void gnuplot_print_axis(const struct axis *a, char which, bool texts, FILE *to);

#endif
