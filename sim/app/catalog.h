/* SPDX-License-Identifier: MIT */
/* Everything a scenario can name: the one place that lists all types. */
#ifndef APP_CATALOG_H
#define APP_CATALOG_H

#include "sim/stage.h"

/* Ends with NULL. Those with home HOME_MACHINE stand outside the path. */
extern const struct stage_type *const stage_types[];

/* The pseudo stage whose parameters are a scenario's `run:`. */
extern const struct stage_type run_type;

#define RUN_PARAMS(P)                                                          \
	P(TIME, warmup, "200ms", "0ns", "1000s", "choice",                     \
	  "Simulated time before anything is measured.")                       \
	P(TIME, measure, "2s", "1us", "100000s", "choice",                     \
	  "Simulated time that is measured.")                                  \
	P(TIME, window, "10ms", "100ns", "1000s", "choice",                    \
	  "Length of the windows of windowed metrics.")                        \
	P(COUNT, seeds, "10", "1", "100000", "choice",                         \
	  "How many seeds each point is run with.")                            \
	P(COUNT, seed, "1", "0", "1000000000", "choice",                       \
	  "The first seed; the others follow it.")                             \
	P(TIME, step, "0ns", "0ns", "1s", "choice",                            \
	  "Mean time between two accesses to shared memory, exponential; 0: "  \
	  "none, and nobody can act between them.")                            \
	P(RATIO, slowdown, "1", "0.01", "100", "choice",                       \
	  "Every cost is multiplied by this: a slower machine.")               \
	P(TIME, timeout, "60s", "1ms", "100000s", "choice",                    \
	  "Real time after which a run is given up.")

struct run_params {
	RUN_PARAMS(PARAM_FIELD)
};

/* What the oracle saw after the warm-up; see sim/oracle.h. */
#define RUN_METRICS(M)                                                         \
	M(NUMBER, stalls, "1",                                                 \
	  "Lost wakeups: sleeps that went on although what was awaited was "   \
	  "there and no notification of it was under way.")                    \
	M(NUMBER, stalls_per_minute, "1/min", "Lost wakeups per minute.")      \
	M(NUMBER, stalled, "1",                                                \
	  "Time lost to them, all sleepers together, per measured time.")      \
	M(NUMBER, longest_stall, "ns",                                         \
	  "The longest of them; 0 if there was none.")

struct run_metrics {
	RUN_METRICS(METRIC_FIELD)
};

struct run {
	struct stage stage;
	struct run_params p;
	struct run_metrics m;
};

#endif
