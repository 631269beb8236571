/* SPDX-License-Identifier: MIT */
/*
 * A timeline in the Trace Event Format of Chrome, which Perfetto reads as well:
 * a process per stage, in it a track per task (when it runs), one for what the
 * recorder tells, one per sleeper that lost a wakeup; arrows from a kick or a
 * call to whom it woke.
 *
 * Times are in us with three decimals. Everything is rounded down to whole ns,
 * so that what touches in the run touches in the file.
 */
#ifndef APP_TIMELINE_H
#define APP_TIMELINE_H

#include <stdio.h>

#include "sim/app/world/watch.h"

/* At most so many notes, so that a file stays below 100 MB. */
#define TIMELINE_NOTES 500000

/* `whole`: the stalls of the whole run, for the ends of those that last longer
 * than what was watched; may be NULL. */
void timeline_write(FILE *to, const struct scenario *sc, const struct watch *w,
		    const struct stalls *whole);

#endif
