/* SPDX-License-Identifier: MIT */
/* A run or a scenario that is already in a database, by the name a user types:
 * the number of a run, or the name or file of a scenario. */
#ifndef APP_FOUND_H
#define APP_FOUND_H

#include "sim/app/store/store.h"
#include "sim/app/verb/options.h"

/* Opens a database to read. NULL: told, and *code is what to end with. */
struct store *found_store(const struct verb *v, const char *db, int *code);

struct found_run {
	int64_t run, experiment;
	unsigned point;
	uint64_t seed;
	struct identity identity;
	char *status;	/* NULL: not finished */
	char *scenario; /* the first experiment it belongs to */
	char *path;	/* of its file */
	char *engine;
};

/* Is this the number of a run? */
bool found_is_run(const char *text, int64_t *run);
/* Each returns EXIT_DONE, or what to end with; then it is told. */
int found_run(const struct verb *v, struct store *st, int64_t run,
	      struct found_run *out);
void found_run_free(struct found_run *r);
int found_experiment(const struct verb *v, struct store *st, const char *name,
		     int64_t *experiment, char **scenario);

/* A query over the database; NULL: the database is in the way. */
sqlite3_stmt *found_ask(struct store *st, char *sql);
/* After the last row; tells trouble. Returns EXIT_DONE or EXIT_MACHINE. */
int found_end(struct store *st, sqlite3_stmt *stmt);
/* "" for null. */
const char *found_text(sqlite3_stmt *stmt, int at);

#endif
