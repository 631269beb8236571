/* SPDX-License-Identifier: MIT */
/* What `ringsim stalls` prints. Each returns the exit code. */
#ifndef APP_STALLS_VERB_H
#define APP_STALLS_VERB_H

#include "sim/app/verb/found.h"

/* A run's stalls, the `longest` of them, by their start; then the chains of the
 * longest of each kind. */
int stalls_of_run(struct store *st, const struct found_run *r, long longest);
/* All runs of an experiment: who lost how many, to what. */
int stalls_of_experiment(struct store *st, int64_t experiment,
			 const char *scenario);
/* What led into a stall and out of it, in words. */
int stalls_chain(struct store *st, int64_t run, int64_t stall);
/* As v_stall has them: those of a run, or (run < 0) of an experiment. */
int stalls_json(struct store *st, int64_t run, int64_t experiment,
		long longest);

/* `asks to be woken at 257`; an event and a value as v_stall_event has them.
 * Returns out. */
char *event_words(const char *event, int64_t value, char *out, size_t size);

#endif
