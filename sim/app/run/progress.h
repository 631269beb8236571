/* SPDX-License-Identifier: MIT */
/*
 * How far a sweep is, on stderr: a bar with rate and time left where somebody
 * may be watching, a line every ten seconds otherwise.
 */
#ifndef APP_PROGRESS_H
#define APP_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	unsigned done, total; /* runs */
	int64_t began, told;  /* monotonic ns */
	bool terminal, shown;
};

void progress_start(struct progress *p, unsigned total);
/* Cheap; writes only when it is time to. */
void progress_tell(struct progress *p, unsigned done);
/* Takes the bar away. */
void progress_end(struct progress *p);

#endif
