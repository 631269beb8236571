/* SPDX-License-Identifier: MIT */
/*
 * Simulated time: one signed 64-bit count of picoseconds.
 *
 * Picoseconds, because costs are drawn from continuous distributions and a
 * nanosecond is a visible fraction of one packet; an integer, because the sum
 * of the same costs must be the same everywhere. The range is 106 days. What
 * lies beyond saturates at SIM_NEVER: a guest may ask for a timeout of 1000
 * days, and it will simply not come.
 */
#ifndef SIM_TIME_H
#define SIM_TIME_H

#include <stdint.h>

typedef int64_t sim_time;

#define SIM_PS	  ((sim_time)1)
#define SIM_NS	  (1000 * SIM_PS)
#define SIM_US	  (1000 * SIM_NS)
#define SIM_MS	  (1000 * SIM_US)
#define SIM_SEC	  (1000 * SIM_MS)
#define SIM_NEVER INT64_MAX

/* t + d, d >= 0; SIM_NEVER where that does not fit. */
static inline sim_time time_add(sim_time t, sim_time d)
{
	sim_time sum;

	return __builtin_add_overflow(t, d, &sum) ? SIM_NEVER : sum;
}

static inline double time_sec(sim_time t)
{
	return (double)t / (double)SIM_SEC;
}

#endif
