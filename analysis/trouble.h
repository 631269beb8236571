/* SPDX-License-Identifier: MIT */
/*
 * Why something could not be done: one sentence, and whose fault it is.
 * Functions that may fail take a struct trouble and return false or NULL.
 */
#ifndef ANALYSIS_TROUBLE_H
#define ANALYSIS_TROUBLE_H

#include <stdbool.h>

struct trouble {
	int exit; /* 1: the machine's, 2: the user's, as the program exits */
	char text[1000];
};

/* Both return false, so that `return trouble_user(t, …)` says it all. */
__attribute__((format(printf, 2, 3))) bool
trouble_user(struct trouble *t, const char *format, ...);
__attribute__((format(printf, 2, 3))) bool
trouble_machine(struct trouble *t, const char *format, ...);

/* Puts words before the sentence: where it happened. */
__attribute__((format(printf, 2, 3))) void
trouble_place(struct trouble *t, const char *format, ...);

#endif
