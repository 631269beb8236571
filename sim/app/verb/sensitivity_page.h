/* SPDX-License-Identifier: MIT */
/* The parts of `ringsim sensitivity --markdown`; nobody else includes this. */
#ifndef APP_SENSITIVITY_PAGE_H
#define APP_SENSITIVITY_PAGE_H

#include "sim/app/verb/sensitivity.h"

/* A section: some of the scenarios, and what is asked of them. */
struct section {
	const struct sensitivity **all;
	unsigned n;
	struct asked *asked;
};

/* Text, with what has a meaning in Markdown told not to. */
void page_text(const char *text);
/* `S0.block (2)`, in italics if it was fitted. */
void page_figure(const struct section *sec, const struct expect *e);
/* What the figures are: those that a guess changes, then the others. */
void page_figures(const struct section *sec);

#endif
