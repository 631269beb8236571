/* SPDX-License-Identifier: MIT */
/* The shim of a build without ns-3. Who asks for ns-3 is told by the roof,
 * which asks ns3_built() first. */
#include <stdlib.h>

#include "sim/ns3/clock.h"
#include "sim/ns3/stock.h"

bool ns3_built(void)
{
	return false;
}

void ns3_join(struct sim *sim)
{
	(void)sim;
	abort();
}

const struct engine *ns3_stock_engine(const char *name)
{
	(void)name;
	return NULL;
}

void ns3_stock(struct sim *sim, const struct engine *engine)
{
	(void)sim;
	(void)engine;
	abort();
}
