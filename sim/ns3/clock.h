/* SPDX-License-Identifier: MIT */
/*
 * ns-3 under our clock.
 *
 * ns-3 has one simulator a process, and whatever is ns-3's plans its events
 * with it. Here that simulator is a front of our own: a run that has joined
 * holds ns-3's events in one leaf of its tournament, in a heap of its own. Each
 * takes the run's next sequence number when it is planned, as an event in C
 * does, so that ties between the two are in the order of planning. Events in C
 * cost what they cost without ns-3.
 *
 * A build without ns-3 has the same functions (absent.c): ns3_built() says no,
 * and nobody may call the others.
 */
#ifndef SIM_NS3_CLOCK_H
#define SIM_NS3_CLOCK_H

#include "sim/sim.h"

#ifdef __cplusplus
extern "C" {
#endif

bool ns3_built(void);

/* From now on ns-3 of this process belongs to this run, until sim_end(). Before
 * any other call to ns-3; again and again does no harm. ns-3's random numbers
 * are then those of sim->seed. */
void ns3_join(struct sim *sim);

#ifdef __cplusplus
}
#endif

#endif
