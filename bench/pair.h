/* SPDX-License-Identifier: MIT */
/*
 * The pair of pair.yaml, as those have it who write it without ringsim.
 *
 * A producer needs 1.0 us and an exponential 0.2 us for a message, a consumer
 * 0.5 us. Who finds nothing arms an index; the message that reaches it costs
 * the producer 2 us for a kick, and the consumer starts 5 us later. The ring of
 * 256 never fills at these costs, which everybody checks and nobody handles.
 */
#ifndef BENCH_PAIR_H
#define BENCH_PAIR_H

#include <gsl/gsl_rng.h>
#include <stdint.h>

#define PAIR_BASE    1000000 /* all in ps */
#define PAIR_SPREAD  200000
#define PAIR_CONSUME 500000
#define PAIR_KICK    2000000
#define PAIR_STARTUP 5000000
#define PAIR_SLOTS   256
#define PAIR_END     (2 * (int64_t)1000000000000)
#define PAIR_SEED    1

struct tally {
	uint64_t items, kicks;
};

#ifdef __cplusplus
extern "C"
#endif
	/* On ns-3's stock engine; there only where ns-3 is installed. */
	struct tally
	pair_on_ns3(gsl_rng *rng);

#endif
