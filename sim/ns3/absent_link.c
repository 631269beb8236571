/* SPDX-License-Identifier: MIT */
/* Who asks for a link of ns-3's is told by the roof that it is not built. */
#include <stdlib.h>

#include "sim/ns3/link.h"

struct ns3_link *ns3_link_new(struct sim *sim, const struct ns3_link_conf *conf,
			      const struct ns3_link_calls *calls)
{
	(void)sim;
	(void)conf;
	(void)calls;
	abort();
}

void ns3_link_send(struct ns3_link *l, unsigned end, void *what, uint32_t bytes,
		   uint32_t flow)
{
	(void)l;
	(void)end;
	(void)what;
	(void)bytes;
	(void)flow;
	abort();
}
