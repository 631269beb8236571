/* SPDX-License-Identifier: MIT */
/*
 * Runs jobs in worker processes. A worker is forked once and fed job numbers
 * over a pipe; each outcome comes back as one struct and its numbers. What
 * kills a worker costs one run: the job is reported as crashed, a new worker
 * takes the place, and the sweep goes on. The parent alone talks to the world.
 */
#ifndef APP_RUNNER_H
#define APP_RUNNER_H

#include "sim/app/world/world.h"

struct job {
	const struct scenario *scenario;
	const struct point *point;
	uint64_t seed;
	int64_t timeout_ns; /* of real time */
	unsigned n_values;  /* columns of the scenario */
	unsigned sample_room;
	const char *pcap; /* as outcome.pcap */
};

enum runner_end {
	RUNNER_DONE,
	RUNNER_STOPPED,	    /* finished() or tick() said so */
	RUNNER_INTERRUPTED, /* SIGINT or SIGTERM */
	RUNNER_FAILED	    /* the machine gives no process, or no memory */
};

struct runner {
	const struct job *jobs;
	unsigned n_jobs;
	unsigned n_workers; /* at least one */
	/* world_run(), or a test's. */
	bool (*run)(struct sim **block, const struct scenario *sc,
		    const struct point *pt, uint64_t seed, struct outcome *out);
	/* A job is done, in whatever order; false: stop. */
	bool (*finished)(void *arg, unsigned job, const struct outcome *out);
	/* Called several times a second; false: stop. */
	bool (*tick)(void *arg);
	void *arg;
};

/* Writes a sentence to `why` if the machine fails. */
enum runner_end runner_run(const struct runner *r, char *why, size_t why_size);

#endif
