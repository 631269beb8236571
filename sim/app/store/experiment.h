/* SPDX-License-Identifier: MIT */
/*
 * An experiment: one scenario expanded into runs. Each point is run with
 * `n_seeds` seeds, starting with `seed`. Points that come out the same
 * (a sweep that names a value twice) are twins: only the first is run.
 */
#ifndef APP_EXPERIMENT_H
#define APP_EXPERIMENT_H

#include "sim/app/store/identity.h"
#include "sim/app/world/world.h"

struct planned_point {
	struct identity identity;
	uint64_t seed;
	unsigned n_seeds;
	int64_t timeout_ns;   /* real time */
	unsigned sample_room; /* windows a run may have, at most */
	unsigned twin;	      /* the first point like this one; often itself */
};

struct experiment {
	const struct scenario *scenario; /* must outlive it */
	struct column *columns;
	unsigned n_columns;
	struct planned_point *points; /* one per point of the scenario */
	unsigned n_runs;	      /* without twins */
	unsigned max_seeds, max_sample_room;
	struct identity columns_identity; /* names and units */
	struct identity content; /* all that the database keeps of it */

	/* Given by the store. */
	int64_t id, set;
	struct sqlite3_stmt *insert_values, *fill_one;
};

/* Freed with experiment_free(); what the store gave it goes first. */
struct experiment *experiment_plan(const struct scenario *sc);
void experiment_free(struct experiment *exp);

/* What runs it, by name: `native`, `ns3:map`. */
const char *experiment_engine(const struct experiment *exp);

/* A swept setting at a point: its row, and its value in a struct of params
 * (which the caller frees). */
const struct param *swept_value(const struct scenario *sc,
				const struct point *pt, unsigned swept,
				void **params);
/* `host.packet_cost`; written to out, returns it. */
char *setting_name(const struct scenario *sc, struct setting setting, char *out,
		   size_t size);

#endif
