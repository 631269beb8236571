/* SPDX-License-Identifier: MIT */
/*
 * A world is one point of a scenario made real: stages built and connected in
 * one sim, run once with one seed, measured.
 */
#ifndef APP_WORLD_H
#define APP_WORLD_H

#include "sim/app/load/columns.h"
#include "sim/app/world/stalls.h"

enum run_status {
	RUN_OK,
	RUN_CRASHED,	   /* the worker died */
	RUN_TIMEOUT,	   /* run.timeout of real time had passed */
	RUN_LIVELOCK,	   /* events without end, and the clock stood still */
	RUN_OUT_OF_MEMORY, /* of the simulated guest */
	NUM_RUN_STATUSES
};

const char *run_status_name(enum run_status status);

#define OUTCOME_REMARK 256

/* What one run gave. values, samples and stalls are the caller's. */
struct outcome {
	enum run_status status;
	uint64_t events;     /* that the engine fired */
	uint64_t trace_hash; /* see note() */
	int64_t sim_ns;	     /* simulated, warm-up included */
	int64_t wall_ns;
	double *values; /* one per column; NAN: not defined in this run */
	/* scenario.n_samples * sample_room; per window 1/s of a windowed
	 * metric, the mean of a level, the count of a counter. */
	double *samples;
	unsigned n_samples; /* windows written per sampled metric */
	unsigned sample_room;
	/* The folder for the files of scenario.pcap; NULL: they are not
	 * written. Given. */
	const char *pcap;
	int pcap_errno;		     /* they could not be written; 0: fine */
	struct stalls *stalls;	     /* NULL: the caller does not want them */
	char remark[OUTCOME_REMARK]; /* of the first stage that has one: `stage:
					sentence`, or "" */
};

/*
 * Runs a point with a seed. `block` is the memory of earlier runs, NULL at
 * first; it is kept for the next. False: the machine has no memory (status is
 * not set).
 */
bool world_run(struct sim **block, const struct scenario *sc,
	       const struct point *pt, uint64_t seed, struct outcome *out);

/* Raised whenever results change; part of a run's identity. A test guards it
 * with golden trace hashes. */
#define MODEL_VERSION 3

#endif
