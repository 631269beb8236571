/* SPDX-License-Identifier: MIT */
/* The documented regimes that a user asks for: by the id of an expectation, by
 * the name of a shipped scenario, or by a file. */
#ifndef APP_ASKED_H
#define APP_ASKED_H

#include <stdbool.h>

#include "sim/app/run/session.h"

/* S1 takes S1.bh, S1.bh takes S1.bh.swing; without a name all is taken. */
struct asked {
	char **names;
	unsigned n;
	bool *used; /* of names, while they are loaded */
};

/* Loads the scenarios that hold what is asked for. Returns EXIT_DONE, or what
 * to end with; then it is told. */
int asked_load(struct session *s, struct asked *a, const char *verb);

/* An expect_filter (report.h), and its argument. */
struct asked_filter {
	struct asked *asked;
	const struct scenario *scenario;
};

bool is_asked_for(const struct expect *e, void *filter);

#endif
