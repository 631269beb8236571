/* SPDX-License-Identifier: MIT */
/* A worker process, and what is said over its pipes. */
#ifndef APP_WORKER_H
#define APP_WORKER_H

#include <sys/types.h>

#include "sim/app/run/runner.h"

/* What a worker answers; n_values and scenario.n_samples * n_samples doubles
 * follow, then the stalls, their notes and their names. */
struct answer {
	unsigned job;
	bool no_memory; /* nothing else is set, nothing follows */
	enum run_status status;
	int pcap_errno;
	unsigned n_values, n_samples;
	unsigned n_stalls, n_notes, n_names;
	uint64_t events, trace_hash;
	int64_t sim_ns, wall_ns;
	char remark[OUTCOME_REMARK];
};

/* A worker has its next job before it has done the first, so that it never
 * waits for the parent. */
#define JOBS_AHEAD 2

struct worker {
	pid_t pid;
	int jobs, answers; /* the parent's ends of the pipes */
	unsigned given[JOBS_AHEAD], n_given;
	int64_t deadline; /* of given[0]; CLOCK_MONOTONIC, ns */
};

int64_t monotonic_ns(void);

/* With arrays that have room for any job's numbers. */
struct outcome outcome_for_any(const struct runner *r);
void outcome_free(struct outcome *out);

/* Forks worker w. The child closes what it has inherited of the other n. */
bool worker_start(const struct runner *r, struct worker *all, unsigned n,
		  struct worker *w);
/* Kills it, waits for it, closes the pipes. Returns its wait status. */
int worker_end(struct worker *w);
bool worker_give(const struct runner *r, struct worker *w, unsigned job);

/*
 * Reads an answer; values, samples and stalls go to `out`, whose arrays are big
 * enough for any job. False: the worker is dead or has lost its mind.
 */
bool worker_answer(const struct runner *r, struct worker *w, struct answer *a,
		   struct outcome *out);

#endif
