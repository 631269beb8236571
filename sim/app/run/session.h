/* SPDX-License-Identifier: MIT */
/*
 * What `run` and `replay` have in common: scenarios are loaded, expanded into
 * experiments, run as far as the database does not have them yet, and judged.
 */
#ifndef APP_SESSION_H
#define APP_SESSION_H

#include "sim/app/run/progress.h"
#include "sim/app/run/verdict.h"
#include "sim/app/store/store.h"

struct shard {
	unsigned number, of; /* 1..of; of == 1: everything */
};

struct session {
	struct scenario **scenarios;
	struct experiment **experiments;
	unsigned n;
	struct store *store;
	struct verdict **verdicts; /* per experiment; NULL: not judged */
	/* NULL, or this is a part of something larger, whose progress it is,
	 * and its database goes when it ends: neither remarks nor runs that
	 * were not ok are told. */
	struct progress *passing;
	/* The folder for what scenarios record; NULL: they record nothing. */
	const char *pcap;
};

/* Starts as {0}. Loads one more scenario; `sets` as scenario_load() has it. */
void session_load(struct session *s, const char *path, char *const *sets,
		  unsigned n_sets, struct complaints *c);
/* Takes a loaded scenario over. */
void session_take(struct session *s, struct scenario *sc);
/* What can be wrong with scenarios only once they are together or planned.
 * False: the machine is in the way, and that was said. */
bool session_check(struct session *s, struct complaints *c);

/*
 * Runs what is missing and judges. Returns EXIT_DONE, or what happened instead
 * and was said; whether verdicts differ is the caller's to look at.
 */
int session_run(struct session *s, const char *db, unsigned jobs,
		struct shard shard);
void session_free(struct session *s);

/* Is there a verdict other than recorded? */
bool session_differs(const struct session *s);

/* How many CPUs this process may use. */
unsigned cpus_online(void);

#endif
