/* SPDX-License-Identifier: MIT */
/* What the engines of ns-3 share. */
#ifndef SIM_NS3_INSIDE_H
#define SIM_NS3_INSIDE_H

#include "sim/sim.h"

/* Before any other call to ns-3 in a run: picoseconds, once a process, and the
 * run's random numbers. */
void ns3_prepare(struct sim *sim);

/* struct engine.end: all of ns-3's objects go, and its defaults are again what
 * they were. */
void ns3_leave(struct sim *sim);

#endif
