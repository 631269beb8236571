/* SPDX-License-Identifier: MIT */
/*
 * The database (docs/database.md). Only the parent process writes to it, in
 * transactions that end after half a second or a thousand runs, so a kill
 * costs at most the open one.
 *
 * Runs are stored once, under their identity, and are members of experiments.
 * A run's row exists, without a status, as soon as an experiment wants it: so
 * its number does not depend on which worker finishes first, and a sweep that
 * was killed ends with the rows of one that was not.
 *
 * Functions that return bool return false when the machine is in the way
 * (disk, lock, a damaged file): store_trouble() has the sentence, and what the
 * open transaction held is gone.
 */
#ifndef APP_STORE_H
#define APP_STORE_H

#include <sqlite3.h>
#include <stddef.h>

#include "sim/app/store/experiment.h"

struct store;

enum store_mode {
	STORE_WRITE, /* created if it is not there */
	STORE_READ   /* must be there; nothing in the folder is touched */
};

/* NULL: `why` has a sentence. ":memory:" is a database that nobody sees. */
struct store *store_open(const char *path, enum store_mode mode, char *why,
			 size_t why_size);
/* Rolls back what is open. */
void store_close(struct store *st);
const char *store_trouble(const struct store *st);
sqlite3 *store_handle(struct store *st);
const char *store_path(const struct store *st);

bool store_begin(struct store *st); /* nothing, if one is open */
bool store_commit(struct store *st);
void store_rollback(struct store *st);

/*
 * Makes the experiment part of the database: it keeps its number if one of
 * that name is there, and replaces it if the content differs. Gives exp->id,
 * set and statements.
 */
bool store_experiment(struct store *st, struct experiment *exp);
/* Takes the statements back. */
void store_experiment_close(struct experiment *exp);

/* A run that an experiment wants and nobody has finished. */
struct wanted_run {
	int64_t run;
	unsigned point;
	uint64_t seed;
};

/* All of them, in the order of points and seeds; malloc'ed. */
bool store_wanted(struct store *st, const struct experiment *exp,
		  struct wanted_run **all, unsigned *n);

/* What a run gave. Also begins a transaction if none is open. */
bool store_outcome(struct store *st, struct experiment *exp,
		   const struct wanted_run *run, const struct outcome *out);
/* Completes the experiment's wide table with runs that came to be in the
 * course of another experiment. */
bool store_fill(struct store *st, struct experiment *exp);

/* How the runs of one point stand. */
struct point_runs {
	unsigned n;	/* finished */
	unsigned n_bad; /* of these, not `ok` */
	/* n_columns values of each run that is ok, run after run; NAN: not
	 * defined in that run. exp->max_seeds * n_columns fit. */
	double *values;
	unsigned n_ok;
};

/* runs->values is the caller's. A twin's runs are those of its first. */
bool store_point(struct store *st, const struct experiment *exp, unsigned point,
		 struct point_runs *runs);

/* How all runs of the experiment stand: n and n_bad alone. */
bool store_count(struct store *st, const struct experiment *exp,
		 struct point_runs *runs);

/* Each remark that runs of the experiment left, once, in the order of runs. */
bool store_remarks(struct store *st, const struct experiment *exp,
		   void (*tell)(void *arg, const char *remark), void *arg);

/* One line of v_expect. NAN is null. */
struct stored_verdict {
	double value, ci_low, ci_high;
	const char *verdict;
	const char *note; /* may be NULL */
};

bool store_verdict(struct store *st, const struct experiment *exp,
		   unsigned expect, const struct stored_verdict *verdict);

#endif
