/* SPDX-License-Identifier: MIT */
/*
 * A whole run on ns-3's own simulator: every event in C is an event of ns-3,
 * and who is next, ties included, is what ns-3 says. A second witness for the
 * order of a run, and nothing else: it is slower, and SPEND is an event each
 * time, because ns-3 does not say when its next one is due.
 */
#ifndef SIM_NS3_STOCK_H
#define SIM_NS3_STOCK_H

#include "sim/sim.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The engine called so, `ns3` or `ns3:` and a scheduler of ns-3's; NULL: there
 * is none. Its name is the name in full. */
const struct engine *ns3_stock_engine(const char *name);

/* The run is of this engine, until sim_end(). Before its first event. */
void ns3_stock(struct sim *sim, const struct engine *engine);

#ifdef __cplusplus
}
#endif

#endif
