/* SPDX-License-Identifier: MIT */
/*
 * Charts drawn by gnuplot, a program of its own: it is started without a shell
 * and without the user's settings.
 */
#ifndef ANALYSIS_RENDER_H
#define ANALYSIS_RENDER_H

#include "analysis/gnuplot.h"

/*
 * Draws into a file. The file appears complete or not at all; what was there
 * before stays in the second case. False: `t` says why.
 */
bool render_file(const struct chart *c, enum format format, const char *path,
		 struct trouble *t);

/* Draws on standard output, `columns` letters wide; each panel has `rows`. */
bool render_letters(const struct chart *c, unsigned columns, unsigned rows,
		    struct trouble *t);

#endif
