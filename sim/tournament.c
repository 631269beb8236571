/* SPDX-License-Identifier: MIT */
#include "sim/tournament.h"

#include <assert.h>

void tournament_init(struct tournament *t, struct key *nodes, uint32_t room)
{
	*t = (struct tournament){.nodes = nodes,
				 .first_leaf = tournament_nodes(room) - room,
				 .room = room};
	for (uint32_t i = 0; i < tournament_nodes(room); i++)
		nodes[i] = key_of(SIM_NEVER, TOURNAMENT_IDLE,
				  TOURNAMENT_LEAVES - 1);
}

uint32_t tournament_join(struct tournament *t)
{
	uint32_t leaf = t->leaves++;

	t->end = t->nodes + t->first_leaf + t->leaves;
	assert(leaf < t->room && leaf < TOURNAMENT_LEAVES);
	t->nodes[t->first_leaf + leaf] =
		key_of(SIM_NEVER, TOURNAMENT_IDLE, leaf);
	return leaf;
}
