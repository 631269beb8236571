/* SPDX-License-Identifier: MIT */
/*
 * How the programs of this folder measure: CPU time of the process, because
 * the machine is shared; one sample per start, because bench/run starts them
 * in turn and takes medians. Each sample is one line,
 *
 *	table row value
 *
 * in nanoseconds per whatever the table counts.
 */
#ifndef BENCH_CLOCK_H
#define BENCH_CLOCK_H

#include <stdint.h>
#include <stdio.h>
#include <time.h>

/* Nanoseconds of CPU time that this process has used. */
static inline double cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* `begin` as cpu_ns() had it; n is how often the thing was done since. */
static inline void sample(const char *table, const char *row, double begin,
			  uint64_t n)
{
	printf("%s %s %.3f\n", table, row, (cpu_ns() - begin) / (double)n);
}

#endif
