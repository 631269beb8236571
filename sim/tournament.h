/* SPDX-License-Identifier: MIT */
/*
 * A tournament over leaves: who is due first?
 *
 * Every leaf holds one key. Eight neighbours are a group; the first of a group
 * plays for it in the group above, and so on up to the root.
 *
 *	              0                  the children of node i are
 *	     /     /      \     \        nodes 8i + 1 to 8i + 8;
 *	    1     2   …    7     8       the leaves are the last level
 *	 /  |  \
 *	9   …  16
 *
 * Nothing moves, so a leaf needs no back pointer, and to change, to cancel and
 * to plan are one operation. Mostly it is one comparison: who was not first in
 * its group and is not now leaves everything above as it was. Only when the
 * first falls back its group is searched, eight keys that lie beside each
 * other; and searched without branching on the outcome, because who is next is
 * the one thing a processor cannot predict of a simulation.
 *
 * An idle leaf has time SIM_NEVER and loses to everybody.
 */
#ifndef SIM_TOURNAMENT_H
#define SIM_TOURNAMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/time.h"

#define TOURNAMENT_GROUP     8
#define TOURNAMENT_LEAF_BITS 16
#define TOURNAMENT_LEAVES    (1u << TOURNAMENT_LEAF_BITS) /* at the most */

/* The sequence of an idle leaf; that of the others is below. A run that plans
 * ten million events a second gets there in ten months. */
#define TOURNAMENT_IDLE (UINT64_MAX >> TOURNAMENT_LEAF_BITS)

struct key {
	sim_time at;
	uint64_t order; /* its sequence, and then its leaf: who it is */
};

struct tournament {
	struct key *nodes;     /* borrowed */
	const struct key *end; /* of the leaves in use */
	uint32_t first_leaf;   /* nodes before the leaves */
	uint32_t leaves;       /* in use */
	uint32_t room;	       /* for so many; a power of 8 */
};

static inline struct key key_of(sim_time at, uint64_t sequence, uint32_t leaf)
{
	struct key key = {at, sequence << TOURNAMENT_LEAF_BITS | leaf};

	return key;
}

/* The tie rule, all of it. */
static inline bool key_before(const struct key *a, const struct key *b)
{
	return a->at < b->at || (a->at == b->at && a->order < b->order);
}

static inline sim_time tournament_time(const struct tournament *t,
				       uint32_t leaf)
{
	return t->nodes[t->first_leaf + leaf].at;
}

static inline uint32_t tournament_winner(const struct tournament *t)
{
	return t->nodes[0].order & (TOURNAMENT_LEAVES - 1);
}

static inline sim_time tournament_next(const struct tournament *t)
{
	return t->nodes[0].at;
}

/* The first of node's children. In small worlds most groups are half empty. */
static inline const struct key *tournament_search(const struct tournament *t,
						  uint32_t node)
{
	const struct key *first = t->nodes + TOURNAMENT_GROUP * node + 1;
	const struct key *k = first;
	sim_time at = first->at;

#pragma GCC unroll 8
	for (int i = 1; i < TOURNAMENT_GROUP; i++) {
		k++;
		if (i == TOURNAMENT_GROUP / 2 && k >= t->end)
			break;
		if (k->at == at) {
			first = k->order < first->order ? k : first;
			continue;
		}
		first = k->at < at ? k : first;
		at = k->at < at ? k->at : at;
	}
	return first;
}

static inline void tournament_set(struct tournament *t, uint32_t leaf,
				  sim_time at, uint64_t sequence)
{
	struct key key = key_of(at, sequence, leaf);
	uint32_t node = t->first_leaf + leaf;

	while (node > 0) {
		uint32_t above = (node - 1) / TOURNAMENT_GROUP;
		const struct key *first = &t->nodes[above];
		bool was_first = t->nodes[node].order == first->order;

		t->nodes[node] = key;
		if (!key_before(&key, first)) {
			if (!was_first)
				return;
			key = *tournament_search(t, above);
		}
		node = above;
	}
	t->nodes[0] = key;
}

static inline void tournament_cancel(struct tournament *t, uint32_t leaf)
{
	tournament_set(t, leaf, SIM_NEVER, TOURNAMENT_IDLE);
}

/* The winner becomes idle. It was first in all its groups. */
static inline void tournament_pop(struct tournament *t)
{
	uint32_t leaf = tournament_winner(t), node = t->first_leaf + leaf;

	t->nodes[node] = key_of(SIM_NEVER, TOURNAMENT_IDLE, leaf);
	while (node > 0) {
		node = (node - 1) / TOURNAMENT_GROUP;
		t->nodes[node] = *tournament_search(t, node);
	}
}

/* How many nodes a tournament needs; room is a power of 8, 8 or more. */
static inline uint32_t tournament_nodes(uint32_t room)
{
	return (TOURNAMENT_GROUP * room - 1) / (TOURNAMENT_GROUP - 1);
}

#ifdef __cplusplus
extern "C" {
#endif

/* Without leaves yet, in memory for tournament_nodes(room) nodes. */
void tournament_init(struct tournament *t, struct key *nodes, uint32_t room);
/* A new leaf, idle; there must be room. */
uint32_t tournament_join(struct tournament *t);

#ifdef __cplusplus
}
#endif

#endif
